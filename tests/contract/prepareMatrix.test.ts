/**
 * The command against VariantSpark itself: the matrix holds the rows of its own `convert`, and its `importance` ranks from
 * the matrix as from the VCF. Needs the engine, which is made on the first start (see local/engine/engine.ts).
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BGZF_EOF } from "../../core/bgzf/block.ts";
import type { MatrixManifest } from "../../core/matrix/manifest.ts";
import { importanceArguments } from "../../core/variantspark/importanceArguments.ts";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";
import { writeBgzf } from "../unit/bgzf/writeBgzf.ts";
import { unreadPlace } from "../unit/inspect/unreadPlace.ts";

const project = join(import.meta.dirname, "..", "..");
let engine: Engine;
let folder: string;

beforeAll(async () => {
  engine = await ensureEngine(join(project, ".local"), console.log);
  folder = await mkdtemp(join(tmpdir(), "prepare-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the matrix holds the rows of VariantSpark's own convert", () => {
  test.each(["chr22_1000.vcf.gz", "chr22_1000.vcf.bgz", "chr22_1000_missing.vcf"])("of %s", async (name) => {
    const vcf = join(engine.exampleCohort, name);
    const rows = await rowsOf(await preparedFrom(vcf));
    expect(rows.length).toBe(1988);
    expect(rows).toEqual(await convertedRows(vcf));
  });

  test.each(["VCFv4.1", "VCFv4.2", "VCFv4.3"])("of every genotype shape, as %s", async (version) => {
    const vcf = join(folder, `shapes-${version}.vcf`);
    await writeFile(vcf, shapesVcf(version));
    const rows = await rowsOf(await preparedFrom(vcf));
    expect(rows.length).toBe(SITES.length * FORMATS.length);
    const withoutSymbols = rows.map(({ label, data }) => ({
      label: label.replace(/<[A-Z:*]+>|N\[1:500\[/g, ""),
      data,
    }));
    expect(withoutSymbols).toEqual(await convertedRows(vcf));
    expect(new Set(rows.map(({ label }) => label)).size).toBe(SITES.length * FORMATS.length);
  });

  /** VariantSpark's reader refuses a header of 4.4, so it is asked about the same genotypes without what 4.4 added. */
  test("of every genotype shape with the phasing sign that VCFv4.4 allows before the first allele", async () => {
    const [newer, older] = [join(folder, "shapes-VCFv4.4.vcf"), join(folder, "shapes-older.vcf")];
    await writeFile(older, shapesVcf("VCFv4.3"));
    await writeFile(newer, withLeadingSigns(shapesVcf("VCFv4.4")));
    const [ofNewer, ofOlder] = [await rowsOf(await preparedFrom(newer)), await rowsOf(await preparedFrom(older))];
    expect(ofNewer.length).toBe(SITES.length * FORMATS.length);
    expect(ofNewer).toEqual(ofOlder);
    expect(ofNewer.map(({ data }) => data)).toEqual((await convertedRows(older)).map(({ data }) => data));
  });
});

test("importance from the matrix is importance from the VCF, of the same records in one partition", async () => {
  const vcf = join(engine.exampleCohort, "chr22_1000.vcf.gz");
  const matrix = await preparedFrom(vcf);
  const ofVcf = await importance({ kind: "vcf", uri: vcf }, "vcf.csv");
  const ofMatrix = await importance({ kind: "parquet", uri: matrix }, "matrix.csv");
  expect(ofVcf.length).toBeGreaterThan(100);
  expect(ofMatrix).toEqual(ofVcf);
});

test("several VCFs become one matrix with the first one's order of samples, whatever the number of workers", async () => {
  const [first, second] = [join(folder, "first.vcf"), join(folder, "second.vcf")];
  await writeFile(first, smallVcf("1", ["a", "b", "c"], ["0|1", "1|1", "0|0"]));
  await writeFile(second, smallVcf("2", ["c", "a", "b"], ["0|1", "1|1", "0|0"]));
  for (const workers of ["1", "3"]) {
    const out = join(folder, `several-${workers}`);
    expect((await prepareMatrix(first, second, out, "--workers", workers)).exitCode).toBe(0);
    expect(await rowsOf(out)).toEqual([
      { label: "1_7_A_C", data: [1, 2, 0] },
      { label: "2_7_A_C", data: [2, 0, 1] },
    ]);
  }
});

