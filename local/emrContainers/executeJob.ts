/**
 * One job run from acceptance to its end: wait for nodes and for room on this machine as pending pods would, start a Spark
 * cluster with a worker per node, run the driver, ship its logs, and leave nothing running.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EKSClient } from "@aws-sdk/client-eks";
import { S3Client } from "@aws-sdk/client-s3";
import { endProcessGroup } from "../endProcessGroup.ts";
import { type DriverExit, startDriver } from "./driver.ts";
import { shipDriverLogs } from "./driverLogs.ts";
import type { FaultBox } from "./faults.ts";
import type { ExecuteJob } from "./jobRuns.ts";
import { type Machine, machineShares } from "./machineShares.ts";
import { fittingNodes, type NodeSelector } from "./nodeGroups.ts";
import { executorNodeSelector } from "./podTemplate.ts";
import type { JobOutcome, JobRun } from "./records.ts";
import { slots } from "./slots.ts";
import { type SparkCluster, startSparkCluster } from "./sparkCluster.ts";
import { type SparkSurroundings, sparkEnvironment } from "./sparkEnvironment.ts";
import { defaultsFile, type SparkRequest, sparkRequest, sparkSubmitArguments } from "./sparkSubmit.ts";

export interface JobExecutorOptions extends SparkSurroundings {
  readonly eks: EKSClient;
  readonly workDir: string;
  readonly awsEndpoint: string;
  readonly longestPendingSeconds?: number;
  readonly jobsSideBySide?: number;
  readonly faults: FaultBox;
}

const DEFAULT_PENDING_SECONDS = 15 * 60;
const DEFAULT_SIDE_BY_SIDE = 3;
const LOOK_FOR_NODES_MS = 2_000;
/** Spark's shutdown hooks remove its temporary files; what is not done then is killed. */
const DRIVER_GRACE_MS = 5_000;
const MEMORY_FOR_JOBS = 0.6;

export function createJobExecutor(options: JobExecutorOptions): ExecuteJob {
  const { awsEndpoint, credentials, region, eks } = options;
  const s3 = new S3Client({ endpoint: awsEndpoint, credentials, region, forcePathStyle: true });
  const logs = new CloudWatchLogsClient({ endpoint: awsEndpoint, credentials, region });
  const machine = slots(options.jobsSideBySide ?? DEFAULT_SIDE_BY_SIDE);

  return async (run, virtualCluster, { signal, onSubmitted, onRunning }) => {
    let request: SparkRequest;
    let selector: NodeSelector | undefined;
    try {
      request = sparkRequest(run);
      selector = await executorNodeSelector(request.conf, s3);
    } catch (error) {
      return userError(error instanceof Error ? error.message : String(error));
    }
    onSubmitted();
    const seconds = options.longestPendingSeconds ?? DEFAULT_PENDING_SECONDS;
    const nodes = await untilNodesFit(eks, virtualCluster.containerProvider.id, selector, seconds, signal);
    if (nodes === "cancelled") return { kind: "cancelled" };
    if (nodes === "none") return unavailable(selector, seconds);
    const leaveMachine = await machine.take(signal);
    if (leaveMachine === undefined) return { kind: "cancelled" };
    try {
      return await runOnSpark(run, request, nodes, { ...options, logs, signal, onRunning });
    } finally {
      leaveMachine();
    }
  };
}

type Nodes = number | undefined | "none" | "cancelled";

/** Undefined if any node will do. */
async function untilNodesFit(
  eks: EKSClient,
  cluster: string,
  selector: NodeSelector | undefined,
  seconds: number,
  signal: AbortSignal,
): Promise<Nodes> {
  const deadline = Date.now() + seconds * 1000;
  while (!signal.aborted) {
    if (selector === undefined) return undefined;
    const nodes = await fittingNodes(eks, cluster, selector);
    if (nodes > 0) return nodes;
    if (Date.now() > deadline) return "none";
    await sleep(Math.min(LOOK_FOR_NODES_MS, seconds * 1000), undefined, { signal }).catch(() => undefined);
  }
  return "cancelled";
}

