/**
 * What the endpoint knows, kept in one JSON file so that a virtual cluster has the same id after a restart of the local
 * cloud, as the names stored in MiniStack's own state expect.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  CreateVirtualClusterRequest,
  JobRunState,
  StartJobRunRequest,
  VirtualClusterState,
} from "./requestChecks.ts";

/** As DescribeVirtualCluster shows it; times are ISO 8601. `clientToken` and `requestDigest` are ours. */
export interface VirtualCluster {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  state: VirtualClusterState;
  readonly containerProvider: CreateVirtualClusterRequest["containerProvider"];
  readonly createdAt: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly clientToken: string;
  readonly requestDigest: string;
}

/** As DescribeJobRun shows it; times are ISO 8601. `requestDigest` is ours. */
export interface JobRun extends StartJobRunRequest {
  readonly id: string;
  readonly arn: string;
  readonly virtualClusterId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  state: JobRunState;
  finishedAt?: string;
  failureReason?: "INTERNAL_ERROR" | "USER_ERROR" | "VALIDATION_ERROR" | "CLUSTER_UNAVAILABLE";
  /** At most 256 characters. */
  stateDetails?: string;
  readonly requestDigest: string;
}

export interface Records {
  readonly virtualClusters: Map<string, VirtualCluster>;
  readonly jobRuns: Map<string, JobRun>;
  /** To be called after each change. */
  save(): void;
}

export function isLive(run: JobRun): boolean {
  return run.finishedAt === undefined;
}

/** Records of an earlier start in the same folder; a job that was live then has ended with that start. */
export function openRecords(workDir: string): Records {
  mkdirSync(workDir, { recursive: true });
  const file = join(workDir, "records.json");
  const stored = read(file);
  const virtualClusters = new Map(stored.virtualClusters.map((cluster) => [cluster.id, cluster]));
  const jobRuns = new Map(stored.jobRuns.map((run) => [run.id, run]));
  for (const run of jobRuns.values()) {
    if (isLive(run)) endWith(run, "FAILED", "INTERNAL_ERROR", "The local endpoint was stopped while the job ran.");
  }
  const save = () => {
    const content = { virtualClusters: [...virtualClusters.values()], jobRuns: [...jobRuns.values()] };
    writeFileSync(`${file}.part`, JSON.stringify(content, undefined, 1));
    renameSync(`${file}.part`, file);
  };
  save();
  return { virtualClusters, jobRuns, save };
}

export function endWith(run: JobRun, state: JobRunState, reason: JobRun["failureReason"], details: string): void {
  run.state = state;
  run.finishedAt = new Date().toISOString();
  if (reason) run.failureReason = reason;
  run.stateDetails = details.length > 256 ? `${details.slice(0, 255)}…` : details;
}

function read(file: string): { virtualClusters: VirtualCluster[]; jobRuns: JobRun[] } {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { virtualClusters: [], jobRuns: [] };
    throw new Error(`${file} cannot be read; delete it to start with no virtual clusters.`, { cause: error });
  }
}

/** How a job run ended. */
export type JobOutcome =
  | { readonly kind: "completed" }
  | { readonly kind: "cancelled" }
  | {
      readonly kind: "failed";
      readonly failureReason: NonNullable<JobRun["failureReason"]>;
      readonly stateDetails: string;
    };