test("filters reach the matrix, and what they dropped its manifest", async () => {
  const vcf = join(engine.exampleCohort, "chr22_1000.vcf.bgz");
  const samples = join(folder, "samples.txt");
  await writeFile(samples, "HG00099\nHG00096\n");
  const out = join(folder, "filtered");
  const region = ["--region", "22:16050000-16060000", "--samples", samples, "--min-maf", "0.25"];
  expect((await prepareMatrix(vcf, out, ...region)).exitCode).toBe(0);
  const { totals, sampleCount } = await manifestOf(out);
  const rows = await rowsOf(out);
  expect(sampleCount).toBe(2);
  expect(totals.recordsIn).toBe(1988);
  expect(totals.droppedBy.region).toBeGreaterThan(1500);
  expect(totals.droppedBy.maf).toBeGreaterThan(0);
  expect(rows.length).toBe(totals.rowsOut);
  expect(rows.every(({ data }) => data.length === 2 && data.some((dosage) => dosage > 0))).toBe(true);
});

test("a sealed matrix of the same data and filters is reused; other filters leave nothing of it", async () => {
  const vcf = join(folder, "again.vcf.gz");
  await writeFile(vcf, writeBgzf(await readFile(join(engine.exampleCohort, "chr22_1000.vcf"))));
  const out = join(folder, "again");
  await prepareMatrix(vcf, out, "--workers", "2");
  const part = join(out, "part-00000.parquet");
  const long = new Date(0);
  await utimes(part, long, long);
  const again = await prepareMatrix(vcf, out, "--workers", "2");
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/already/) });
  expect((await (await openAndStat(part)).mtimeMs) === 0).toBe(true);

  await writeFile(join(out, "part-00007.parquet"), "of a matrix with more parts");
  expect((await prepareMatrix(vcf, out, "--workers", "1", "--biallelic-only")).exitCode).toBe(0);
  const parts = (await readdir(out)).filter((name) => name.endsWith(".parquet"));
  expect(parts.sort()).toEqual((await manifestOf(out)).parts.map(({ name }) => name));
});

describe("no matrix comes of", () => {
  test("a corrupt block that inspection does not see", async () => {
    const vcf = join(folder, "corrupt.vcf.gz");
    await bigVcf(vcf);
    const place = await unreadPlace(await readFile(vcf), vcf);
    const file = await open(vcf, "r+");
    await file.write(Buffer.alloc(64, 0x55), 0, 64, place);
    await file.close();
    const { exitCode, stdout, stderr } = await prepareMatrix(vcf, join(folder, "corrupt"));
    expect(exitCode).toBe(1);
    const said = stdout + stderr;
    expect(said).toContain("corrupt.vcf.gz");
    const byte = Number(/corrupt-gzip, byte (\d+)/.exec(said)?.[1]);
    expect(byte).toBeLessThanOrEqual(place);
    expect(byte).toBeGreaterThan(place - 65_536);
    expect(await leftIn("corrupt")).toEqual([]);
  });

  test("a file that ends early", async () => {
    const vcf = join(folder, "cut.vcf.bgz");
    await writeFile(vcf, (await readFile(join(engine.exampleCohort, "chr22_1000.vcf.bgz"))).subarray(0, 200_000));
    const { exitCode, stdout, stderr } = await prepareMatrix(vcf, join(folder, "cut"));
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/ends at byte 200000/);
    expect(await leftIn("cut")).toEqual([]);
  });

  test("a record that is too short", async () => {
    const vcf = join(folder, "short.vcf");
    const good = Array.from({ length: 240_000 }, (_, row) => recordLine("1", row + 1, Array(20).fill("0|1")));
    const text = Buffer.from(`##fileformat=VCFv4.2\n${[columnsLine(20), ...good].join("\n")}\n`);
    const lineEnd = text.indexOf("\n", await unreadPlace(text, vcf));
    // The last cell of a record, with the tab before it, becomes part of the one before.
    text.write("|", lineEnd - "\t0|1".length);
    await writeFile(vcf, text);
    const { exitCode, stdout, stderr } = await prepareMatrix(vcf, join(folder, "short"), "--workers", "1");
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/short\.vcf.*vcf-record-columns, byte \d+/s);
    expect(await leftIn("short")).toEqual([]);
  });

  test("samples that a second VCF has not", async () => {
    const [first, second] = [join(folder, "ab.vcf"), join(folder, "ad.vcf")];
    await writeFile(first, smallVcf("1", ["a", "b"], ["0|1", "1|1"]));
    await writeFile(second, smallVcf("2", ["a", "d"], ["0|1", "1|1"]));
    const { exitCode, stdout, stderr } = await prepareMatrix(first, second, join(folder, "differ"));
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain("ad.vcf");
    expect(await leftIn("differ")).toEqual([]);
  });

  test("a folder that holds something else, which stays", async () => {
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "taken", "notes.parquet"), "mine");
    const { exitCode } = await prepareMatrix(join(engine.exampleCohort, "chr22_1000.vcf.gz"), join(folder, "taken"));
    expect(exitCode).toBe(1);
    expect(await leftIn("taken")).toEqual(["notes.parquet"]);
  });

  test("an interrupted run, of which nothing stays", async () => {
    const vcf = join(folder, "interrupted.vcf.gz");
    await bigVcf(vcf);
    const out = join(folder, "interrupted");
    const child = spawn(process.execPath, ["local/prepareMatrix/command.ts", vcf, out], {
      cwd: project,
      stdio: "ignore",
    });
    const ended = once(child, "close");
    while (child.exitCode === null && !(await leftIn("interrupted")).some((name) => name.includes("part-")))
      await sleep(2);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(await leftIn("interrupted")).toEqual([]);
  });
});

