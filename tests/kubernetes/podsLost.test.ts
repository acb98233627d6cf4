/** Pods that go while the trees grow: an executor, its node, the driver. */
import { gunzipSync } from "node:zlib";
import type { V1Pod } from "@kubernetes/client-node";
import { afterEach, expect, test } from "vitest";
import type { RunView } from "../../core/run/runView.ts";
import { followRun } from "../../local/followRun.ts";
import { runOf, troublesOf } from "../drills/drill.ts";
import { client, cohort } from "../end-to-end/support.ts";
import {
  admin,
  changeNode,
  deletePod,
  expectNothingOnCluster,
  namespace,
  podsOf,
  untilPods,
  untilTreesGrow,
} from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };
const onSpot = { where: "aws-spot", budgetUsd: 50, mtryFraction: 0.1 };

let cordoned: string | undefined;
afterEach(async () => {
  if (cordoned) await changeNode(cordoned, { spec: { unschedulable: null } });
  cordoned = undefined;
});

async function theExecutor(id: string): Promise<V1Pod> {
  const [executor] = await untilPods(id, "executor");
  if (executor === undefined) throw new Error("no executor");
  return executor;
}

function expectFound(ended: RunView, trees: number): void {
  expect(ended.failure).toBeUndefined();
  expect(ended.progress).toMatchObject({ phase: "finished", treesDone: trees });
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
}

test("an executor pod that is deleted is replaced, and the run goes on", async () => {
  const id = await runOf("executor-deleted", vcf, { ...onSpot, trees: 600, batchSize: 50 });
  await untilTreesGrow(id);
  const before = await theExecutor(id);
  await deletePod(before);
  const names = async () => (await podsOf(id, "executor")).map(({ metadata }) => metadata?.name);
  await expect.poll(names, { timeout: 60_000 }).not.toContain(before.metadata?.name);
  const ended = await followRun(client, id, [], () => {}, 300);
  expectFound(ended, 600);
  expect(troublesOf(ended)).toEqual([undefined]);
  expect(ended.progress?.executorsLost).toBe(1);
  await expectNothingOnCluster();
});

test("a node that is drained, as after a spot notice: its pods wait for another, and the run goes on", async () => {
  const id = await runOf("node-drained", vcf, { ...onSpot, trees: 600, batchSize: 50 });
  await untilTreesGrow(id);
  const executor = await theExecutor(id);
  cordoned = executor.spec?.nodeName ?? "";
  await changeNode(cordoned, { spec: { unschedulable: true } });
  const name = executor.metadata?.name ?? "";
  await admin.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });
  await untilPods(id, "executor", "Pending");
  await changeNode(cordoned, { spec: { unschedulable: null } }); // the node that comes in its place
  const ended = await followRun(client, id, [], () => {}, 300);
  expectFound(ended, 600);
  expect(troublesOf(ended)).toEqual([undefined]);
  expect(ended.progress?.executorsLost).toBe(1);
  await expectNothingOnCluster();
});

test("a driver pod that is deleted: the run is launched again, once", async () => {
  const id = await runOf("driver-deleted", vcf, { ...onSpot, trees: 300, batchSize: 50 });
  await untilTreesGrow(id);
  const [driver] = await untilPods(id, "driver");
  if (driver === undefined) throw new Error("no driver");
  await deletePod(driver, 1);
  const ended = await followRun(client, id, [], () => {}, 300);
  expectFound(ended, 300);
  expect(troublesOf(ended)).toEqual(["driver-killed", undefined]);
  expect(new Set(ended.attempts?.map(({ jobRun }) => jobRun)).size).toBe(2);
  expect(new Set(ended.attempts?.map(({ nodeGroup }) => nodeGroup)).size).toBe(1);
  await expectNothingOnCluster();
});
