/** Twenty runs at once, each with an answer of its own. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  client,
  cloud,
  executionOf,
  fewRecords,
  jobRunsOn,
  listJobRuns,
  newStudy,
  nodeGroups,
  uploadStudy,
} from "../end-to-end/support.ts";
import { expectNothingLeft } from "./drill.ts";

const runs = 20;
/** Of the endpoint's jobs on this machine (local/emrContainers/executeJob.ts). */
const sideBySide = 3;
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

interface OwnProcess {
  /** Resident, with what it shares with others: sums are more than the machine gives. */
  readonly mib: number;
  readonly command: string;
}

/** This cloud's processes: each has the cloud's folder in its command line. */
function ownProcesses(): OwnProcess[] {
  const lines = execFileSync("ps", ["-eo", "rss=,args="], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  return lines.flatMap((line) => {
    const [, kib = "", command = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return command.includes(cloud.stateDir) ? [{ mib: Number(kib) / 1024, command }] : [];
  });
}

/** Of Spark, without the scripts and the launcher that become a driver, a worker or a master. */
function jvms(processes: readonly OwnProcess[], mainClass: string): OwnProcess[] {
  return processes.filter(
    ({ command }) =>
      /^\S*\/java /.test(command) && command.includes(mainClass) && !command.includes("org.apache.spark.launcher.Main"),
  );
}

function sumMiB(processes: readonly OwnProcess[]): number {
  return processes.reduce((sum, { mib }) => sum + mib, 0);
}

/** What the machine could still give, MiB: unlike resident sizes it counts nothing twice. */
async function availableMiB(): Promise<number> {
  const meminfo = await readFile("/proc/meminfo", "utf8").catch(() => "");
  return Number(/MemAvailable:\s+(\d+)/.exec(meminfo)?.[1] ?? Number.NaN) / 1024;
}

test("twenty runs at once each come to their own answer, and leave nothing", async () => {
  expect(new Set(causes.map(({ name }) => name)).size).toBe(runs);
  expect(distinctness(causes.at(-1) ?? causes[0] ?? { name: "", carriers: [] })).toBeGreaterThan(20);
  const begun = Date.now();
  const availableBefore = await availableMiB();
  const ids = await Promise.all(causes.map(start));
  expect(new Set(ids).size).toBe(runs);

  const most = { nodeGroups: 0, drivers: 0, running: 0, lambdasMiB: 0, sparkMiB: 0, takenMiB: 0 };
  const ended = async () => {
    const processes = ownProcesses();
    const seen: typeof most = {
      nodeGroups: (await nodeGroups()).length,
      drivers: jvms(processes, "org.apache.spark.deploy.SparkSubmit").length,
      running: (await listJobRuns(["RUNNING"])).length,
      lambdasMiB: sumMiB(processes.filter(({ command }) => command.includes("ministack-lambda-"))),
      sparkMiB: sumMiB(jvms(processes, "org.apache.spark.")),
      takenMiB: availableBefore - (await availableMiB()),
    };
    for (const key of Object.keys(most) as (keyof typeof most)[]) most[key] = Math.max(most[key], seen[key]);
    const all = (await client.listRuns("?limit=100")).body.runs.filter(({ id }) => ids.includes(id));
    return all.filter(({ status }) => status !== "RUNNING").length;
  };
  await expect.poll(ended, { timeout: 900_000, interval: 1_000 }).toBe(runs);
  console.log(`${runs} runs in ${Math.round((Date.now() - begun) / 1000)} s; at most ${JSON.stringify(most)}`);
  expect(most.nodeGroups).toBeGreaterThan(sideBySide);
  for (const together of [most.running, most.drivers]) {
    expect(together).toBeGreaterThan(1);
    expect(together).toBeLessThanOrEqual(sideBySide);
  }

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
