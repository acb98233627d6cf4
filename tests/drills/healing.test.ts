import { execFileSync } from "node:child_process";
import { kill } from "node:process";
import { gunzipSync } from "node:zlib";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import {
  client,
  cloud,
  cohort,
  executionOf,
  fewRecords,
  nodeGroups,
  owner,
  processesWith,
} from "../end-to-end/support.ts";
import { inject, runOf, troublesOf } from "./drill.ts";

const vcf = gunzipSync(cohort.vcfGz);
/** Of a heap of some GiB: about 1 MiB, where the cohort takes 2.3 MB. */
const tooSmall = 0.0002;

afterEach(() => inject({}));

/** Pids of the executors on this cloud's nodes, which are the workers' children. */
function executors(): number[] {
  const workers = processesWith("org.apache.spark.deploy.worker.Worker", cloud.stateDir);
  const parentOf = (pid: number) =>
    Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
  return processesWith("CoarseGrainedExecutorBackend").filter((pid) => workers.includes(parentOf(pid)));
}

test("executors whose memory does not hold the genotypes are replaced by larger ones, and the result is right", async () => {
  await inject({ smallCache: { memoryFraction: tooSmall, jobs: 1 } });
  const parameters = { trees: 500, mtryFraction: 0.1, batchSize: 100, where: "aws-on-demand", budgetUsd: 50 };
  const id = await runOf("undersized", { "chr22.vcf": vcf }, parameters);
  const ended = await followRun(client, id, [], () => {}, 250);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["undersized", undefined]);
  const [small, large] = ended.attempts ?? [];
  expect(small?.trouble?.cachedFraction).toBeLessThan(1);
  expect(small?.story).toMatch(/starts again with the memory that was found missing: \d+ × /);
  const heapOf = ({
    nodes,
    executorsPerNode,
    executorMemoryMiB,
  }: NonNullable<typeof small>["option"]["configuration"]) => nodes * executorsPerNode * executorMemoryMiB;
  expect(large && small && heapOf(large.option.configuration)).toBeGreaterThan(
    small ? heapOf(small.option.configuration) : Number.POSITIVE_INFINITY,
  );
  expect(ended).toMatchObject({ state: "Succeeded", progress: { filledFraction: 1, treesDone: 500 } });
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  expect((await executionOf(id)).states.filter((state) => state === "Launch")).toHaveLength(2);
  expect(await nodeGroups()).toEqual([]);
});

test("a run that would cost more than was approved asks again, with nothing paid for meanwhile, and goes on when it may", async () => {
  // One gzip file is one partition: nothing of it is cached, so all that is known is that more is needed, and the second time much more.
  await inject({ smallCache: { memoryFraction: tooSmall, jobs: 2 } });
  const id = await runOf("asked-again", { "chr22.vcf.gz": cohort.vcfGz }, { trees: 20, batchSize: 20 });
  await followRun(client, id, ["Ask"], () => {}, 60);
  expect((await client.choose(id, "aws-on-demand")).status).toBe(202);
  const story = async () => (await client.getRun(id)).body.attempts?.at(-1)?.story;
  await expect.poll(story, { timeout: 180_000, interval: 500 }).toMatch(/left of what was approved/);
  await inject({});
  const asked = await followRun(client, id, ["Ask"], () => {}, 30);
  expect(asked.choice).toBeUndefined();
  expect(asked.estimate?.message).toBe(asked.attempts?.at(-1)?.story);
  expect(await nodeGroups()).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 20_000 }).toEqual([]);

  expect((await client.choose(id, "aws-on-demand")).status).toBe(202);
  const ended = await followRun(client, id, [], () => {}, 150);
  expect(ended.failure).toBeUndefined();
  const troubles = troublesOf(ended);
  expect(troubles.slice(0, -1).every((trouble) => trouble === "undersized")).toBe(true);
  expect(troubles.at(-1)).toBeUndefined();
});

test("nodes that AWS has no capacity for are asked for as others", async () => {
  const files = { "chr22.vcf.gz": fewRecords(300) };
  const asking = await runOf("capacity-asked", files, { trees: 10 });
  const { estimate } = await followRun(client, asking, ["Ask"], () => {}, 60);
  const wanted = estimate?.options.find(({ where, prepare }) => where === "aws-spot" && !prepare);
  const noCapacity = wanted?.configuration.instanceTypes ?? [];
  expect(noCapacity.length).toBeGreaterThan(0);
  await client.cancel(asking);

  await inject({ noCapacity });
  const id = await runOf("capacity", files, { trees: 10, where: "aws-spot", budgetUsd: 50 });
  const ended = await followRun(client, id, [], () => {}, 150);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["nodes-unavailable", undefined]);
  expect(ended.attempts?.[0]?.trouble?.failure.message).toContain("InsufficientInstanceCapacity");
  const types = ended.attempts?.[1]?.option.configuration.instanceTypes ?? [];
  expect(types.filter((type) => noCapacity.includes(type))).toEqual([]);
  expect(ended.attempts?.map(({ jobRun }) => jobRun !== undefined)).toEqual([false, true]);
  expect(await nodeGroups()).toEqual([]);
});

test("an executor that is killed while trees grow costs no attempt: Spark computes again what it held", async () => {
  const parameters = { trees: 1000, batchSize: 50, where: "aws-on-demand", budgetUsd: 50 };
  const id = await runOf("executor-killed", { "chr22.vcf": vcf }, parameters);
  await expect
    .poll(async () => (await client.getRun(id)).body.progress?.treesDone ?? 0, { timeout: 120_000, interval: 300 })
    .toBeGreaterThan(0);
  const [executor] = executors();
  expect(executor).toBeDefined();
  if (executor !== undefined) kill(executor, "SIGKILL");
  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual([undefined]);
  expect(ended.progress).toMatchObject({ treesDone: 1000, executorsLost: 1, executorsOutOfMemory: 1 });
});

test("what VariantSpark itself fails at is not tried again", async () => {
  const id = await runOf("input-gone", { "chr22.vcf.gz": fewRecords(300) }, { trees: 10 });
  const { study } = await followRun(client, id, ["Ask"], () => {}, 60);
  const s3 = new S3Client({ ...owner, forcePathStyle: true });
  await s3.send(new DeleteObjectCommand({ Bucket: study?.bucket, Key: `${study?.prefix}chr22.vcf.gz` }));
  expect((await client.choose(id, "aws-spot")).status).toBe(202);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended).toMatchObject({ state: "Failed", failure: { code: "input-not-found" } });
  expect(troublesOf(ended)).toEqual(["engine-error"]);
  expect(ended.attempts?.[0]?.story).toMatch(/The run ends here/);
  expect(await nodeGroups()).toEqual([]);
});
