/**
 * One job run from acceptance to its end on a Kubernetes cluster, as EMR on EKS does it: fetch the pod templates, submit in cluster mode,
 * follow the driver pod, ship the logs of all pods, and leave nothing of it on the cluster.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { S3Client } from "@aws-sdk/client-s3";
import type { V1Pod } from "@kubernetes/client-node";
import { shipLogs } from "../driverLogs.ts";
import type { FaultBox } from "../faults.ts";
import type { ExecuteJob } from "../jobRuns.ts";
import { listenForErrors } from "../lastError.ts";
import type { NodeSelector } from "../nodeGroups.ts";
import { executorNodeSelector } from "../podTemplate.ts";
import type { JobOutcome, JobRun } from "../records.ts";
import { type SparkSurroundings, sparkEnvironment } from "../sparkEnvironment.ts";
import { defaultsFile, type SparkRequest, sparkRequest } from "../sparkSubmit.ts";
import { type Cluster, ifThere } from "./cluster.ts";
import { containerStatus, type DriverState, driverContainer, driverState, outcomeOfDriver } from "./driverEnd.ts";
import { endJob } from "./endJob.ts";
import { followExecutors } from "./executorLogs.ts";
import { faultyPods } from "./faultyPods.ts";
import type { LentNodes } from "./lentNodes.ts";
import { driverPodName, jobIdLabel, podArguments } from "./podArguments.ts";
import { followLogs } from "./podLogs.ts";
import { podShares } from "./podShares.ts";
import { fetchPodTemplates } from "./podTemplates.ts";
import { submit } from "./submit.ts";

export interface PodExecutorOptions extends SparkSurroundings {
  readonly cluster: Cluster;
  readonly lentNodes: LentNodes;
  readonly workDir: string;
  /** For this process. */
  readonly awsEndpoint: string;
  /** For pods. */
  readonly podsAwsEndpoint: string;
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly sparkConf?: Readonly<Record<string, string>> | undefined;
  readonly longestPendingSeconds?: number;
  readonly faults: FaultBox;
}

const DEFAULT_PENDING_SECONDS = 15 * 60;
const LOOK_MS = 1_000;
/** For what the pods said last to arrive, after they have ended. */
const LAST_LINES_MS = 10_000;

export function createPodExecutor(options: PodExecutorOptions): ExecuteJob {
  const { awsEndpoint, credentials, region } = options;
  const s3 = new S3Client({ endpoint: awsEndpoint, credentials, region, forcePathStyle: true });
  const logs = new CloudWatchLogsClient({ endpoint: awsEndpoint, credentials, region });
  return async (run, virtualCluster, { signal, onSubmitted, onRunning }) => {
    const { namespace } = virtualCluster.containerProvider.info.eksInfo;
    const folder = join(options.workDir, run.id);
    for (const name of ["conf", "local", "tmp"]) await mkdir(join(folder, name), { recursive: true });
    let request: SparkRequest;
    let podTemplates: Record<string, string>;
    let selector: NodeSelector | undefined;
    try {
      request = sparkRequest(run);
      selector = await executorNodeSelector(request.conf, s3);
      podTemplates = await fetchPodTemplates(request.conf, folder, s3);
    } catch (error) {
      return userError(error instanceof Error ? error.message : String(error));
    }
    onSubmitted();
    const job: Job = { ...options, run, request, podTemplates, selector, namespace, folder, logs, signal, onRunning };
    try {
      const outcome = await runOnPods(job);
      return signal.aborted ? { kind: "cancelled" } : outcome;
    } finally {
      for (const name of ["local", "tmp"]) await rm(join(folder, name), { recursive: true, force: true });
    }
  };
}

interface Job extends PodExecutorOptions {
  readonly run: JobRun;
  readonly request: SparkRequest;
  readonly podTemplates: Readonly<Record<string, string>>;
  /** Of the executors; undefined = any node. */
  readonly selector: NodeSelector | undefined;
  readonly namespace: string;
  readonly folder: string;
  readonly logs: CloudWatchLogsClient;
  readonly signal: AbortSignal;
  readonly onRunning: () => void;
}

async function runOnPods(job: Job): Promise<JobOutcome> {
  const { cluster, namespace, run, signal } = job;
  const secret = `spark-${run.id}-s3`;
  try {
    await makeSecret(job, secret);
    const refused = await submitted(job, secret);
    if (signal.aborted) return { kind: "cancelled" };
    return refused ?? (await followed(job));
  } finally {
    try {
      await endJob(cluster, namespace, run.id);
    } finally {
      await ifThere(cluster.core.deleteNamespacedSecret({ namespace, name: secret }));
    }
  }
}

