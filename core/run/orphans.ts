/**
 * What is paid for and owned by no live execution. List the resources before asking for the executions: what is in the
 * list was made by an execution that had begun, so an execution that is not there then is not merely late.
 */
import type { Owner } from "./names.ts";

/** Something that costs money while it is there. */
export interface PaidResource {
  readonly kind: "node-group" | "job-run";
  /** Name of the node group, id of the job run. */
  readonly id: string;
  /** As its tags say; undefined when it is none of any pipeline's. */
  readonly owner: Owner | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly state: "live" | "ending" | "stuck";
  /** AWS's words about a stuck one. */
  readonly reason?: string;
}

/** What Step Functions says of the execution of a run. */
export interface OwningExecution {
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  readonly stoppedAt?: string;
  readonly cause?: string;
}

export interface Orphan {
  readonly resource: PaidResource;
  readonly runId: string;
  /** Why nobody owns it, in words for the run's record. */
  readonly because: string;
}

export interface Reconciler {
  /** Whose resources are looked after: another stage may share the cluster. */
  readonly pipeline: string;
  /**
   * How long a resource is left alone that seems to have no execution or was made after its execution's end: a redrive and
   * DescribeExecution's eventual consistency look like that.
   */
  readonly graceSeconds: number;
}

/** Runs whose executions have to be known. */
export function owningRuns(resources: readonly PaidResource[], { pipeline }: Reconciler): string[] {
  const owners = resources.flatMap(({ owner }) => (owner?.pipeline === pipeline ? [owner.runId] : []));
  return [...new Set(owners)];
}

/**
 * What to end, jobs before the nodes that they are on. What is ending already is not ended again; what is stuck is.
 *
 * @param executions by run; undefined says that there is none, a run that is missing here is not known and left alone
 */
export function orphansOf(
  resources: readonly PaidResource[],
  executions: ReadonlyMap<string, OwningExecution | undefined>,
  reconciler: Reconciler,
  now: Date,
): Orphan[] {
  const orphans = resources.flatMap((resource): Orphan[] => {
    const { owner, state } = resource;
    if (owner?.pipeline !== reconciler.pipeline || state === "ending" || !executions.has(owner.runId)) return [];
    const because = abandonment(resource, executions.get(owner.runId), reconciler, now);
    return because === undefined ? [] : [{ resource, runId: owner.runId, because }];
  });
  return orphans.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ resource }: Orphan): number {
  return resource.kind === "job-run" ? 0 : 1;
}

function abandonment(
  { createdAt }: PaidResource,
  execution: OwningExecution | undefined,
  { graceSeconds }: Reconciler,
  now: Date,
): string | undefined {
  const isYoung = now.getTime() - Date.parse(createdAt) < graceSeconds * 1000;
  if (execution === undefined) return isYoung ? undefined : "The execution of its run does not exist.";
  const { status, stoppedAt } = execution;
  if (status === "RUNNING" || status === "PENDING_REDRIVE") return undefined;
  const outlived = stoppedAt !== undefined && Date.parse(createdAt) <= Date.parse(stoppedAt);
  return outlived || !isYoung ? `The execution of its run has ended (${status}).` : undefined;
}
