import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import { runLocally } from "../../local/runLocally.ts";
import {
  analysis,
  client,
  cloud,
  cohort,
  executionOf,
  fewRecords,
  newStudy,
  nodeGroups,
  uploadStudy,
} from "./support.ts";

test("a run chosen to be local computes here and ends with the same report, and no node was ever there", async () => {
  const study = newStudy("local");
  await uploadStudy(study, {
    "a.vcf.gz": fewRecords(300),
    "labels.csv": cohort.labels,
    "analysis.json": analysis({ trees: 20, batchSize: 10 }),
  });
  const id = await runOfStudy(client, study, 30);
  await followRun(client, id, ["Ask"], () => {}, 60);
  expect((await client.choose(id, "local")).status).toBe(202);
  const waiting = await followRun(client, id, ["AwaitLocal"], () => {}, 60);
  expect((await client.reportLocalResult(id, { total: 1 })).status).toBe(409);

  const folder = await mkdtemp(join(tmpdir(), "local-run-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const trees: number[] = [];
  await runLocally(client, cloud.engine, waiting, folder, ({ treesDone }) => trees.push(treesDone));
  const ended = await followRun(client, id, [], () => {}, 60);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", result: { where: "local", costUsd: { actual: 0 } } });
  expect(ended.result?.seconds.trees.actual).toBeGreaterThan(0);
  expect(ended.result?.top.length).toBeGreaterThan(0);
  expect(trees.at(-1)).toBe(20);
  expect((await executionOf(id)).states).not.toContain("Provision");
  expect(await nodeGroups()).not.toContainEqual(expect.stringContaining(id));
});