interface RunPorts extends JobExecutorOptions {
  readonly logs: CloudWatchLogsClient;
  readonly signal: AbortSignal;
  readonly onRunning: () => void;
}

async function runOnSpark(
  run: JobRun,
  request: SparkRequest,
  nodes: number | undefined,
  ports: RunPorts,
): Promise<JobOutcome> {
  const { engine, signal, awsEndpoint, region } = ports;
  const { sparkHome } = engine;
  const folder = join(ports.workDir, run.id);
  for (const name of ["conf", "local", "tmp"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "conf", "spark-defaults.conf"), defaultsFile(request.defaults));
  const env = sparkEnvironment(ports, folder);
  const memoryFraction = ports.faults.memoryFraction();
  const runningShare = ports.faults.nodesShare();
  const shares = machineShares(request.conf, nodes, thisMachine());
  const driverLogs = shipDriverLogs(run, ports.logs);
  let cluster: SparkCluster | undefined;
  try {
    cluster = await startSparkCluster({ sparkHome, env, folder, shares, runningShare, signal });
    const { variantSparkJar } = engine;
    const { masterUrl } = cluster;
    const local = { masterUrl, awsEndpoint, region, folder, shares, variantSparkJar, memoryFraction };
    const args = sparkSubmitArguments(run, request, local);
    const driver = startDriver({ sparkHome, env, folder, args, onLine: driverLogs.add });
    const cancel = () => void endProcessGroup(driver.process, DRIVER_GRACE_MS);
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    ports.onRunning();
    const exit = await driver.exit;
    signal.removeEventListener("abort", cancel);
    await endProcessGroup(driver.process, 0);
    return signal.aborted ? { kind: "cancelled" } : outcomeOf(exit);
  } catch (error) {
    if (signal.aborted) return { kind: "cancelled" };
    throw error;
  } finally {
    await cluster?.stop();
    await driverLogs.close();
    await keepOnlyLogs(folder);
  }
}

/** Each executor's folder holds a copy of the entry point's jar (30 MB); Spark's own folders are of no use any more. */
async function keepOnlyLogs(folder: string): Promise<void> {
  for (const name of ["local", "tmp", "s3a", "hadoop"]) await rm(join(folder, name), { recursive: true, force: true });
  for (const path of await readdir(folder, { recursive: true })) {
    if (path.endsWith(".jar")) await rm(join(folder, path), { force: true });
  }
}

function thisMachine(): Machine {
  const constrained = process.constrainedMemory(); // a container's limit; 0 or huge if there is none
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return { cores: availableParallelism(), memoryMiB: Math.floor((bytes * MEMORY_FOR_JOBS) / 1024 ** 2) };
}

export function outcomeOf({ code, lastError }: DriverExit): JobOutcome {
  if (code === 0) return { kind: "completed" };
  const after = " Please refer to the logs uploaded to CloudWatch as your monitoring configuration says.";
  const before = `Main Spark container terminated with exit code ${code}. Last error seen in logs - `;
  const room = 256 - before.length - after.length;
  const error = lastError.length > room ? `${lastError.slice(0, room - 1)}…` : lastError;
  return userError(`${before}${error || "none."}${after}`);
}

function userError(stateDetails: string): JobOutcome {
  return { kind: "failed", failureReason: "USER_ERROR", stateDetails };
}

function unavailable(selector: NodeSelector | undefined, seconds: number): JobOutcome {
  const labels = Object.entries(selector ?? {}).map(([label, value]) => `${label}=${value}`);
  const stateDetails = `No active node group with ${labels.join(", ")} within ${seconds} s: the executor pods stay pending.`;
  return { kind: "failed", failureReason: "CLUSTER_UNAVAILABLE", stateDetails };
}
