/** A step that could not do its work says so as data; the machine routes it to RecordFailure. */
import type { Failure } from "../core/run/failure.ts";

export interface FailedOutcome {
  readonly kind: "failed";
  readonly failure: Failure;
}

export function failed(code: string, message: string, remedy: string): FailedOutcome {
  return { kind: "failed", failure: { code, message, remedy } };
}
