/** Writes down why the run cannot go on, in words for its researcher; what it holds is released next. */
import { z } from "zod";
import { updateRun } from "../aws/runsStore.ts";
import { entered, type Failure, type Run } from "../core/run/run.ts";
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
  if ("kind" in reason) return reason.kind === "failed" ? reason.failure : rejection(run);
  if (reason.Error === "States.Timeout" && (run.state === "Ask" || run.state === "AwaitLocal"))
    return {
      code: "expired",
      message: "Nobody answered in time; nothing was started and nothing was billed.",
      remedy: "Start the run again when you are ready to choose.",
    };
  return {
    code: "internal",
    message: `The step ${run.state} failed: ${causeInWords(reason.Cause) || reason.Error}`,
    remedy: "Start the run again; if it fails in the same way, hand this message to whoever runs the pipeline.",
  };
}

function rejection({ findings }: Run): Failure {
  const errors = findings.filter((finding) => finding.severity === "error");
  return {
    code: "rejected",
    message: errors.map((finding) => finding.message).join(" "),
    remedy: errors.map((finding) => finding.remedy).join(" "),
  };
}

/** Lambda's Cause is JSON with the message and a stack; only the message is for people. */
function causeInWords(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message =
      typeof parsed === "object" && parsed !== null && "errorMessage" in parsed ? parsed.errorMessage : cause;
    return String(message).slice(0, 500);
  } catch {
    return cause.slice(0, 500);
  }
}
