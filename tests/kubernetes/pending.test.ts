/** Pods that no node takes. */
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { runKeys } from "../../aws/runsStore.ts";
import type { Run } from "../../core/run/run.ts";
import { followRun } from "../../local/followRun.ts";
import { cancelAndLookWhatIsLeft, runOf, troublesOf } from "../drills/drill.ts";
import { client, cloud, cohort, fewRecords, owner } from "../end-to-end/support.ts";
import { admin, changeNode, expectNothingOnCluster, nodesLent, untilPods } from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };
const onSpot = { where: "aws-spot", budgetUsd: 50, mtryFraction: 0.1 };
const cordoned: string[] = [];

async function cordon(role: "system" | "runs"): Promise<void> {
  const { items } = await admin.listNode({ labelSelector: `variantspark-pipeline/role=${role}` });
  for (const { metadata } of items) {
    cordoned.push(metadata?.name ?? "");
    await changeNode(metadata?.name ?? "", { spec: { unschedulable: true } });
  }
}

async function uncordon(): Promise<void> {
  for (const name of cordoned.splice(0)) await changeNode(name, { spec: { unschedulable: null } });
}

afterEach(uncordon);

test("a driver that no node takes within its limit: the run asks for nodes of another kind", async () => {
  await cordon("system");
  const id = await runOf("driver-pending", { "chr22.vcf.gz": fewRecords(200) }, { ...onSpot, trees: 20 });
  await untilPods(id, "driver", "Pending");
  const attempts = async () => (await client.getRun(id)).body.attempts ?? [];
  await expect.poll(async () => (await attempts()).length, { timeout: 90_000, interval: 500 }).toBe(2);
  await uncordon();
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["nodes-unavailable", undefined]);
  const [first, second] = (await attempts()).map(({ option }) => option.configuration.instanceTypes);
  expect(second).not.toEqual(first);
  await expectNothingOnCluster();
});

test("executors that no node takes within their 12 minutes: the run asks for nodes of another kind", async () => {
  await cordon("runs");
  const id = await runOf("executors-pending", { "chr22.vcf.gz": fewRecords(200) }, { ...onSpot, trees: 20 });
  await untilPods(id, "executor", "Pending");
  await untilPods(id, "driver", "Running");
  const attempts = async () => {
    await letSparkHaveBeenUp(id, 12);
    return (await client.getRun(id)).body.attempts ?? [];
  };
  await expect.poll(attempts, { timeout: 90_000, interval: 500 }).toHaveLength(2);
  await uncordon();
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["nodes-unavailable", undefined]);
  const [first, second] = ended.attempts ?? [];
  expect(first?.trouble?.failure.code).toBe("executors-pending");
  expect(second?.option.configuration.instanceTypes).not.toEqual(first?.option.configuration.instanceTypes);
  await expectNothingOnCluster();
});

test("a group of more nodes than there are: as many pods run as there are nodes, the others stay Pending", async () => {
  // Only a deadline near to the least time makes several nodes worth while for so little data.
  const id = await runOf("too-few-nodes", vcf, { ...onSpot, trees: 2000, batchSize: 100, deadlineHours: 0.08 });
  const [running] = await untilPods(id, "executor", "Running");
  const [pending] = await untilPods(id, "executor", "Pending");
  expect(pending?.spec?.nodeSelector).toEqual(running?.spec?.nodeSelector);
  expect(await nodesLent()).toHaveLength(1);
  const unscheduled = pending?.status?.conditions?.find(({ type }) => type === "PodScheduled");
  expect(unscheduled?.message).toMatch(/Insufficient (cpu|memory)/);
  await cancelAndLookWhatIsLeft(id);
  await expectNothingOnCluster();
});

/** What has been waited since Spark's driver was up is made longer, in the record as it is at that moment. */
async function letSparkHaveBeenUp(id: string, minutes: number): Promise<void> {
  const s3 = new S3Client({ ...owner, forcePathStyle: true });
  const object = { Bucket: cloud.outputs.RunsBucketName, Key: runKeys.run(id) };
  const { Body, ETag } = await s3.send(new GetObjectCommand(object));
  const run: Run = JSON.parse((await Body?.transformToString()) ?? "");
  if (run.progress?.sparkSeenAt === undefined) return;
  const sparkSeenAt = new Date(Date.now() - minutes * 60_000).toISOString();
  const changed = JSON.stringify({ ...run, progress: { ...run.progress, sparkSeenAt } });
  const written = s3.send(new PutObjectCommand({ ...object, Body: changed, IfMatch: ETag }));
  await written.catch((error: Error) => {
    if (error.name !== "PreconditionFailed") throw error;
  });
}
