/** Ships the logs of a job's executors, those that come later too. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { shipLogs } from "../driverLogs.ts";
import type { JobRun } from "../records.ts";
import { type Cluster, ifThere } from "./cluster.ts";
import { containerStatus } from "./driverEnd.ts";
import { jobIdLabel } from "./podArguments.ts";
import { followLogs } from "./podLogs.ts";

interface FollowedJob {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly run: JobRun;
  readonly logs: CloudWatchLogsClient;
  readonly signal: AbortSignal;
}

const executorContainer = "spark-kubernetes-executor";
const LOOK_MS = 2_000;

/** Resolves when the driver is gone or has ended and no executor says any more, or on abort. What cannot be read is left out. */
export async function followExecutors(job: FollowedJob): Promise<void> {
  const { cluster, namespace, run, signal } = job;
  const followed = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const labelSelector = `${jobIdLabel}=${run.id}`;
    const items = await cluster.core.listNamespacedPod({ namespace, labelSelector }).then(
      (list) => list.items,
      () => undefined,
    );
    if (items === undefined || items.length === 0) break;
    const drivers = items.filter(({ metadata }) => metadata?.labels?.["spark-role"] === "driver");
    for (const { metadata } of items) {
      const name = metadata?.name ?? "";
      if (metadata?.labels?.["spark-role"] === "executor" && !followed.has(name)) followed.set(name, follow(job, name));
    }
    const over = drivers.every(({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed");
    if (over) break;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(followed.values());
}

async function follow({ cluster, namespace, run, logs, signal }: FollowedJob, pod: string): Promise<void> {
  const shipped = shipLogs(run, pod, logs);
  const isOver = async () => {
    const found = await ifThere(cluster.core.readNamespacedPod({ namespace, name: pod }));
    if (found === undefined) return "gone";
    return containerStatus(found, executorContainer)?.state?.terminated ? "ended" : "running";
  };
  await followLogs({ cluster, namespace, pod, container: executorContainer, onLine: shipped.add, signal }, isOver)
    .catch(() => undefined)
    .finally(() => shipped.close());
}