interface Row {
  readonly label: string;
  readonly data: readonly number[];
}

interface Ended {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function prepareMatrix(...args: string[]): Promise<Ended> {
  return ended(process.execPath, ["local/prepareMatrix/command.ts", ...args], project, {});
}

async function preparedFrom(vcf: string): Promise<string> {
  const out = await mkdtemp(join(folder, "matrix-"));
  const { exitCode, stdout, stderr } = await prepareMatrix(vcf, out);
  expect(exitCode, stdout + stderr).toBe(0);
  return out;
}

async function manifestOf(out: string): Promise<MatrixManifest> {
  return JSON.parse(await readFile(join(out, "_manifest.json"), "utf8"));
}

/** The rows as another reader of Parquet sees them, in the order of the manifest. */
async function rowsOf(out: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name } of (await manifestOf(out)).parts) {
    const file = Uint8Array.from(await readFile(join(out, name))).buffer;
    const compressors = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };
    for (const { label, data } of await parquetReadObjects({ file, utf8: false, compressors }))
      rows.push({ label: String(label), data: [...(data as Uint8Array)] });
  }
  return rows;
}

/** VCF → CSV by VariantSpark: a line per variant, its name first. */
async function convertedRows(vcf: string): Promise<Row[]> {
  const csv = await mkdtemp(join(folder, "csv-"));
  const input = JSON.stringify([{ type: "vcf", inputFile: vcf }]);
  await variantSpark(["convert", "-ij", input, "-ot", "csv", "-of", join(csv, "out")]);
  const parts = (await readdir(join(csv, "out"))).filter((name) => name.startsWith("part-")).sort();
  const texts = await Promise.all(parts.map((name) => readFile(join(csv, "out", name), "utf8")));
  const [, ...lines] = texts.join("").trimEnd().split("\n");
  return lines.map((line) => {
    const [label = "", ...data] = line.split(",");
    return { label, data: data.map(Number) };
  });
}

/** Name and importance of each variant, in the order of names. */
async function importance(input: { kind: "vcf" | "parquet"; uri: string }, name: string): Promise<string[]> {
  const outputUri = join(folder, name);
  const argv = importanceArguments({
    inputs: [input],
    labelsUri: join(engine.exampleCohort, "chr22-labels.csv"),
    labelColumn: "22_16050408",
    outputUri,
    analysis: { trees: 40, mtryFraction: 0.1, batchSize: 40, seed: 13 },
    variantsReported: 0,
  });
  await variantSpark(argv);
  return (await readFile(outputUri, "utf8")).trimEnd().split("\n").sort();
}

async function variantSpark(argv: readonly string[]): Promise<void> {
  const settings = {
    "spark.ui.enabled": "false",
    "spark.local.dir": folder,
    // One partition from one part, as from one VCF; Spark would cut even a small file once per core.
    "spark.sql.files.maxPartitionBytes": "134217728",
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.files.minPartitionNum": "1",
  };
  const conf = Object.entries(settings).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const mainClass = ["--class", "au.csiro.variantspark.cli.VariantSparkApp", engine.variantSparkJar];
  const environment = { JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" };
  const submit = join(engine.sparkHome, "bin", "spark-submit");
  const { exitCode, stderr } = await ended(
    submit,
    ["--master", "local[2]", ...conf, ...mainClass, ...argv],
    folder,
    environment,
  );
  expect(exitCode, stderr.slice(-4000)).toBe(0);
}

function ended(program: string, args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? "signal") : 0, stdout, stderr }),
    );
  });
}

