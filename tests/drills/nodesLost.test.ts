/** Nodes that AWS takes back while the trees grow, as it does with spot, and nodes that crawl. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import type { RunView } from "../../core/run/runView.ts";
import { followRun } from "../../local/followRun.ts";
import { client, cloud, cohort, fewRecords } from "../end-to-end/support.ts";
import {
  executorsOn,
  expectNothingLeft,
  inject,
  runOf,
  takeBack,
  troublesOf,
  untilTreesGrow,
  workersOf,
} from "./drill.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };
const onSpot = { where: "aws-spot", budgetUsd: 50, mtryFraction: 0.1 };

afterEach(() => inject({}));

async function jobOf(id: string): Promise<string> {
  const { jobRun } = (await client.getRun(id)).body;
  if (jobRun === undefined) throw new Error(`the run ${id} has no job`);
  return jobRun.id;
}

async function anotherNodeThan(job: string, nodes: readonly number[]): Promise<void> {
  const anew = () => workersOf(job).filter((worker) => !nodes.includes(worker));
  await expect.poll(() => anew().flatMap(executorsOn), { timeout: 60_000 }).not.toEqual([]);
}

function expectRecomputed(ended: RunView, trees: number): void {
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual([undefined]);
  expect(ended.progress).toMatchObject({ treesDone: trees, executorsLost: 1 });
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
}

test("one node of several is taken back: another comes, and Spark computes again what was lost", async () => {
  // Only a deadline near to the least time makes several nodes worth while for so little data.
  const id = await runOf("node-lost", vcf, { ...onSpot, trees: 2000, batchSize: 100, deadlineHours: 0.08 });
  await untilTreesGrow(id);
  const job = await jobOf(id);
  const nodes = workersOf(job);
  expect(nodes.length).toBeGreaterThan(1);
  takeBack(nodes[0] ?? 0);
  await anotherNodeThan(job, nodes);
  expectRecomputed(await followRun(client, id, [], () => {}, 240), 2000);
  await expectNothingLeft(id);
});

test("the only node is taken back: the run waits for another, and goes on", async () => {
  const id = await runOf("only-node-lost", vcf, { ...onSpot, trees: 1000, batchSize: 50 });
  await untilTreesGrow(id);
  const job = await jobOf(id);
  const nodes = workersOf(job);
  expect(nodes).toHaveLength(1);
  takeBack(nodes[0] ?? 0);
  await anotherNodeThan(job, nodes);
  expectRecomputed(await followRun(client, id, [], () => {}, 240), 1000);
  await expectNothingLeft(id);
});

test("nodes that are taken back again and again: the run starts again on spot, then on nodes that are not taken back", async () => {
  const id = await runOf("nodes-lost", vcf, { ...onSpot, trees: 500, batchSize: 100 });
  for (const attempt of [1, 2]) await takeBackUntilAttempt(id, attempt + 1);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["nodes-lost", "nodes-lost", undefined]);
  expect(ended.attempts?.map(({ option }) => option.where)).toEqual(["aws-spot", "aws-spot", "aws-on-demand"]);
  expect(new Set(ended.attempts?.map(({ jobRun }) => jobRun)).size).toBe(3);
  const [first, second, third] = ended.attempts?.map(({ nodeGroup }) => nodeGroup) ?? [];
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  await expectNothingLeft(id);
}, 600_000);

/** Takes back each node as soon as the executor on it has work; losses before that are none to Spark. */
async function takeBackUntilAttempt(id: string, attempt: number): Promise<void> {
  const taken = new Map<string, number>();
  const attempts = async () => {
    const { attempts: all = [], jobRun } = (await client.getRun(id)).body;
    if (jobRun === undefined || all.length >= attempt) return all.length;
    const atWork = await executorsGivenWork(jobRun.id);
    if (atWork <= (taken.get(jobRun.id) ?? 0)) return all.length;
    for (const node of workersOf(jobRun.id).filter((worker) => executorsOn(worker).length > 0)) takeBack(node);
    taken.set(jobRun.id, atWork);
    return all.length;
  };
  await expect.poll(attempts, { timeout: 220_000, interval: 500 }).toBe(attempt);
}

/** Executors that have held what Spark hands out with its tasks, since the driver began, which holds it too. */
async function executorsGivenWork(job: string): Promise<number> {
  const log = await readFile(join(cloud.stateDir, "job-runs", job, "stderr"), "utf8").catch(() => "");
  const holders = [...log.matchAll(/ Added broadcast_\S+ in memory on (\S+)/g)];
  return Math.max(0, new Set(holders.map(([, address]) => address)).size - 1);
}

test("nodes that crawl are waited for: no attempt is lost on them", async () => {
  await inject({ slowNodes: { share: 0.3, jobs: 1 } });
  const id = await runOf("slow-nodes", { "chr22.vcf.gz": fewRecords(300) }, { ...onSpot, trees: 50, batchSize: 10 });
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual([undefined]);
  expect(ended.progress).toMatchObject({ treesDone: 50 });
  await expectNothingLeft(id);
});
