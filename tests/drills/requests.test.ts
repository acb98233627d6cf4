/** Requests to AWS that are refused, or whose answers get lost. */
import { afterEach, expect, test } from "vitest";
import type { Faults, FaultyOperation } from "../../local/emrContainers/faults.ts";
import { followRun } from "../../local/followRun.ts";
import { client, executionOf, fewRecords, jobRunsOn } from "../end-to-end/support.ts";
import { expectNothingLeft, faultsLeft, inject, runOf, troublesOf } from "./drill.ts";

const vcf = { "chr22.vcf.gz": fewRecords(300) };
const parameters = { trees: 10, where: "aws-on-demand", budgetUsd: 50 };
/** The SDK's own requests for one call. */
const sdkAttempts = 3;
/** A step that breaks is started again twice (statemachines/pipeline.asl.json). */
const stepAttempts = 3;

afterEach(() => inject({}));

test("nodes and a job whose answers got lost are asked for again, and are one node group and one job", async () => {
  await inject({ lostAnswers: { StartJobRun: 1, CreateNodegroup: 1 } });
  const id = await runOf("answer-lost", vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(await faultsLeft()).toEqual({ lostAnswers: { StartJobRun: 0, CreateNodegroup: 0 } });
  expect(troublesOf(ended)).toEqual([undefined]);
  const jobs = await jobRunsOn(id);
  expect(jobs.map((job) => job.id)).toEqual([ended.jobRun?.id]);
  expect(jobs[0]?.state).toBe("COMPLETED");
});

test("a job whose answers all get lost is ended with its run, though no record names it", async () => {
  await inject({ lostAnswers: { StartJobRun: sdkAttempts * stepAttempts } });
  const id = await runOf("answers-lost", vcf, { ...parameters, trees: 10_000, batchSize: 10 });
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(await faultsLeft()).toEqual({ lostAnswers: { StartJobRun: 0 } });
  expect(ended).toMatchObject({ state: "Failed" });
  expect(ended.jobRun).toBeUndefined();
  await expectNothingLeft(id);
  expect((await jobRunsOn(id)).map(({ state }) => state)).toEqual(["CANCELLED"]);
});

test.each<[FaultyOperation, string[]]>([
  ["CreateNodegroup", ["Provision", "Heal", "Pausing", "Provision"]],
  ["DescribeNodegroup", ["Provision", "Heal", "Pausing", "Provision"]],
  ["StartJobRun", ["Launch", "Heal", "Pausing", "Provision"]],
])("%s that stays refused beyond the SDK's own retries costs a pause, then the run goes on", async (operation, way) => {
  await inject({ throttled: { [operation]: sdkAttempts } });
  const id = await runOf(`throttled-${operation}`, vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(await faultsLeft()).toEqual({ throttled: { [operation]: 0 } });
  expect(troublesOf(ended)).toEqual(["throttled", undefined]);
  expect(ended.attempts?.[0]?.story).toMatch(/tries again after a pause/);
  const tasks = (await executionOf(id)).states.filter((state) => /^(Provision|Launch|Heal|Pausing)$/.test(state));
  expect(tasks.join(" ")).toContain(way.join(" "));
  expect(await jobRunsOn(id)).toHaveLength(1);
  await expectNothingLeft(id);
});

test.each<[string, (looks: number) => Faults]>([
  ["refused", (looks) => ({ throttled: { DescribeJobRun: looks } })],
  ["not answered", (looks) => ({ lostAnswers: { DescribeJobRun: looks } })],
])("looks at the job that are %s cost the run nothing", async (name, faults) => {
  await inject(faults(2 * sdkAttempts));
  const id = await runOf(`looks-${name.replace(" ", "-")}`, vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(await faultsLeft()).toEqual(faults(0));
  expect(troublesOf(ended)).toEqual([undefined]);
  expect((await executionOf(id)).states).not.toContain("Heal");
});

test("nodes whose deletion is refused are given back all the same", async () => {
  await inject({ throttled: { DeleteNodegroup: sdkAttempts } });
  const id = await runOf("throttled-DeleteNodegroup", vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended).toMatchObject({ state: "Succeeded" });
  expect(await faultsLeft()).toEqual({ throttled: { DeleteNodegroup: 0 } });
  await expectNothingLeft(id);
});

test("a run that stays throttled ends after the pauses of the table, with the reason, and holds nothing", async () => {
  await inject({ throttled: { CreateNodegroup: 1000 } });
  const id = await runOf("throttled-for-good", vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 280);
  expect(ended).toMatchObject({ state: "Failed", failure: { code: "throttled" } });
  expect(troublesOf(ended)).toEqual(Array.from({ length: 6 }, () => "throttled"));
  await expectNothingLeft(id);
});
