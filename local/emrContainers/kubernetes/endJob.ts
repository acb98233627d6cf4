/** Ends all that a job run has on the cluster. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ifThere } from "./cluster.ts";
import { driverPodName, jobIdLabel } from "./podArguments.ts";

const LOOK_AGAIN_MS = 500;
/** A request of spark-submit that was under way when it was ended may still make the driver. */
const QUIET_LOOKS = 3;
const LONGEST_END_MS = 60_000;
/** Nobody needs what they still know; 0 would have the API server forget pods that still run. */
const GRACE_SECONDS = 1;

/**
 * Deletes the driver pod, which owns the executors, the service and the config maps: Kubernetes takes them along. Executors are not left
 * to that alone, since their pods may take the two minutes that are theirs on a node that goes. Resolves when no pod is left.
 * @throws Error when some are still there after a minute
 */
export async function endJob({ core }: Cluster, namespace: string, jobRunId: string): Promise<void> {
  const deadline = Date.now() + LONGEST_END_MS;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `${jobIdLabel}=${jobRunId}` });
    quiet = items.length === 0 ? quiet + 1 : 0;
    // The driver first: it would replace its executors.
    const driver = driverPodName(jobRunId);
    const names = items.map(({ metadata }) => metadata?.name ?? "").sort((a) => (a === driver ? -1 : 1));
    for (const name of names)
      await ifThere(core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: GRACE_SECONDS }));
    if (Date.now() > deadline) throw new Error(`Pods of the job run ${jobRunId} do not end: ${names.join(", ")}.`);
    await sleep(LOOK_AGAIN_MS);
  }
}
