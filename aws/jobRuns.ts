/** VariantSpark's job runs on EMR on EKS. */
import {
  CancelJobRunCommand,
  DescribeJobRunCommand,
  EMRContainersClient,
  paginateListJobRuns,
  StartJobRunCommand,
} from "@aws-sdk/client-emr-containers";
import { ownerOf, tagsOf } from "../core/run/names.ts";
import type { PaidResource } from "../core/run/orphans.ts";
import type { SparkJob } from "../core/variantspark/sparkJob.ts";
import { environment } from "./environment.ts";
import { runsBucket } from "./runsStore.ts";

const emr = new EMRContainersClient({});

export type JobRunState =
  | { readonly kind: "running"; readonly submitted: boolean }
  | { readonly kind: "completed" }
  | { readonly kind: "failed"; readonly reason: string; readonly details: string }
  | { readonly kind: "cancelled" };

/** Starts the job; the same token gives the same job run, however often it is asked for. */
export async function startJobRun(runId: string, token: string, job: SparkJob): Promise<string> {
  const { id } = await emr.send(
    new StartJobRunCommand({
      virtualClusterId: environment("VIRTUAL_CLUSTER_ID"),
      name: runId.slice(0, 64),
      clientToken: token,
      executionRoleArn: environment("JOB_ROLE_ARN"),
      releaseLabel: environment("EMR_RELEASE_LABEL"),
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: job.entryPoint,
          entryPointArguments: [...job.arguments],
          sparkSubmitParameters: job.sparkSubmitParameters,
        },
      },
      configurationOverrides: {
        monitoringConfiguration: {
          persistentAppUI: "DISABLED",
          cloudWatchMonitoringConfiguration: { logGroupName: environment("JOB_LOG_GROUP"), logStreamNamePrefix: runId },
        },
      },
      // EMR's own retries restart from zero with the same settings and bill each attempt: the state machine decides.
      retryPolicyConfiguration: { maxAttempts: 1 },
      tags: tagsOf({ pipeline: runsBucket(), runId }),
    }),
  );
  if (id === undefined) throw new Error("StartJobRun answered without an id");
  return id;
}

export async function jobRunState(jobRunId: string): Promise<JobRunState> {
  const { jobRun } = await emr.send(
    new DescribeJobRunCommand({ virtualClusterId: environment("VIRTUAL_CLUSTER_ID"), id: jobRunId }),
  );
  switch (jobRun?.state) {
    case "COMPLETED":
      return { kind: "completed" };
    case "FAILED":
      return { kind: "failed", reason: jobRun.failureReason ?? "", details: jobRun.stateDetails ?? "" };
    case "CANCELLED":
    case "CANCEL_PENDING":
      return { kind: "cancelled" };
    default:
      return { kind: "running", submitted: jobRun?.state === "RUNNING" };
  }
}

/** Cancels the job; one that has ended already stays as it is. */
export async function cancelJobRun(jobRunId: string): Promise<void> {
  try {
    await emr.send(new CancelJobRunCommand({ virtualClusterId: environment("VIRTUAL_CLUSTER_ID"), id: jobRunId }));
  } catch (error) {
    const harmless = ["ResourceNotFoundException", "ValidationException"];
    if (!(error instanceof Error && harmless.includes(error.name))) throw error;
  }
}

/** Job runs of the virtual cluster that have not ended, whoever started them; one request per 50. */
export async function listLiveJobRuns(): Promise<PaidResource[]> {
  const request = { virtualClusterId: environment("VIRTUAL_CLUSTER_ID"), states: [...liveStates], maxResults: 50 };
  const live: PaidResource[] = [];
  for await (const { jobRuns = [] } of paginateListJobRuns({ client: emr }, request))
    for (const { id = "", tags, createdAt = new Date(0) } of jobRuns)
      live.push({ kind: "job-run", id, owner: ownerOf(tags), createdAt: createdAt.toISOString(), state: "live" });
  return live;
}

/** CANCEL_PENDING is left out: it is ending. */
const liveStates = ["PENDING", "SUBMITTED", "RUNNING"] as const;