async function makeSecret({ cluster, namespace, run, credentials }: Job, name: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = credentials; // an SDK that was given them has put more beside them
  await cluster.core.createNamespacedSecret({
    namespace,
    body: { metadata: { name, labels: { [jobIdLabel]: run.id } }, stringData: { accessKeyId, secretAccessKey } },
  });
}

/** Undefined once the driver pod is made. */
async function submitted(job: Job, credentialsSecret: string): Promise<JobOutcome | undefined> {
  const { engine, cluster, lentNodes, run, request, folder, region, signal } = job;
  const { groupNodes, room } = await lentNodes.roomFor(job.selector);
  const args = podArguments(run, request, {
    ...job,
    jobRunId: run.id,
    virtualClusterId: run.virtualClusterId,
    server: cluster.server,
    awsEndpoint: job.podsAwsEndpoint,
    region,
    credentialsSecret,
    ...faultyPods(podShares(request.conf, groupNodes, room), job.faults),
  });
  await writeFile(join(folder, "conf", "spark-defaults.conf"), defaultsFile(request.defaults));
  // Spark would give pods this machine's local folders.
  const { SPARK_LOCAL_DIRS: _, ...surroundings } = sparkEnvironment(job, folder);
  const env = { ...surroundings, KUBECONFIG: cluster.kubeconfigFile };
  const { sparkHome } = engine;
  const result = await submit({ sparkHome, env, folder, args, signal });
  return result.kind === "refused" ? userError(`Job submission failed - ${result.error}`) : undefined;
}

/** Until the driver has ended, with the logs of all pods shipped. */
async function followed(job: Job): Promise<JobOutcome> {
  const { cluster, namespace, run, signal } = job;
  const pod = driverPodName(run.id);
  const errors = listenForErrors();
  const driverLogs = shipLogs(run, pod, job.logs);
  const stopLogs = new AbortController();
  const read = () => ifThere(cluster.core.readNamespacedPod({ namespace, name: pod }));
  const driverFollowed = followLogs(
    {
      ...{ cluster, namespace, pod, container: driverContainer, signal: stopLogs.signal },
      onLine: (stream, line, at) => {
        driverLogs.add(stream, line, at);
        if (stream === "stderr") errors.hear(line);
      },
    },
    async () => {
      const found = await read();
      if (found === undefined) return "gone";
      return containerStatus(found, driverContainer)?.state?.terminated ? "ended" : "running";
    },
  );
  const executors = followExecutors({ cluster, namespace, run, logs: job.logs, signal: stopLogs.signal });
  try {
    const state = await Promise.race([untilDriverEnds(job, read), rejectionOf(driverFollowed)]);
    if (signal.aborted) return { kind: "cancelled" };
    if (state.kind === "pending") return unavailable(state.why);
    await Promise.race([driverFollowed, sleep(LAST_LINES_MS, undefined, { ref: false })]);
    return outcomeOfDriver(state, errors.last());
  } finally {
    if (signal.aborted) stopLogs.abort();
    await Promise.race([executors, sleep(LAST_LINES_MS, undefined, { ref: false })]);
    stopLogs.abort();
    await driverFollowed.catch(() => undefined);
    await driverLogs.close();
  }
}

/** Settles only if that rejects: a log that cannot be read ends the job. */
function rejectionOf(promise: Promise<unknown>): Promise<never> {
  return promise.then(() => new Promise<never>(() => {}));
}

/** Pending only past its limit. */
async function untilDriverEnds(
  { signal, onRunning, longestPendingSeconds = DEFAULT_PENDING_SECONDS }: Job,
  read: () => Promise<V1Pod | undefined>,
): Promise<Exclude<DriverState, { kind: "running" }>> {
  const pendingUntil = Date.now() + longestPendingSeconds * 1000;
  let seenRunning = false;
  for (;;) {
    const state = driverState(await read());
    if (state.kind === "ended" || state.kind === "gone" || signal.aborted)
      return state.kind === "running" ? { kind: "gone" } : state;
    if (state.kind === "running" && !seenRunning) onRunning();
    seenRunning ||= state.kind === "running";
    if (state.kind === "pending" && Date.now() > pendingUntil) return state;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

function userError(stateDetails: string): JobOutcome {
  return { kind: "failed", failureReason: "USER_ERROR", stateDetails };
}

function unavailable(why: string): JobOutcome {
  return {
    kind: "failed",
    failureReason: "CLUSTER_UNAVAILABLE",
    stateDetails: `The driver pod stays pending: ${why}`,
  };
}
