/**
 * A standalone Spark master and one worker process per node, on loopback, for one job run. Executors are children of
 * their worker and in its process group. A worker that ends is a node that AWS took back: another comes in its place, as a
 * managed node group keeps its desired size. (local-cluster[…] would do with less, but ends non-zero and writes into Spark's own folder.)
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcessGroup } from "../endProcessGroup.ts";
import type { Shares } from "./machineShares.ts";
import { slowDown } from "./slowDown.ts";

export interface SparkCluster {
  readonly masterUrl: string;
  stop(): Promise<void>;
}

export interface SparkClusterOptions {
  readonly sparkHome: string;
  readonly env: Readonly<Record<string, string>>;
  /** Logs of master and workers and the workers' own folders go here. */
  readonly folder: string;
  readonly shares: Shares;
  /** Part of the time that workers and executors run, in (0, 1]. */
  readonly runningShare: number;
  readonly signal: AbortSignal;
}

const START_LIMIT_MS = 60_000;
/** Workers and their executors keep nothing that the driver does not have: they need no time to end. */
const STOP_GRACE_MS = 0;
/** On AWS a new instance takes a minute or two to join. */
const REPLACE_NODE_MS = 3_000;
const MASTER = "org.apache.spark.deploy.master.Master";
const WORKER = "org.apache.spark.deploy.worker.Worker";

/** Started, all workers registered (about 4 s). Rejects, with nothing left running, if that takes a minute or on abort. */
export async function startSparkCluster(options: SparkClusterOptions): Promise<SparkCluster> {
  const processes: ChildProcess[] = [];
  const stopping = new AbortController();
  const start = (name: string, args: readonly string[]) => {
    const child = startProcess(options, name, args);
    processes.push(child);
    return child;
  };
  let workersStarted = 0;
  const startWorker = (masterUrl: string) => {
    workersStarted += 1;
    const name = `worker-${workersStarted}`;
    const child = start(name, workerArguments(options, name, masterUrl));
    child.once("exit", async () => {
      await endProcessGroup(child, STOP_GRACE_MS); // a node takes its executors along
      await sleep(REPLACE_NODE_MS, undefined, { signal: stopping.signal }).then(
        () => slowDown(startWorker(masterUrl), options.runningShare),
        () => undefined,
      );
    });
    return child;
  };
  const stop = async () => {
    stopping.abort();
    await Promise.all(processes.map((child) => endProcessGroup(child, STOP_GRACE_MS)));
  };
  try {
    start("master", [MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]);
    const [masterUrl = ""] = await untilLogged(options, "master", /spark:\/\/127\.0\.0\.1:\d+/g, 1);
    const { workers } = options.shares;
    const nodes = Array.from({ length: workers }, () => startWorker(masterUrl));
    await untilLogged(options, "master", /Registering worker/g, workers);
    for (const node of nodes) slowDown(node, options.runningShare);
    return { masterUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startProcess({ folder, sparkHome, env }: SparkClusterOptions, name: string, args: readonly string[]) {
  const log = openSync(join(folder, `${name}.log`), "a");
  const child = spawn(join(sparkHome, "bin", "spark-class"), args, {
    cwd: folder,
    env,
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  child.on("error", () => undefined); // it shows as a cluster that does not come up
  return child;
}

function workerArguments({ folder, shares }: SparkClusterOptions, name: string, masterUrl: string): string[] {
  const { executorCores, executorMemoryMiB } = shares;
  return [
    WORKER,
    ...["--cores", String(executorCores)],
    ...["--memory", `${executorMemoryMiB}m`],
    ...["--host", "127.0.0.1"],
    ...["--port", "0"],
    ...["--webui-port", "0"],
    ...["--work-dir", join(folder, name)],
    masterUrl,
  ];
}

/** What matched in a process's log, once it has matched `count` times. */
async function untilLogged(
  { folder, signal }: SparkClusterOptions,
  name: string,
  pattern: RegExp,
  count: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const log = await readFile(join(folder, `${name}.log`), "utf8");
    const matches = log.match(pattern) ?? [];
    if (matches.length >= count) return matches;
    if (Date.now() > deadline) throw new Error(`Spark's ${name} did not come up: ${log.slice(-500)}`);
    await sleep(100, undefined, { signal });
  }
}
