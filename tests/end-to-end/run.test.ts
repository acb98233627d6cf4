import { expect, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import {
  analysis,
  client,
  cohort,
  executionOf,
  fewRecords,
  newStudy,
  nodeGroups,
  processesWith,
  uploadStudy,
} from "./support.ts";

const happyPath = ["Settle", "Inspect", "Estimate", "Ask", "Provision", "Launch", "Observe", "Report", "Release"];

test("an uploaded cohort is inspected, estimated, asked about, run on AWS and reported, and leaves nothing behind", async () => {
  const study = newStudy("chr22");
  const parameters = analysis({ trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 });
  await uploadStudy(study, {
    "chr22_1000.vcf.gz": cohort.vcfGz,
    "labels.csv": cohort.labels,
    "analysis.json": parameters,
  });
  const id = await runOfStudy(client, study, 30);

  const asked = await followRun(client, id, ["Ask"], () => {}, 60);
  expect(asked).toMatchObject({
    state: "Ask",
    inspection: { samples: 1092, variants: { estimate: 1988, exact: true }, labels: { column: "22_16050408" } },
  });
  expect(asked.findings?.map(({ severity }) => severity)).not.toContain("error");
  expect(asked.estimate?.options.map(({ where, prepare }) => `${where}${prepare ? ", prepared" : ""}`)).toEqual([
    "aws-spot",
    "aws-spot, prepared",
    "aws-on-demand",
    "aws-on-demand, prepared",
    "local",
    "local, prepared",
  ]);
  expect(await nodeGroups()).toEqual([]);

  expect((await client.choose(id, "aws-spot")).status).toBe(202);
  const treesSeen: number[] = [];
  const ended = await followRun(client, id, [], (run) => treesSeen.push(run.progress?.treesDone ?? 0), 280);
  expect(ended.failure).toBeUndefined();
  expect(ended.state).toBe("Succeeded");
  expect(ended.result?.top[0]).toMatchObject({ rank: 1, variant: "22_16050408_T_C", contig: "22", pos: 16050408 });
  expect(ended.progress).toMatchObject({ phase: "finished", treesDone: 500, cachedFraction: 1, variants: 1988 });
  expect(treesSeen.some((trees) => trees > 0 && trees < 500)).toBe(true);
  expect(ended.result?.seconds.trees.actual).toBeGreaterThan(0);
  expect(ended.result?.costUsd.actual).toBeGreaterThan(0);

  await expect.poll(() => executionOf(id).then(({ status }) => status), { timeout: 10_000 }).toBe("SUCCEEDED");
  const { states } = await executionOf(id);
  expect(states.filter((state, index) => happyPath.includes(state) && states.indexOf(state) === index)).toEqual(
    happyPath,
  );
  expect(await nodeGroups()).toEqual([]);
  expect(processesWith("spark", id)).toEqual([]);

  const again = await client.startRun({ prefix: `${study}/`, analysis: { trees: 7, labelColumn: "22_16050408" } });
  const next = await followRun(client, again.body.id, ["Ask"], () => {}, 60);
  expect(next.estimate?.basis).toMatch(/speed of the cores learned from finished runs \(\w+\)/);
  await client.cancel(again.body.id);

  const { results } = (await client.files(id)).body;
  const names = ["report.html", "result.json", "importance.csv", "importance.svg", "importance.png", "timeline.svg"];
  expect(results.map(({ name }) => name)).toEqual([...names, "timeline.png", "variantspark-importance.csv"]);
  const ranked = await (await fetch(results.find(({ name }) => name === "importance.csv")?.url ?? "")).text();
  expect(ranked.split("\n").slice(0, 2)).toEqual([
    "rank,variant,contig,pos,ref,alt,importance",
    expect.stringMatching(/^1,22_16050408_T_C,22,16050408,T,C,\d/),
  ]);
});

test("keys with spaces, plus signs and unicode go all the way", async () => {
  const study = newStudy("Studie ä + 数据 1%");
  await uploadStudy(study, {
    "mein chr22 + é (1).vcf.gz": fewRecords(200),
    "labels ü+.csv": cohort.labels,
    "analysis.json": analysis({ trees: 10, where: "aws-spot", budgetUsd: 5 }),
  });
  const id = await runOfStudy(client, "studie-a-1", 30);
  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", choice: { where: "aws-spot", by: "analysis.json" } });
  expect(ended.study?.prefix).toBe(`${study}/`);
  expect((await executionOf(id)).states).not.toContain("Ask");
});
