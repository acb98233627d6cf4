/** Twenty runs at once, each with an answer of its own. */
import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  client,
  cloud,
  executionOf,
  fewRecords,
  newStudy,
  nodeGroups,
  processesWith,
  uploadStudy,
} from "../end-to-end/support.ts";
import { expectNothingLeft, jobRunsOn } from "./drill.ts";

const runs = 20;
const vcf = fewRecords(300);
const [header = [], ...rows] = gunzipSync(vcf)
  .toString()
  .split("\n")
  .filter((line) => /^[^#]|^#CHROM/.test(line))
  .map((line) => line.split("\t"));

interface Variant {
  readonly name: string;
  /** For each sample whether it has the alternative allele. */
  readonly carriers: readonly boolean[];
}

const variants: readonly Variant[] = rows.map(([contig, pos, , ref, alt, , , , , ...genotypes]) => ({
  name: `${contig}_${pos}_${ref}_${alt}`,
  carriers: genotypes.map((genotype) => /^[01][|/]1|^1/.test(genotype)),
}));

/** Samples in which one tells another phenotype than the other; who carries one and who does not carry it are the same classes. */
function distance(a: Variant, b: Variant): number {
  const different = a.carriers.filter((carries, sample) => carries !== b.carriers[sample]).length;
  return Math.min(different, a.carriers.length - different);
}

function distinctness(variant: Variant): number {
  const others = variants.filter((other) => other !== variant);
  const none = { name: "nobody", carriers: variant.carriers.map(() => false) };
  return Math.min(...[...others, none].map((other) => distance(variant, other)));
}

/** The variants that no other variant can be taken for. */
const causes = variants.toSorted((a, b) => distinctness(b) - distinctness(a)).slice(0, runs);

/** The phenotype is who carries the variant; as all variants are tried at each split, every tree finds it. */
async function start(cause: Variant): Promise<string> {
  const study = newStudy("many");
  const labels = cause.carriers.map((carries, sample) => `${header[9 + sample]},${Number(carries)}`);
  await uploadStudy(study, {
    "chr22.vcf.gz": vcf,
    "labels.csv": `sample,phenotype\n${labels.join("\n")}\n`,
    "analysis.json": JSON.stringify({ trees: 10, mtryFraction: 1, where: "aws-on-demand", budgetUsd: 50 }),
  });
  const { status, body } = await client.startRun({ prefix: `${study}/` });
  expect(status).toBeLessThan(300);
  return body.id;
}

/** Memory of this cloud's processes, MiB: Lambdas and MiniStack by its folder, Spark by the job runs' folders in it. */
function memoryMiB(): number {
  const lines = execFileSync("ps", ["-eo", "rss=,args="], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  const ours = lines.filter((line) => line.includes(cloud.stateDir) || line.includes("CoarseGrainedExecutorBackend"));
  return ours.reduce((sum, line) => sum + Number.parseInt(line, 10), 0) / 1024;
}

test("twenty runs at once each come to their own answer, and leave nothing", async () => {
  expect(new Set(causes.map(({ name }) => name)).size).toBe(runs);
  expect(distinctness(causes.at(-1) ?? causes[0] ?? { name: "", carriers: [] })).toBeGreaterThan(20);
  const begun = Date.now();
  const ids = await Promise.all(causes.map(start));
  expect(new Set(ids).size).toBe(runs);

  let mostMiB = 0;
  let mostNodeGroups = 0;
  let mostDrivers = 0;
  const ended = async () => {
    mostMiB = Math.max(mostMiB, memoryMiB());
    mostNodeGroups = Math.max(mostNodeGroups, (await nodeGroups()).length);
    mostDrivers = Math.max(mostDrivers, processesWith("org.apache.spark.deploy.SparkSubmit", cloud.stateDir).length);
    const all = (await client.listRuns("?limit=100")).body.runs.filter(({ id }) => ids.includes(id));
    return all.filter(({ status }) => status !== "RUNNING").length;
  };
  await expect.poll(ended, { timeout: 900_000, interval: 1_000 }).toBe(runs);
  console.log(
    `${runs} runs in ${Math.round((Date.now() - begun) / 1000)} s; at most ${mostNodeGroups} node groups, ${mostDrivers} drivers, ${Math.round(mostMiB)} MiB`,
  );
  expect(mostNodeGroups).toBeGreaterThan(3);

  const answers = await Promise.all(ids.map(async (id) => (await client.getRun(id)).body));
  expect(
    answers.map(({ state, result, failure }) => failure?.message ?? `${state} ${result?.top[0]?.variant}`),
  ).toEqual(causes.map(({ name }) => `Succeeded ${name}`));
  expect(answers.map(({ attempts }) => attempts?.length)).toEqual(ids.map(() => 1));
  for (const id of ids) {
    expect(await jobRunsOn(id)).toHaveLength(1);
    expect((await executionOf(id)).status).toBe("SUCCEEDED");
    await expectNothingLeft(id);
  }
}, 1_000_000);
