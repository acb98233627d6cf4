/**
 * A run as its researcher sees it: the record, corrected by what only the execution knows. A run that was aborted in
 * the console, timed out as a whole or failed before its first word has a record that stopped in the middle.
 */
import type { EngineProgress } from "../variantspark/driverLog.ts";
import { causeInWords, type Failure, unforeseen } from "./failure.ts";
import { isFinal, type Run, type RunState } from "./run.ts";
import { secondsLeft } from "./secondsLeft.ts";

export interface ExecutionStatus {
  readonly status: string;
  readonly startedAt: string;
  readonly cause?: string;
}

export interface RunView extends Partial<Omit<Run, "logPosition" | "progress" | "id" | "state">> {
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

/** Without what only Observe needs: how far the log was read and what its parser remembers. */
function shown({ logPosition: _position, progress, ...run }: Run): Omit<RunView, "startedAt"> {
  if (progress === undefined) return run;
  const { cursor: _cursor, ...visible } = progress;
  return { ...run, progress: visible };
}

function interruption(
  state: RunState,
  { status, cause }: ExecutionStatus,
): { state: RunState; failure: Failure } | undefined {
  if (isFinal(state)) return undefined;
  if (status === "ABORTED")
    return {
      state: "Cancelled",
      failure: {
        code: "cancelled",
        message: cause || "The run was stopped.",
        remedy: "Start the run again when you want it.",
      },
    };
  if (status === "FAILED" || status === "TIMED_OUT")
    return {
      state: "Failed",
      failure: unforeseen(causeInWords(cause ?? "") || `The run ended in the state ${state}.`),
    };
  return undefined;
}
