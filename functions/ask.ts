/** Puts the question: from here on the run waits for POST /runs/{id}/choice, and costs nothing meanwhile. */
import { z } from "zod";
import { saveTaskToken, updateRun } from "../aws/runsStore.ts";
import { entered } from "../core/run/run.ts";
import { step, stepInput } from "./step.ts";

export const handler = step(stepInput.extend({ taskToken: z.string().min(1) }), async ({ runId, taskToken }) => {
  await saveTaskToken(runId, taskToken);
  // The state is shown last: who sees "Ask" can answer.
  await updateRun(runId, (run) => entered(run, "Ask", new Date()));
});
