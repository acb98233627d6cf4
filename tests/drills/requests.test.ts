/** Requests to AWS that are refused, or whose answers get lost. */
import { afterEach, expect, test } from "vitest";
import type { ThrottledOperation } from "../../local/emrContainers/faults.ts";
import { followRun } from "../../local/followRun.ts";
import { client, executionOf, fewRecords } from "../end-to-end/support.ts";
import { expectNothingLeft, faultsLeft, inject, jobRunsOn, runOf, troublesOf } from "./drill.ts";

const vcf = { "chr22.vcf.gz": fewRecords(300) };
const parameters = { trees: 10, where: "aws-on-demand", budgetUsd: 50 };
/** The SDK's own requests for one call. */
const sdkAttempts = 3;

afterEach(() => inject({}));

test("a job whose answer got lost is asked for again and is one job", async () => {
  await inject({ lostAnswers: 1 });
  const id = await runOf("answer-lost", vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(await faultsLeft()).toEqual({ lostAnswers: 0 });
  expect(troublesOf(ended)).toEqual([undefined]);
  const jobs = await jobRunsOn(id);
  expect(jobs.map((job) => job.id)).toEqual([ended.jobRun?.id]);
  expect(jobs[0]?.state).toBe("COMPLETED");
});

test.each<[ThrottledOperation, string[]]>([
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

test("looks at the job that are refused cost the run nothing", async () => {
  await inject({ throttled: { DescribeJobRun: 2 * sdkAttempts } });
  const id = await runOf("throttled-DescribeJobRun", vcf, parameters);
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended.failure).toBeUndefined();
  expect(await faultsLeft()).toEqual({ throttled: { DescribeJobRun: 0 } });
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
