/** Writes down why the run cannot go on, in words for its researcher; what it holds is released next. */
import { z } from "zod";
import { updateRun } from "../aws/runsStore.ts";
import { causeInWords, type Failure, rejection, unforeseen } from "../core/run/failure.ts";
import { entered, type Run } from "../core/run/run.ts";
import { logger, step, stepInput } from "./step.ts";

/** Either a step's own outcome or the error that Step Functions caught. */
const reasonSchema = z.union([
  z.object({
    kind: z.literal("failed"),
    failure: z.object({ code: z.string(), message: z.string(), remedy: z.string() }),
  }),
  z.object({ kind: z.literal("rejected") }),
  z.object({ Error: z.string(), Cause: z.string().default("") }),
]);

export const handler = step(stepInput.extend({ reason: reasonSchema }), async ({ runId, reason }) => {
  const { failure } = await updateRun(runId, (run) => {
    const recorded = { ...run, failure: run.failure ?? failureOf(run, reason) };
    return entered(recorded, "RecordFailure", new Date());
  });
  logger.warn("the run failed", { code: failure?.code });
  return { kind: "recorded" as const };
});

function failureOf(run: Run, reason: z.infer<typeof reasonSchema>): Failure {
  if ("kind" in reason) return reason.kind === "failed" ? reason.failure : rejection(run.findings);
  if (reason.Error === "States.Timeout" && (run.state === "Ask" || run.state === "AwaitLocal"))
    return {
      code: "expired",
      message: "Nobody answered in time; nothing was started and nothing was billed.",
      remedy: "Start the run again when you are ready to choose.",
    };
  return unforeseen(`The step ${run.state} failed: ${causeInWords(reason.Cause) || reason.Error}`);
}
