import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { BGZF_EOF } from "../../core/bgzf/block.ts";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import { runLocally } from "../../local/runLocally.ts";
import { bgzfBlock, writeBgzf } from "../unit/bgzf/writeBgzf.ts";
import { unreadPlace } from "../unit/inspect/unreadPlace.ts";
import {
  analysis,
  client,
  cloud,
  cohort,
  executionOf,
  fewRecords,
  newStudy,
  nodeGroups,
  owner,
  processesWith,
  uploadStudy,
} from "./support.ts";

const bgz = await readFile(`${cloud.engine.exampleCohort}/chr22_1000.vcf.bgz`);
const s3 = new S3Client({ ...owner, forcePathStyle: true });
const lambda = new LambdaClient(owner);

/** The cohort's records six times over: 54 MB of text, some twenty slices. */
const lines = gunzipSync(cohort.vcfGz).toString().trimEnd().split("\n");
const records = `${lines.filter((line) => !line.startsWith("#")).join("\n")}\n`;
const header = `${lines.filter((line) => line.startsWith("#")).join("\n")}\n`;
const sixfold = writeBgzf(Buffer.from(header + records.repeat(6)));

test("a .vcf.bgz is prepared in slices, run on the matrix with the right variant first, and prepared once", async () => {
  const study = newStudy("bgz");
  const parameters = { trees: 500, mtryFraction: 0.1, seed: 13 };
  await uploadStudy(study, { "a.vcf.bgz": bgz, "labels.csv": cohort.labels, "analysis.json": analysis(parameters) });
  const id = await runOfStudy(client, study, 60);
  const asked = await followRun(client, id, ["Ask"], () => {}, 60);
  expect(asked.estimate?.message).toMatch(/Preparing first/);
  expect((await client.choose(id, "aws-spot", true)).status).toBe(202);

  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(ended.state).toBe("Succeeded");
  expect(ended.matrix).toMatchObject({ samples: 1092, rows: 1988, totals: { recordsIn: 1988, rowsOut: 1988 } });
  expect(ended.slices).toBeGreaterThan(1);
  expect(ended.matrix?.parts).toBeGreaterThan(1);
  expect(ended.estimateBefore?.options.length).toBe(6);
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  expect(ended.progress).toMatchObject({ cachedFraction: 1, variants: 1988 });
  const { states } = await executionOf(id);
  expect(states.filter((state) => ["Plan", "Prepare", "Seal", "Estimate"].includes(state))).toEqual([
    "Estimate",
    "Plan",
    "Prepare",
    "Seal",
    "Estimate",
  ]);
  expect(await nodeGroups()).toEqual([]);

  const again = await client.startRun({ prefix: `${study}/`, analysis: { trees: 5 } });
  const second = await followRun(client, again.body.id, ["Ask"], () => {}, 60);
  expect(second.matrix?.digest).toBe(ended.matrix?.digest);
  expect(second.estimate?.options.map(({ where, prepare }) => [where, prepare])).toEqual([
    ["aws-spot", false],
    ["aws-on-demand", false],
    ["local", false],
  ]);
  await client.cancel(again.body.id);
});

test("filters are applied on the way and what they dropped is told", async () => {
  const study = newStudy("filtered");
  const filters = { minMaf: 0.05, regions: [{ contig: "22", lastPos: 16_100_000 }] };
  const parameters = analysis({ trees: 10, filters, where: "aws-spot", budgetUsd: 5 });
  const vcf = gunzipSync(cohort.vcfGz);
  await uploadStudy(study, { "a.vcf": vcf, "labels.csv": cohort.labels, "analysis.json": parameters });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", choice: { prepare: true, by: "analysis.json" } });
  const { recordsIn, rowsOut, droppedBy } = ended.matrix?.totals ?? { recordsIn: 0, rowsOut: 0, droppedBy: {} };
  expect(recordsIn).toBe(1988);
  expect(rowsOut).toBeGreaterThan(0);
  expect(droppedBy).toMatchObject({ region: expect.any(Number), maf: expect.any(Number) });
  const dropped = Object.values(droppedBy).reduce((sum, records) => sum + records, 0);
  expect(dropped).toBeGreaterThan(0);
  expect(rowsOut + dropped).toBe(recordsIn);
});

