/** How a run's record reads after the reconciler ended what outlived its execution. */
import { interruption } from "./interruption.ts";
import type { Notification } from "./notification.ts";
import type { Orphan, OwningExecution, PaidResource } from "./orphans.ts";
import { notReleased } from "./release.ts";
import { entered, type Run } from "./run.ts";

/** Something that no execution gave back. */
export interface Reclaimed {
  readonly kind: PaidResource["kind"];
  readonly id: string;
  readonly because: string;
  /** When its end was asked for, ISO 8601. */
  readonly at: string;
}

/** The record with what was ended for it; one whose execution ended without a last word gets its final state. */
export function reclaimed(
  run: Run,
  orphans: readonly Orphan[],
  execution: OwningExecution | undefined,
  now: Date,
): Run {
  const [stuck] = orphans.flatMap(({ resource: { state, reason = "unknown" } }) => (state === "stuck" ? [reason] : []));
  const closed = execution ? ended(withReclaimed(run, orphans, now), execution, now) : withReclaimed(run, orphans, now);
  return stuck === undefined || run.failure?.code === "nodes-not-released" ? closed : notReleased(closed, stuck);
}

function withReclaimed(run: Run, orphans: readonly Orphan[], now: Date): Run {
  const known = new Set(run.reclaimed?.map(({ id }) => id));
  const at = now.toISOString();
  const anew = orphans.flatMap(({ resource: { kind, id }, because }) =>
    known.has(id) ? [] : [{ kind, id, because, at }],
  );
  if (anew.length === 0) return run;
  const { nodeGroup } = run;
  const isReleased = nodeGroup?.releasedAt === undefined && anew.some(({ id }) => id === nodeGroup?.name);
  return {
    ...run,
    reclaimed: [...(run.reclaimed ?? []), ...anew],
    ...(nodeGroup && isReleased && { nodeGroup: { ...nodeGroup, releasedAt: at } }),
  };
}

function ended(run: Run, execution: OwningExecution, now: Date): Run {
  const end = interruption(run.state, execution);
  return end ? { ...entered(run, end.state, now), failure: run.failure ?? end.failure } : run;
}

/** What people are told of what no run's record tells them. */
export function reclaimedNotification(runId: string, orphans: readonly Orphan[]): Notification {
  const lines = orphans.map(({ resource: { kind, id, state, reason }, because }) =>
    state === "stuck"
      ? `${kind} ${id} could not be deleted and may still be billed: ${reason}. ${because}`
      : `${kind} ${id} was ended. ${because}`,
  );
  return {
    subject: "VariantSpark: something outlived its run",
    text: [`Of the run ${runId}:`, ...lines].join("\n\n"),
  };
}
