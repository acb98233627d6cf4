/** How a run's record reads once everything that it held is given back. */
import { ended } from "./attempts.ts";
import { type Failure, unforeseen } from "./failure.ts";
import { entered, type FinalState, type Run } from "./run.ts";

/** The run in its final state. A run without a result has not succeeded, even if nobody recorded why. */
export function finished(run: Run, now: Date): Run {
  const failure = run.failure ?? (run.result ? undefined : unforeseen("The run ended without a result."));
  return {
    ...entered(ended(run, undefined, now), finalState(failure), now),
    ...(failure && { failure }),
    ...(run.nodeGroup && {
      nodeGroup: { ...run.nodeGroup, releasedAt: run.nodeGroup.releasedAt ?? now.toISOString() },
    }),
  };
}

/** AWS could not delete the nodes: whatever else the run was, a person has to look. */
export function notReleased(run: Run, reason: string): Run {
  const failure: Failure = {
    code: "nodes-not-released",
    message: `The node group ${run.nodeGroup?.name} could not be deleted and may still be billed: ${reason}.`,
    remedy: "Delete it in the EKS console; the message of AWS names what holds it.",
  };
  return { ...run, failure };
}

function finalState(failure: Failure | undefined): FinalState {
  if (failure === undefined) return "Succeeded";
  return failure.code === "expired" ? "Expired" : "Failed";
}
