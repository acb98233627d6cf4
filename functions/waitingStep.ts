/** A state that ends when a route of the API answers its task token. */
import { z } from "zod";
import { saveTaskToken, updateRun } from "../aws/runsStore.ts";
import { entered } from "../core/run/run.ts";
import { notify } from "./notify.ts";
import { step, stepInput } from "./step.ts";

export function waitingStep(state: "Ask" | "AwaitLocal") {
  return step(stepInput.extend({ taskToken: z.string().min(1) }), async ({ runId, taskToken }) => {
    await saveTaskToken(runId, taskToken);
    // The state is shown last: who sees it can answer.
    await notify(await updateRun(runId, (run) => entered(run, state, new Date())));
  });
}
