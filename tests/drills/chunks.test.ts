import { kill } from "node:process";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { RunView } from "../../core/run/runView.ts";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import {
  analysis,
  client,
  cohort,
  executionOf,
  newStudy,
  nodeGroups,
  processesWith,
  uploadStudy,
} from "../end-to-end/support.ts";

/** A forest of five chunks, and a look at it whenever it has changed. */
async function inFiveChunks(name: string): Promise<string> {
  const study = newStudy(name);
  const parameters = { trees: 500, mtryFraction: 0.1, chunks: 5, batchSize: 50, where: "aws-on-demand", budgetUsd: 50 };
  await uploadStudy(study, {
    "chr22.vcf": gunzipSync(cohort.vcfGz),
    "labels.csv": cohort.labels,
    "analysis.json": analysis(parameters),
  });
  return runOfStudy(client, study, 30);
}

async function untilGrowing(id: string, chunk: number): Promise<RunView> {
  let seen: RunView | undefined;
  await expect
    .poll(
      async () => {
        seen = (await client.getRun(id)).body;
        const { attempts = [], progress } = seen;
        return attempts.at(-1)?.chunk === chunk && (progress?.treesDone ?? 0) > (chunk - 1) * 100;
      },
      { timeout: 200_000, interval: 300 },
    )
    .toBe(true);
  return seen as RunView;
}

test("ending the cluster in the third chunk of five loses that chunk's trees and no others", async () => {
  const id = await inFiveChunks("cluster-ended");
  const before = await untilGrowing(id, 3);
  // Driver, master and workers with their executors: all of the job's Spark.
  for (const pid of processesWith("org.apache.spark", before.jobRun?.id ?? "none")) kill(pid, "SIGKILL");
  const ended = await followRun(client, id, [], () => {}, 400);
  expect(ended.failure).toBeUndefined();
  expect(ended.attempts?.map(({ chunk }) => chunk)).toEqual([1, 2, 3, 3, 4, 5]);
  expect(ended.attempts?.map(({ trouble }) => trouble?.kind)).toEqual([
    undefined,
    undefined,
    expect.stringMatching(/driver-killed|nodes-lost/),
    undefined,
    undefined,
    undefined,
  ]);
  expect(ended.chunks?.grown.map(({ attempt }) => attempt)).toEqual([1, 2, 4, 5, 6]);
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  expect(ended.result?.chunks?.grown.reduce((sum, { trees }) => sum + trees, 0)).toBe(500);
  expect(await nodeGroups()).toEqual([]);
});

test("a forest that its researcher leaves at two chunks ends with their result, and holds nothing more", async () => {
  const id = await inFiveChunks("finished-early");
  expect(await client.finish(id)).toMatchObject({
    status: 409,
    body: { type: expect.stringContaining("nothing-grown") },
  });
  await untilGrowing(id, 3);
  expect(await client.finish(id)).toEqual({ status: 202, body: { id, trees: 200 } });
  expect((await client.finish(id)).status).toBe(202);
  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended).toMatchObject({ state: "Succeeded", chunks: { leftBecause: expect.stringContaining("left it") } });
  expect(ended.result?.chunks?.grown.map(({ trees }) => trees)).toEqual([100, 100]);
  expect(ended.result?.notes.join(" ")).toContain("200 trees of 500");
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  expect((await executionOf(id)).status).toBe("SUCCEEDED");
  expect(await nodeGroups()).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 20_000 }).toEqual([]);
  expect((await client.finish(id)).status).toBe(409);
});
