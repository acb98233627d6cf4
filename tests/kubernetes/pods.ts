/** What the tests on pods look at with an administrator's rights: pods, nodes, and what is left of a job. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CoreV1Api, PatchStrategy, setHeaderOptions, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { expect, inject } from "vitest";
import { openCluster } from "../../local/emrContainers/kubernetes/cluster.ts";
import { client } from "../end-to-end/support.ts";

export const namespace = "variantspark";
export const files = inject("kubernetes");
export const admin: CoreV1Api = (await openCluster(files.administrator)).core;

/** Of the service account that the local cloud acts as, unless another is named. */
export async function token(name = "variantspark-submitter"): Promise<string> {
  const body = { spec: { audiences: [], expirationSeconds: 600 } };
  return (await admin.createNamespacedServiceAccountToken({ namespace, name, body })).status?.token ?? "";
}

/** Of the run's present job. */
export async function podsOf(runId: string, role: "driver" | "executor"): Promise<V1Pod[]> {
  const { jobRun } = (await client.getRun(runId)).body;
  if (jobRun === undefined) return [];
  const labelSelector = `emr-containers.amazonaws.com/job.id=${jobRun.id},spark-role=${role}`;
  return (await admin.listNamespacedPod({ namespace, labelSelector })).items;
}

export async function untilPods(
  runId: string,
  role: "driver" | "executor",
  phase = "Running",
  seconds = 90,
): Promise<V1Pod[]> {
  for (const deadline = Date.now() + seconds * 1000; ; await sleep(500)) {
    const found = (await podsOf(runId, role)).filter(({ status }) => status?.phase === phase);
    if (found.length > 0) return found;
    const { state, failure, attempts } = (await client.getRun(runId)).body;
    if (failure !== undefined || Date.now() > deadline)
      throw new Error(`no ${role} is ${phase}; the run: ${JSON.stringify({ state, failure, attempts }, undefined, 1)}`);
  }
}

export async function untilTreesGrow(runId: string): Promise<void> {
  await expect
    .poll(async () => (await client.getRun(runId)).body.progress?.treesDone ?? 0, { timeout: 180_000, interval: 300 })
    .toBeGreaterThan(0);
}

/** As a node that dies, or whoever deletes it by hand. */
export async function deletePod({ metadata }: V1Pod, gracePeriodSeconds = 0): Promise<void> {
  await admin.deleteNamespacedPod({ namespace, name: metadata?.name ?? "", gracePeriodSeconds });
}

export async function node(name: string): Promise<V1Node> {
  return admin.readNode({ name });
}

export async function nodesLent(): Promise<V1Node[]> {
  return (await admin.listNode({ labelSelector: "variantspark-pipeline/run" })).items;
}

export async function changeNode(name: string, body: object): Promise<void> {
  await admin.patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
}

/** Neither a pod nor what belonged to one, and no node that a group still holds. */
export async function expectNothingOnCluster(): Promise<void> {
  const left = async () => [
    ...(await admin.listNamespacedPod({ namespace })).items.map(({ metadata }) => `pod ${metadata?.name}`),
    ...(await admin.listNamespacedService({ namespace })).items.map(({ metadata }) => `service ${metadata?.name}`),
    ...(await admin.listNamespacedSecret({ namespace })).items.map(({ metadata }) => `secret ${metadata?.name}`),
    ...(await admin.listNamespacedConfigMap({ namespace })).items
      .map(({ metadata }) => `config map ${metadata?.name}`)
      .filter((name) => name !== "config map kube-root-ca.crt"),
    ...(await admin.listNode()).items
      .filter(({ metadata }) => metadata?.annotations?.["variantspark-pipeline/lent"] !== undefined)
      .map(({ metadata }) => `lent ${metadata?.name}`),
  ];
  await expect.poll(left, { timeout: 60_000, interval: 1_000 }).toEqual([]);
}
