/**
 * A standalone Spark master and one worker process per node, on loopback, for one job run. Executors are children of
 * their worker and in its process group. (local-cluster[…] would do with less, but ends non-zero and writes into Spark's own folder.)
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcessGroup } from "../endProcessGroup.ts";
import type { Shares } from "./machineShares.ts";

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
  readonly signal: AbortSignal;
}

const START_LIMIT_MS = 60_000;
/** Workers and their executors keep nothing that the driver does not have: they need no time to end. */
const STOP_GRACE_MS = 0;
const MASTER = "org.apache.spark.deploy.master.Master";
const WORKER = "org.apache.spark.deploy.worker.Worker";

/** Started, all workers registered (about 4 s). Rejects, with nothing left running, if that takes a minute or on abort. */
export async function startSparkCluster(options: SparkClusterOptions): Promise<SparkCluster> {
  const processes: ChildProcess[] = [];
  const start = (name: string, args: readonly string[]) => {
    const log = openSync(join(options.folder, `${name}.log`), "a");
    const child = spawn(join(options.sparkHome, "bin", "spark-class"), args, {
      cwd: options.folder,
      env: options.env,
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    child.on("error", () => undefined); // it shows as a cluster that does not come up
    processes.push(child);
  };
  const stop = async () => {
    await Promise.all(processes.map((child) => endProcessGroup(child, STOP_GRACE_MS)));
  };
  try {
    start("master", [MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]);
    const [masterUrl = ""] = await untilLogged(options, "master", /spark:\/\/127\.0\.0\.1:\d+/g, 1);
    const { workers, executorCores, executorMemoryMiB } = options.shares;
    for (let number = 1; number <= workers; number += 1) {
      const size = ["--cores", String(executorCores), "--memory", `${executorMemoryMiB}m`];
      const place = [
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--webui-port",
        "0",
        "--work-dir",
        join(options.folder, `worker-${number}`),
      ];
      start(`worker-${number}`, [WORKER, ...size, ...place, masterUrl]);
    }
    await untilLogged(options, "master", /Registering worker/g, workers);
    return { masterUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
