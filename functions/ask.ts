/** Puts the question: from here on the run waits for POST /runs/{id}/choice, and costs nothing meanwhile. */
import { waitingStep } from "./waitingStep.ts";

export const handler = waitingStep("Ask");
