/** The job run operations. What a job does once it is accepted is executeJob's; here are its states. */
import { notFound, validationError } from "./awsError.ts";
import { idempotent, newId, pageOf } from "./listing.ts";
import { endWith, isLive, type JobOutcome, type JobRun, type Records, type VirtualCluster } from "./records.ts";
import type { ListJobRunsRequest, StartJobRunRequest } from "./requestChecks.ts";
import { findVirtualCluster, terminateIfIdle } from "./virtualClusters.ts";

/** Runs a job to its end, in every case with nothing of it left running. `signal` cancels it. */
export type ExecuteJob = (
  run: JobRun,
  cluster: VirtualCluster,
  progress: { readonly signal: AbortSignal; readonly onSubmitted: () => void; readonly onRunning: () => void },
) => Promise<JobOutcome>;

export interface JobRunPorts {
  readonly records: Records;
  readonly region: string;
  readonly accountId: string;
  readonly executeJob: ExecuteJob;
  /** The executions under way, by job run. */
  readonly executions: Map<string, Execution>;
}

export interface Execution {
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

export function startJobRun(virtualClusterId: string, request: StartJobRunRequest, ports: JobRunPorts) {
  const { records, region, accountId } = ports;
  const cluster = findVirtualCluster(virtualClusterId, records);
  const { digest, known } = idempotent(records.jobRuns.values(), { ...request, virtualClusterId });
  if (known) return started(known);
  if (cluster.state !== "RUNNING") throw validationError(`Virtual cluster ${cluster.id} is in state ${cluster.state}.`);
  const id = newId();
  const run: JobRun = {
    ...request,
    id,
    virtualClusterId,
    arn: `arn:aws:emr-containers:${region}:${accountId}:/virtualclusters/${virtualClusterId}/jobruns/${id}`,
    state: "PENDING",
    createdAt: new Date().toISOString(),
    createdBy: `arn:aws:iam::${accountId}:root`,
    requestDigest: digest,
  };
  records.jobRuns.set(id, run);
  records.save();
  const cancel = new AbortController();
  ports.executions.set(id, { cancel, ended: follow(run, cluster, cancel.signal, ports) });
  return started(run);
}

export function describeJobRun(virtualClusterId: string, id: string, { records }: JobRunPorts) {
  return { jobRun: shown(findJobRun(virtualClusterId, id, records)) };
}

export function listJobRuns(virtualClusterId: string, request: ListJobRunsRequest, { records }: JobRunPorts) {
  findVirtualCluster(virtualClusterId, records);
  const wanted = [...records.jobRuns.values()].filter(
    (run) =>
      run.virtualClusterId === virtualClusterId &&
      (request.states === undefined || request.states.includes(run.state)) &&
      (request.name === undefined || request.name === run.name),
  );
  const { items, nextToken } = pageOf(wanted, request);
  return { jobRuns: items.map(shown), nextToken };
}

export function cancelJobRun(virtualClusterId: string, id: string, { records, executions }: JobRunPorts) {
  const run = findJobRun(virtualClusterId, id, records);
  if (!isLive(run)) throw validationError(`Job run ${id} is not in a cancellable state: ${run.state}.`);
  run.state = "CANCEL_PENDING";
  records.save();
  executions.get(id)?.cancel.abort();
  return { id, virtualClusterId };
}

async function follow(run: JobRun, cluster: VirtualCluster, signal: AbortSignal, ports: JobRunPorts): Promise<void> {
  const { records, executions } = ports;
  const advance = (state: "SUBMITTED" | "RUNNING") => {
    if (signal.aborted) return; // CANCEL_PENDING stays until nothing runs any more
    run.state = state;
    records.save();
  };
  const progress = { signal, onSubmitted: () => advance("SUBMITTED"), onRunning: () => advance("RUNNING") };
  const outcome = await ports.executeJob(run, cluster, progress).catch(internalError);
  switch (outcome.kind) {
    case "completed":
      endWith(run, "COMPLETED", undefined, "Job run completed successfully.");
      break;
    case "cancelled":
      endWith(run, "CANCELLED", undefined, "Job run was cancelled.");
      break;
    case "failed":
      endWith(run, "FAILED", outcome.failureReason, outcome.stateDetails);
      break;
  }
  executions.delete(run.id);
  terminateIfIdle(cluster, records);
  records.save();
}

function internalError(error: unknown): JobOutcome {
  const said = error instanceof Error ? error.message : String(error);
  return { kind: "failed", failureReason: "INTERNAL_ERROR", stateDetails: said };
}

function findJobRun(virtualClusterId: string, id: string, records: Records): JobRun {
  findVirtualCluster(virtualClusterId, records);
  const run = records.jobRuns.get(id);
  if (run?.virtualClusterId !== virtualClusterId) {
    throw notFound(`Job run ${id} doesn't exist in virtual cluster ${virtualClusterId}.`);
  }
  return run;
}

function started({ id, name, arn, virtualClusterId }: JobRun) {
  return { id, name, arn, virtualClusterId };
}

function shown({ requestDigest: _digest, ...run }: JobRun) {
  return run;
}
