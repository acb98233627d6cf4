/** Adds a chunk of the forest to those that have grown, shows the ranking so far, and has the next one begin. */
import { readStream, writeStream } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { readImportance } from "../core/report/importanceTable.ts";
import { mergedImportance, mergeSummary } from "../core/report/mergeImportance.ts";
import { comparedVariants } from "../core/report/stability.ts";
import { continued } from "../core/run/attempts.ts";
import type { Chunk } from "../core/run/chunk.ts";
import { currentChunk, finishedEarly, isFinishing, leftAt, withGrown } from "../core/run/forestChunks.ts";
import { convergedNotification } from "../core/run/notification.ts";
import { entered, type Run } from "../core/run/run.ts";
import { overBudget } from "../core/run/trouble.ts";
import { tell } from "./notify.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { sizingDataNow } from "./sizingDataNow.ts";
import { step, stepInput } from "./step.ts";
import { type TroubledOutcome, troubledBy } from "./troubledStep.ts";

type Outcome = { kind: "next-chunk" | "merged" } | TroubledOutcome | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const before = await updateRun(runId, (current) => entered(current, "Merge", new Date()));
  const chunk = currentChunk(before);
  if (chunk === undefined) throw new Error("Merge needs a chunk");
  // A repetition of a call whose answer was lost: the attempt after it has begun.
  if (before.jobRun === undefined) return { kind: "next-chunk" };
  const run = chunk.number > (before.chunks?.grown.length ?? 0) ? await merge(before, chunk) : before;
  if (run === undefined)
    return failed("result-malformed", "VariantSpark's importances cannot be read.", "Start the run again.");
  return afterChunk(run);
});

/** undefined when the chunk's importances cannot be read. */
async function merge({ id, chunks }: Run, chunk: Chunk): Promise<Run | undefined> {
  const bucket = runsBucket();
  const reading = await readImportance(await readStream(bucket, runKeys.importance(id, chunk.number)));
  if (reading.kind === "malformed") return undefined;
  const previous = chunk.number > 1 ? await readStream(bucket, runKeys.merged(id, chunk.number - 1)) : undefined;
  const summary = mergeSummary(comparedVariants);
  const rows = mergedImportance(previous, { ...chunk, table: reading.table }, summary);
  await writeStream(bucket, runKeys.merged(id, chunk.number), rows, "text/csv; charset=utf-8");
  const run = await updateRun(id, (current) => withGrown(current, chunk, summary));
  if (run.chunks?.stability?.hasConverged && !chunks?.stability?.hasConverged) await tell(convergedNotification(run));
  return run;
}

async function afterChunk(run: Run): Promise<Outcome> {
  const { chunks } = run;
  if (chunks === undefined || chunks.grown.length === chunks.planned.length) return { kind: "merged" };
  if (isFinishing(run)) {
    await updateRun(run.id, (current) => leftAt(current, finishedEarly));
    return { kind: "merged" };
  }
  const trouble = overBudget(run, await sizingDataNow(), new Date());
  if (trouble) return troubledBy(run.id, trouble);
  await updateRun(run.id, (current) => continued(current, new Date()));
  return { kind: "next-chunk" };
}
