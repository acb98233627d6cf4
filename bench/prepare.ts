/**
 * `npm run bench:prepare`: the matrix against the programs that researchers know, in one run on the same files. CPU seconds of all
 * threads and children are compared, so that other work on the machine counts little; the best of three alternating runs.
 *
 *   --quick  a tenth of the data
 */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../local/engine/engine.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { keepFigures } from "./keepFigures.ts";
import { type BenchVcf, narrowVcf, SAMPLES, wideVcf } from "./prepare/cohorts.ts";
import { type LoadSeconds, loadSeconds, plainParts } from "./prepare/loadPhases.ts";
import { type Cost, measured } from "./prepare/measure.ts";
import {
  bcftools,
  bestOf,
  bgzip,
  ensurePrograms,
  type Program,
  plink2,
  plink19,
  prepareMatrix,
  vcftools,
} from "./prepare/programs.ts";

const project = join(import.meta.dirname, "..");
const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const share = options.quick ? 0.1 : 1;

ensurePrograms();
const engine = await ensureEngine(join(project, ".local"), console.log);
const data = join(project, ".local", "bench");
await mkdir(data, { recursive: true });
const scratch = await mkdtemp(join(tmpdir(), "bench-prepare-"));
stopOnSignals(() => rm(scratch, { recursive: true, force: true }));
try {
  await bench();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const narrow = await narrowVcf(data, Math.round(155_000 * share));
  const wide = await wideVcf(data, Math.round(4_800 * share));
  const chr22 = join(engine.exampleCohort, "chr22_1000.vcf.bgz");

  const [ours, inflating, bcf, plink, plink1, vcft] = await compared(narrow, [
    prepareMatrix(1),
    bgzip,
    bcftools,
    plink2,
    plink19,
    vcftools,
  ]);
  const [twoWorkers] = await compared(narrow, [{ ...prepareMatrix(2), runs: 2 }]);
  const [oursWide, bcfWide] = await compared(wide, [prepareMatrix(1), bcftools]);
  await convertOfTheSample(chr22);
  if (!ours || !inflating || !bcf || !plink || !plink1 || !vcft || !twoWorkers || !oursWide || !bcfWide)
    throw new Error("a program was not measured");
  console.log(`  1 worker ${ours.wallSeconds} s, 2 workers ${twoWorkers.wallSeconds} s of the wall clock`);

  const { fromVcf, fromMatrix } = await loaded(narrow);
  const figures = {
    mbPerSecondPerCore: round(narrow.textBytes / 1e6 / ours.cpuSeconds),
    ratioToPlink2: round(plink.cpuSeconds / ours.cpuSeconds),
    ratioToBcftools: round(bcf.cpuSeconds / ours.cpuSeconds),
    ratioToBgzip: round(inflating.cpuSeconds / ours.cpuSeconds),
    wideRatioToBcftools: round(bcfWide.cpuSeconds / oursWide.cpuSeconds),
    loadSpeedup: round(total(fromVcf) / total(fromMatrix)),
    peakMiB: Math.round(Math.max(ours.peakMiB, oursWide.peakMiB)),
  };
  if (options.quick) console.log(JSON.stringify(figures));
  else await keepFigures("prepare", figures);
}

/** Measures the programs on the file and prints the table. */
async function compared(vcf: BenchVcf, programs: readonly Program[]): Promise<Cost[]> {
  const costs = await bestOf(programs, vcf.path, scratch);
  const genotypes = vcf.records * SAMPLES;
  const rows = costs.map((cost, index) => [
    programs[index]?.name ?? "",
    cost.cpuSeconds.toFixed(2),
    (vcf.textBytes / 1e6 / cost.cpuSeconds).toFixed(0),
    (genotypes / 1e6 / cost.cpuSeconds).toFixed(1),
    cost.wallSeconds.toFixed(2),
    cost.peakMiB.toFixed(0),
  ]);
  console.log(
    `\n${vcf.records} records × ${SAMPLES}, ${(vcf.textBytes / 1e6).toFixed(0)} MB, ${vcf.bytesPerGenotype.toFixed(1)} bytes per genotype`,
  );
  const head = ["program", "CPU s", "MB/s per core", "million genotypes/s per core", "wall s", "peak MiB"];
  console.log(`${table([head, ...rows]).join("\n")}\n`);
  return costs;
}

/** VariantSpark's own way to another format; Java's start is most of it on so small a file. */
async function convertOfTheSample(vcf: string): Promise<void> {
  const input = JSON.stringify([{ type: "vcf", inputFile: vcf }]);
  const submit = [join(engine.sparkHome, "bin/spark-submit"), "--master", "local[1]"];
  const mainClass = ["--class", "au.csiro.variantspark.cli.VariantSparkApp", engine.variantSparkJar];
  const argv = ["convert", "-ij", input, "-ot", "csv", "-of", join(scratch, "convert.csv")];
  const env = { JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" };
  const theirs = await measured([...submit, ...mainClass, ...argv], env);
  const ours = await measured(prepareMatrix(1).argv(vcf, join(scratch, "chr22")));
  console.log("chr22_1000 (1,988 records × 1,092, 9 MB, 4.1 bytes per genotype)");
  const rows = [
    ["VariantSpark convert", theirs.cpuSeconds.toFixed(2), theirs.peakMiB.toFixed(0)],
    ["prepare-matrix, 1 worker", ours.cpuSeconds.toFixed(2), ours.peakMiB.toFixed(0)],
  ];
  console.log(`${table([["program", "CPU s", "peak MiB"], ...rows]).join("\n")}\n`);
}

async function loaded(vcf: BenchVcf): Promise<{ fromVcf: LoadSeconds; fromMatrix: LoadSeconds }> {
  const parts = await plainParts(vcf);
  const matrix = join(scratch, "matrix");
  await measured(prepareMatrix(2).argv(vcf.path, matrix));
  const names = (await readdir(matrix)).filter((name) => name.endsWith(".parquet"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(matrix, name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const fromMatrix = await loadSeconds(engine, { kind: "parquet", uri: matrix }, bytes, scratch);
  const fromVcf = await loadSeconds(engine, { kind: "vcf", uri: parts }, vcf.textBytes, scratch);
  const again = await loadSeconds(engine, { kind: "parquet", uri: matrix }, bytes, scratch);
  // The mean of one run before and one after, because the VCF is loaded once: the better of two would favour the matrix.
  const mean = {
    zipWithIndex: (fromMatrix.zipWithIndex + again.zipWithIndex) / 2,
    count: (fromMatrix.count + again.count) / 2,
  };
  const row = (name: string, { zipWithIndex, count }: LoadSeconds) => [
    name,
    zipWithIndex.toFixed(2),
    count.toFixed(2),
    (zipWithIndex + count).toFixed(2),
  ];
  const rows = [row("VCF in plain parts", fromVcf), row("matrix", fromMatrix), row("matrix, again", again)];
  console.log(`VariantSpark's load on two cores, seconds of the wall clock; the matrix has ${bytes} bytes`);
  console.log(`${table([["from", "zipWithIndex", "count", "both"], ...rows]).join("\n")}\n`);
  return { fromVcf, fromMatrix: mean };
}

function total({ zipWithIndex, count }: LoadSeconds): number {
  return zipWithIndex + count;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
