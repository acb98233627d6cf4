/**
 * A run as its researcher sees it: the record, corrected by what only the execution knows. A run that was aborted in
 * the console, timed out as a whole or failed before its first word has a record that stopped in the middle.
 */
import type { EngineProgress } from "../variantspark/driverLog.ts";
import { chunksOf, currentChunk, treesOf } from "./forestChunks.ts";
import { type ExecutionEnd, interruption } from "./interruption.ts";
import type { Run, RunState } from "./run.ts";
import { secondsLeft } from "./secondsLeft.ts";

export interface ExecutionStatus extends ExecutionEnd {
  readonly startedAt: string;
}

export interface RunView extends Partial<Omit<Run, "logPosition" | "movedAt" | "progress" | "id" | "state">> {
  readonly id: string;
  readonly state: RunState;
  readonly startedAt?: string;
  /** Of `slices`, while the matrix is being made. */
  readonly slicesDone?: number;
  readonly progress?: Omit<EngineProgress, "cursor">;
  /** Until the engine has written its results, while it is at work on AWS. */
  readonly secondsLeft?: number;
}

export function runView(id: string, run: Run | undefined, execution: ExecutionStatus | undefined, now: Date): RunView {
  const left = run && secondsLeft(run, now);
  const interrupted = execution && interruption(run?.state ?? "Settle", execution);
  return {
    ...(run && shown(run)),
    id,
    state: interrupted?.state ?? run?.state ?? "Settle",
    ...(interrupted?.failure && !run?.failure && { failure: interrupted.failure }),
    ...(execution && { startedAt: execution.startedAt }),
    ...(left !== undefined && !interrupted && { secondsLeft: left }),
  };
}

/** The engine counts the trees of its job. */
function treesOfAll(
  run: Run,
  { treesDone, treesTotal }: EngineProgress,
): Pick<EngineProgress, "treesDone" | "treesTotal"> {
  const chunks = chunksOf(run);
  if (chunks === undefined) return { treesDone, treesTotal };
  const isMerged = (currentChunk(run)?.number ?? 0) <= chunks.grown.length;
  return { treesDone: treesOf(chunks.grown) + (isMerged ? 0 : treesDone), treesTotal: treesOf(chunks.planned) };
}

/** Without what only Observe needs: how far the log was read and what its parser remembers. */
function shown(whole: Run): Omit<RunView, "startedAt"> {
  const { logPosition: _position, movedAt: _moved, progress, ...run } = whole;
  if (progress === undefined) return run;
  const { cursor: _cursor, ...visible } = progress;
  return { ...run, progress: { ...visible, ...treesOfAll(whole, progress) } };
}
