/** Into how many jobs a forest is cut, and what that adds to its time. */
import type { Analysis } from "../study/analysis.ts";
import type { PhaseSeconds } from "./estimate.ts";

/** Of the time of a chunk, what is spent on starting its job and loading the data once more. */
const mostOverhead = 0.03;
/** A shorter chunk is not worth a look. */
const leastChunkSeconds = 30 * 60;
const mostChunks = 20;
/** Driver and executors come up on nodes that are there; assumed. */
export const restartSeconds = 60;

/**
 * As many as keep the overhead small: a loss then costs one of them. One for a short forest, and where the out-of-bag error is
 * asked for, which is of one forest in one piece.
 *
 * @param phases of the forest in one piece
 */
export function chunkCount(
  { chunks, trees, oobError }: Pick<Analysis, "chunks" | "trees" | "oobError">,
  batchSize: number,
  phases: PhaseSeconds,
): number {
  if (oobError) return 1;
  if (chunks !== undefined) return Math.min(chunks, trees);
  const chunkSeconds = Math.max(overheadSeconds(phases) / mostOverhead, leastChunkSeconds);
  const batches = Math.ceil(trees / batchSize);
  return Math.max(1, Math.min(Math.floor(phases.trees / chunkSeconds), batches, mostChunks));
}

/** Of so many jobs one after the other on the same nodes. */
export function inChunks({ start, load, trees, finish }: PhaseSeconds, count: number): PhaseSeconds {
  return { start: start + (count - 1) * restartSeconds, load: load * count, trees, finish: finish * count };
}

/**
 * Of one of so many jobs: the reverse of inChunks.
 *
 * @param share of the trees that it grows
 * @param hasNodes whether those of the job before are there for it
 */
export function oneChunk(
  { start, load, trees, finish }: PhaseSeconds,
  count: number,
  share: number,
  hasNodes: boolean,
): PhaseSeconds {
  return {
    start: hasNodes ? restartSeconds : start - (count - 1) * restartSeconds,
    load: load / count,
    trees: trees * share,
    finish: finish / count,
  };
}

function overheadSeconds({ load, finish }: PhaseSeconds): number {
  return restartSeconds + load + finish;
}