async function leftIn(name: string): Promise<string[]> {
  return await readdir(join(folder, name)).catch(() => []);
}

async function openAndStat(file: string) {
  const handle = await open(file);
  try {
    return await handle.stat();
  } finally {
    await handle.close();
  }
}

/** Genotypes with the alleles of twelve alternates: called, missing, partly missing, haploid, polyploid, phased in part, with leading signs. */
const SHAPES = (
  "0|0 0/0 0|1 1|0 1|1 1/2 2|2 0|2 . ./. .|. ./1 1/. .|0 0|. 0 1 2 10|11 0/10 10/10 9|10 12 0/0/0 0/0/1 0/1/1 " +
  "1/1/1 1/1/0 1/2/0 0/1/2 1/2/3 ././1 ./1/1 ./0/0 1/1/. ././. 0/1/1/1 1/1/1/1 |0|1 /1/1 |1 /0 0|1/1"
).split(" ");

const TWELVE = "C,G,T,AC,AG,AT,ACC,ACG,ACT,AGC,AGG,AGT";
const SITES = [
  ["A", TWELVE],
  ["acgt", TWELVE.toLowerCase()],
  ["A", TWELVE.replace("C,G", "<DEL>,<DUP>")],
  ["N", TWELVE.replace("AGT", "N[1:500[")],
  ["A", TWELVE.replace("AGT", "*")],
  ["A", TWELVE.replace("AGT", "<*>")],
  ["A", TWELVE.replace("AGT", "<INS:ME:ALU>")],
] as const;
/** What follows GT; trailing fields may be left out. */
const FORMATS = [
  ["GT", ""],
  ["GT:DP", ":7"],
  ["GT:AD:DP:GQ", ":3,4:7:."],
  ["GT:DP:GQ", ""],
] as const;

function withLeadingSigns(vcf: string): string {
  const signed = (cell: string) => `${cell.split(":")[0]?.includes("|") ? "|" : "/"}${cell}`;
  const lines = vcf.split("\n").map((line) => {
    const columns = line.split("\t");
    return line.startsWith("#") ? line : [...columns.slice(0, 9), ...columns.slice(9).map(signed)].join("\t");
  });
  return lines.join("\n");
}

function shapesVcf(version: string): string {
  const header = [
    `##fileformat=${version}`,
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
    '##FORMAT=<ID=AD,Number=.,Type=Integer,Description="Depths">',
    columnsLine(SHAPES.length),
  ];
  const records = SITES.flatMap(([ref, alt], site) =>
    FORMATS.map(([format, rest], index) => {
      const fixed = ["1", 100 * (site + 1) + index, ".", ref, alt, ".", ".", ".", format];
      return [...fixed, ...SHAPES.map((shape) => shape + rest)].join("\t");
    }),
  );
  return `${[...header, ...records].join("\n")}\n`;
}

function smallVcf(contig: string, samples: readonly string[], genotypes: readonly string[]): string {
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...samples].join("\t");
  return `##fileformat=VCFv4.2\n${columns}\n${recordLine(contig, 7, genotypes)}\n`;
}

function columnsLine(samples: number): string {
  const names = Array.from({ length: samples }, (_, index) => `S${index}`);
  return ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...names].join("\t");
}

function recordLine(contig: string, pos: number, genotypes: readonly string[]): string {
  return [contig, pos, ".", "A", "C", ".", ".", ".", "GT", ...genotypes].join("\t");
}

/** 240 MB of text in 25 MB of BGZF, much more than inspection looks at: the same records four times over. */
async function bigVcf(path: string): Promise<void> {
  const cached = join(folder, "big.vcf.gz");
  const isThere = (await readdir(folder)).includes("big.vcf.gz");
  if (!isThere) {
    let state = 1;
    const digit = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) & 1;
    };
    const lines = Array.from({ length: 10_000 }, (_, row) =>
      recordLine(
        "1",
        row + 1,
        Array.from({ length: 1_500 }, () => `${digit()}|${digit()}`),
      ),
    );
    const header = writeBgzf(Buffer.from(`##fileformat=VCFv4.2\n${columnsLine(1_500)}\n`));
    const records = writeBgzf(Buffer.from(`${lines.join("\n")}\n`));
    const blocks = records.subarray(0, -BGZF_EOF.length);
    await writeFile(cached, [header.subarray(0, -BGZF_EOF.length), blocks, blocks, blocks, blocks, BGZF_EOF]);
  }
  await copyFile(cached, path);
}
