/** Pods that no node takes. */
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { healingRules } from "../../core/run/healing.ts";
import type { Run } from "../../core/run/run.ts";
import { troubleWhileRunning } from "../../core/run/trouble.ts";
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

test("executors that no node takes: the record has what makes the run ask for other nodes after its 12 minutes", async () => {
  await cordon("runs");
  const id = await runOf("executors-pending", { "chr22.vcf.gz": fewRecords(200) }, { ...onSpot, trees: 20 });
  await untilPods(id, "executor", "Pending");
  await untilPods(id, "driver", "Running");
  const seen = async () => (await record(id)).progress?.sparkSeenAt;
  await expect.poll(seen, { timeout: 60_000, interval: 1_000 }).toBeDefined();
  const run = await record(id);
  const minutes = (count: number) => new Date(Date.parse(run.progress?.sparkSeenAt ?? "") + count * 60_000);
  expect(troubleWhileRunning(run, minutes(11))).toBeUndefined();
  const trouble = troubleWhileRunning(run, minutes(13));
  expect(trouble).toMatchObject({ kind: "nodes-unavailable", failure: { code: "executors-pending" } });
  expect(healingRules["nodes-unavailable"].cures[0]).toBe("other-nodes");
  await cancelAndLookWhatIsLeft(id);
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

async function record(id: string): Promise<Run> {
  const s3 = new S3Client({ ...owner, forcePathStyle: true });
  const object = { Bucket: cloud.outputs.RunsBucketName, Key: `runs/${id}/run.json` };
  return JSON.parse((await (await s3.send(new GetObjectCommand(object))).Body?.transformToString()) ?? "");
}
