/** One look at the job: is it over, is it well, and how far has it come. */
import { readDriverOutput } from "../aws/driverLogs.ts";
import { cancelJobRun, type JobRunState, jobRunState } from "../aws/jobRuns.ts";
import { updateRun } from "../aws/runsStore.ts";
import { isPassing } from "../aws/throttled.ts";
import { chosenOption } from "../core/run/chosenOption.ts";
import { currentChunk, finishedEarly, isFinishing, jobAnalysis, leftAt } from "../core/run/forestChunks.ts";
import { lookInterval } from "../core/run/lookInterval.ts";
import { entered, progressed, type Run, type Trouble } from "../core/run/run.ts";
import { troubleAtEnd, troubleWhileRunning } from "../core/run/trouble.ts";
import { initialProgress, progressOf } from "../core/variantspark/driverLog.ts";
import { step, stepInput } from "./step.ts";
import { type TroubledOutcome, troubledBy } from "./troubledStep.ts";

type Outcome =
  | { kind: "running"; waitSeconds: number }
  /** All of the forest, a chunk of it, or what its researcher leaves it at. */
  | { kind: "completed" | "chunk-completed" | "finish" }
  | TroubledOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Observe", new Date()));
  try {
    return await observed(run);
  } catch (error) {
    // The job goes on whether or not it can be looked at.
    if (isPassing(error)) return running(run);
    throw error;
  }
});

async function observed(before: Run): Promise<Outcome> {
  if (before.jobRun === undefined) throw new Error("Observe needs a job run");
  if (isFinishing(before)) return left(before.id, before.jobRun.id);
  // The state is read first: when it is final, every line of the log has been written.
  const state = await jobRunState(before.jobRun.id);
  const run = await withProgress(before, before.jobRun.id, state.kind !== "running");
  if (state.kind === "completed") return { kind: currentChunk(run) ? "chunk-completed" : "completed" };
  const trouble = troubleOf(state, run);
  return trouble ? troubledBy(run.id, trouble) : running(run);
}

/** The chunk that is under way is given up. */
async function left(runId: string, jobRunId: string): Promise<Outcome> {
  await cancelJobRun(jobRunId);
  await updateRun(runId, (current) => leftAt(current, finishedEarly));
  return { kind: "finish" };
}

/** The record with what the driver said since the last look. */
async function withProgress(run: Run, jobRunId: string, finished: boolean): Promise<Run> {
  const { stdout, stderr, position } = await readDriverOutput(run.id, jobRunId, run.logPosition ?? {});
  const progress = progressOf(run.progress ?? initialProgress(jobAnalysis(run).trees), stdout, stderr);
  return updateRun(run.id, (current) => ({
    ...progressed(current, progress, new Date()),
    logPosition: position,
    jobRun: {
      ...(current.jobRun ?? { id: jobRunId, startedAt: new Date().toISOString() }),
      ...(finished && !current.jobRun?.finishedAt && { finishedAt: new Date().toISOString() }),
    },
  }));
}

function troubleOf(state: Exclude<JobRunState, { kind: "completed" }>, run: Run): Trouble | undefined {
  switch (state.kind) {
    case "running":
      return troubleWhileRunning(run, new Date());
    case "cancelled":
      return { kind: "cancelled", failure: cancelledOnEmr };
    case "failed":
      return troubleAtEnd({ reason: state.reason, details: state.details, progress: run.progress });
  }
}

const cancelledOnEmr = {
  code: "job-cancelled",
  message: "The Spark job was cancelled on EMR.",
  remedy: "Start the run again.",
};

function running(run: Run): Outcome {
  const begun = Date.parse(run.attempts?.[0]?.begunAt ?? new Date().toISOString());
  const waitSeconds = lookInterval(chosenOption(run).runSeconds.expected, (Date.now() - begun) / 1000);
  return { kind: "running", waitSeconds };
}