test("what VariantSpark cannot read is prepared with the filters of the choice and run locally", async () => {
  const study = newStudy("reordered");
  const labels = cohort.labels.trimEnd().split("\n").slice(0, -1).join("\n");
  await uploadStudy(study, {
    "1.vcf.gz": fewRecords(300),
    "2.vcf": reordered(300).replace("VCFv4.1", "VCFv4.4"),
    "labels.csv": labels,
    "analysis.json": analysis({ trees: 20, filters: { onlyLabelled: true } }),
  });
  const id = await runOfStudy(client, study, 60);
  const asked = await followRun(client, id, ["Ask"], () => {}, 60);
  const severities = asked.findings?.map(({ code, severity }) => `${code} ${severity}`);
  expect(severities).toEqual(
    expect.arrayContaining([
      "vcfs-sample-order-differs prepare",
      "vcf-version-unsupported prepare",
      "samples-without-label warning",
    ]),
  );
  expect(asked.estimate?.options.map(({ refusal }) => refusal === undefined)).toEqual([
    ...[false, true],
    ...[false, true],
    ...[false, true],
  ]);
  const filters = { onlyLabelled: true, minMaf: 0.1 };
  expect((await client.choose(id, "local", false, filters)).status).toBe(400);
  expect((await client.choose(id, "local", true, filters)).status).toBe(202);

  const waiting = await followRun(client, id, ["AwaitLocal"], () => {}, 120);
  expect(waiting.failure).toBeUndefined();
  expect(waiting.matrix).toMatchObject({ samples: 1091, totals: { recordsIn: 600 } });
  expect(waiting.matrix?.totals.droppedBy.maf).toBeGreaterThan(0);
  expect(waiting.estimate?.message).toMatch(
    /Prepared: \d+ of 600 records are in the matrix, left out were \d+ too rare/,
  );
  const folder = await mkdtemp(join(tmpdir(), "local-matrix-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await runLocally(client, cloud.engine, waiting, folder, () => {});
  const ended = await followRun(client, id, [], () => {}, 60);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", result: { where: "local" } });
  expect(ended.result?.notes).toEqual([expect.stringContaining("of 600 records")]);
  const { states } = await executionOf(id);
  expect(states.filter((state) => ["Inspect", "Ask", "Plan"].includes(state))).toEqual([
    "Inspect",
    "Ask",
    "Inspect",
    "Plan",
  ]);
});

/** The first so many records of the cohort with its samples in the opposite order. */
function reordered(count: number): string {
  const columns = lines.filter((line) => !line.startsWith("##")).slice(0, count + 1);
  const turned = columns.map((line) => {
    const cells = line.split("\t");
    return [...cells.slice(0, 9), ...cells.slice(9).toReversed()].join("\t");
  });
  return `${[...lines.filter((line) => line.startsWith("##")), ...turned].join("\n")}\n`;
}

test("a block that is corrupt beyond what inspection sees fails the run with its place, and nothing is sealed", async () => {
  const study = newStudy("corrupt");
  const broken = await largeBgzfWithACorruptBlock();
  const parameters = analysis({ trees: 10, where: "aws-spot", prepare: true, budgetUsd: 5 });
  await uploadStudy(study, { "a.vcf.bgz": broken, "labels.csv": cohort.labels, "analysis.json": parameters });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  const ended = await followRun(client, id, [], () => {}, 120);
  expect(ended).toMatchObject({
    state: "Failed",
    failure: { code: "corrupt-gzip", message: expect.stringMatching(/a\.vcf\.bgz.*byte \d+/) },
  });
  expect((await executionOf(id)).states).not.toContain("Provision");
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: cloud.outputs.RunsBucketName, Prefix: "matrices/" }),
  );
  const sealed = Contents.filter(({ Key = "" }) => Key.endsWith("_manifest.json")).length;
  const planned = Contents.filter(({ Key = "" }) => Key.endsWith("_plan.json")).length;
  expect(planned).toBe(sealed + 1);
});

/** The cohort's records three times over, stored without compression (27 MB), with one byte changed that inspection does not look at. */
async function largeBgzfWithACorruptBlock(): Promise<Buffer> {
  const text = Buffer.from(header + records.repeat(3));
  const size = 65_280;
  const blocks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    bgzfBlock(text.subarray(index * size, (index + 1) * size), 0),
  );
  const file = Buffer.concat([...blocks, BGZF_EOF]);
  const place = await unreadPlace(file, "a.vcf.bgz");
  file[place] = (file[place] ?? 0) ^ 0xff;
  return file;
}

test("Lambdas that are killed while they convert, and slices that are converted twice, leave the same sealed matrix", async () => {
  const study = newStudy("killed-convert");
  const parameters = analysis({ trees: 5, where: "aws-spot", prepare: true, budgetUsd: 5 });
  await uploadStudy(study, { "a.vcf.bgz": sixfold, "labels.csv": cohort.labels, "analysis.json": parameters });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  const killed = new Set<number>();
  await expect.poll(() => killConverters(killed), { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(3);

  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", matrix: { rows: 6 * 1988, totals: { recordsIn: 6 * 1988 } } });
  const digest = ended.matrix?.digest ?? "";
  const before = await objectsOf(digest);
  await lambda.send(
    new InvokeCommand({
      FunctionName: "variantspark-pipeline-dev-convert",
      Payload: JSON.stringify({ runId: id, digest, slice: 0 }),
    }),
  );
  expect(await objectsOf(digest)).toEqual(before);
});

/** Kills the workers of Convert in this cloud that have not been killed yet. @returns how many were killed in all */
function killConverters(killed: Set<number>): number {
  for (const pid of processesWith("variantspark-pipeline-dev-convert", cloud.stateDir)) {
    if (killed.size >= 3 || killed.has(pid)) continue;
    killed.add(pid);
    process.kill(pid, "SIGKILL");
  }
  return killed.size;
}

/** Key and ETag of all that a matrix consists of. */
async function objectsOf(digest: string): Promise<string[]> {
  const page = await s3.send(
    new ListObjectsV2Command({ Bucket: cloud.outputs.RunsBucketName, Prefix: `matrices/${digest}/` }),
  );
  return (page.Contents ?? []).map(({ Key, ETag }) => `${Key} ${ETag}`);
}
