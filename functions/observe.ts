/** One look at the job: is it over, and if not, how far has it come. */
import { readDriverOutput } from "../aws/driverLogs.ts";
import { type JobRunState, jobRunState } from "../aws/jobRuns.ts";
import { updateRun } from "../aws/runsStore.ts";
import { chosenOption } from "../core/run/chosenOption.ts";
import { entered, progressed, type Run } from "../core/run/run.ts";
import { initialProgress, progressOf } from "../core/variantspark/driverLog.ts";
import { explainFailure } from "../core/variantspark/failures.ts";
import type { FailedOutcome } from "./outcome.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "running"; waitSeconds: number } | { kind: "completed" } | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const before = await updateRun(runId, (current) => entered(current, "Observe", new Date()));
  if (before.jobRun === undefined) throw new Error("Observe needs a job run");
  // The state is read first: when it is final, every line of the log has been written.
  const state = await jobRunState(before.jobRun.id);
  const run = await observed(before, before.jobRun.id, state.kind !== "running");
  return outcomeOf(state, run);
});

/** The record with what the driver said since the last look. */
async function observed(run: Run, jobRunId: string, finished: boolean): Promise<Run> {
  const { stdout, stderr, position } = await readDriverOutput(run.id, jobRunId, run.logPosition ?? {});
  const progress = progressOf(run.progress ?? initialProgress(run.analysis?.trees ?? 0), stdout, stderr);
  return updateRun(run.id, (current) => ({
    ...progressed(current, progress, new Date()),
    logPosition: position,
    jobRun: {
      ...(current.jobRun ?? { id: jobRunId, startedAt: new Date().toISOString() }),
      ...(finished && !current.jobRun?.finishedAt && { finishedAt: new Date().toISOString() }),
    },
  }));
}

function outcomeOf(state: JobRunState, run: Run): Outcome {
  switch (state.kind) {
    case "running":
      return { kind: "running", waitSeconds: lookInterval(chosenOption(run).runSeconds.expected) };
    case "completed":
      return { kind: "completed" };
    case "cancelled":
      return {
        kind: "failed",
        failure: {
          code: "job-cancelled",
          message: "The Spark job was cancelled on EMR.",
          remedy: "Start the run again.",
        },
      };
    case "failed":
      return {
        kind: "failed",
        failure: explainFailure({ reason: state.reason, details: state.details, progress: run.progress }),
      };
  }
}

/** Some fifty looks in the expected time: each is a few history events, and a week-long run stays far below 25,000. */
function lookInterval(expectedSeconds: number): number {
  return Math.round(Math.min(Math.max(expectedSeconds / 50, 5), 300));
}
