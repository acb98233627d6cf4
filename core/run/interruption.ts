/** How a run ended whose record stopped in the middle: aborted in the console, timed out as a whole, or failed before its first word. */
import { causeInWords, type Failure, unforeseen } from "./failure.ts";
import { isFinal, type RunState } from "./run.ts";

export interface ExecutionEnd {
  readonly status: string;
  readonly cause?: string;
}

/** undefined when the record says itself how the run ended, or when it goes on. */
export function interruption(
  state: RunState,
  { status, cause }: ExecutionEnd,
): { readonly state: "Cancelled" | "Failed"; readonly failure: Failure } | undefined {
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
