/** Hands the run to the researcher's machine and waits for POST /runs/{id}/local-result. */
import { waitingStep } from "./waitingStep.ts";

export const handler = waitingStep("AwaitLocal");
