/**
 * `npm run bench:inspect`: what inspection reads and how long it takes, from 1 MB to 1 TB, and how far its estimate of the
 * number of records is off, over files of many shapes whose number is known: those put together on demand by their
 * tiles, those on disk by `bcftools index -n`, where it is installed. At last the Lambda itself on the local cloud, as large as
 * serverless.yml makes it. Ends with exit code 1 where a figure is beyond its limit (LIMITS). Plain gzip is not among the shapes: it
 * cannot be entered in its middle and is estimated from its beginning alone, which tests/unit/inspect/budget.test.ts lets be 25 % off.
 */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thousands } from "../core/findings/found.ts";
import { inspectVcf } from "../core/inspect/inspectVcf.ts";
import type { ByteSource } from "../core/study/byteSource.ts";
import type { Count } from "../core/vcf/estimate.ts";
import { inspectFiles } from "../local/inspect/inspectFiles.ts";
import { openFile } from "../local/prepareMatrix/fileSource.ts";
import { table } from "../local/screen.ts";
import { percentile } from "./estimates/accuracy.ts";
import { measureLambda, secondsAt } from "./inspect/lambda.ts";
import { hasBcftools, indexedFile, recordsByBcftools } from "./inspect/realFiles.ts";
import { type Cohort, type Packing, type TileSet, tileSet } from "./inspect/vcfTiles.ts";
import { COURSES, virtualFile } from "./inspect/virtualFile.ts";
import { keepFigures } from "./keepFigures.ts";

const COHORTS: readonly Cohort[] = [
  { samples: 20, format: "GT:AD:DP:GQ:PL", infoBytes: 300 },
  { samples: 300, format: "GT", infoBytes: 60 },
  { samples: 300, format: "GT:AD:DP:GQ:PL", infoBytes: 300 },
  { samples: 2_504, format: "GT", infoBytes: 150 },
  { samples: 20_000, format: "GT", infoBytes: 60 },
];
const PACKINGS: readonly Packing[] = ["bgzf", "plain"];
const MB = 1e6;
const SHAPE_BYTES = [10 * MB, 300 * MB, 30_000 * MB];
const SHAPES_PER_SET = Object.keys(COURSES).length * SHAPE_BYTES.length;
/** As in serverless.yml. */
const LAMBDA_MIB = 512;
const FIRST_LINE_BYTES = "##fileformat=VCFv4.2\n".length;
const SIZES = [1 * MB, 10 * MB, 100 * MB, 1_000 * MB, 10_000 * MB, 100_000 * MB, 2 ** 40];

interface Limit {
  readonly figure: Exclude<keyof typeof figures, "lambdaCpuSeconds" | "lambdaPeakMiB">;
  readonly least?: number;
  readonly most?: number;
}

const LIMITS: readonly Limit[] = [
  { figure: "maxReads", most: 24 },
  { figure: "maxBytes", most: 16 * 2 ** 20 },
  { figure: "recordErrorP95Pct", most: 3 },
  { figure: "intervalCoveragePct", least: 90 },
  { figure: "lambdaSeconds", most: 2 },
];

interface Measured {
  readonly reads: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly records: Count;
  readonly truth: number;
}

const random = seeded(1);
const sets = COHORTS.flatMap((cohort) =>
  PACKINGS.map((packing) => ({ cohort, packing, set: tileSet(cohort, packing, random) })),
);
const bySize = await measureSizes();
const byShape = await measureShapes();
const onDisk = await measureDisk();
const lambda = await measureInLambda();

// All of them without an index. The ratio of compression makes BGZF the harder form.
const ofBgzf = byShape.filter((_, index) => sets[Math.floor(index / SHAPES_PER_SET)]?.packing === "bgzf");
const all = [...bySize, ...byShape, ...onDisk];
const estimated = [...byShape, ...onDisk.filter(({ records }) => !records.exact)];
const figures = {
  maxReads: Math.max(...all.map(({ reads }) => reads)),
  maxBytes: Math.max(...all.map(({ bytes }) => bytes)),
  maxSeconds: round(Math.max(...all.map(({ seconds }) => seconds))),
  recordErrorP95Pct: round(percentile(estimated.map(errorPct), 95)),
  recordErrorP95BgzfPct: round(percentile(ofBgzf.map(errorPct), 95)),
  intervalCoveragePct: round((100 * estimated.filter(isCovered).length) / estimated.length),
  ...lambda,
};
const beyond = LIMITS.filter(
  ({ figure, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }) =>
    !(figures[figure] >= least && figures[figure] <= most),
);
const verdicts = LIMITS.map((limit) => [
  limit.figure,
  limit.least === undefined ? `at most ${limit.most}` : `at least ${limit.least}`,
  String(figures[limit.figure]),
  beyond.includes(limit) ? "BEYOND ITS LIMIT" : "",
]);
const notHeld = onDisk.length > 0 ? [] : [["bcftools", "not installed", "no file on disk was held against it", ""]];
console.log(table([["figure", "limit", "measured", ""], ...verdicts, ...notHeld]).join("\n"));
await keepFigures("inspect", figures);
if (beyond.length > 0) process.exitCode = 1;

async function measureSizes(): Promise<Measured[]> {
  const rows: Measured[] = [];
  const { set } = setOf(2_504, "bgzf");
  for (const size of SIZES) rows.push(await measure(set, "chromosomes", size, "bgzf"));
  const sizes = SIZES.map((size) => `${(size / MB).toLocaleString("en", { maximumFractionDigits: 0 })} MB`);
  console.log(
    table([["BGZF of", "reads", "MB read", "seconds", "records", "error %"], ...rows.map(sizeRow)]).join("\n"),
  );
  const sparse = await sparseFile(set, 5_000 * MB);
  console.log(`  sparse on disk, 5,000 MB: ${sizeRow(sparse, 0).slice(1).join("  ")}`);
  return [...rows, sparse];

  function sizeRow({ reads, bytes, seconds, records, truth }: Measured, index: number): string[] {
    const off = (100 * (records.estimate - truth)) / truth;
    return [
      sizes[index] ?? "",
      String(reads),
      (bytes / MB).toFixed(2),
      seconds.toFixed(3),
      thousands(truth),
      off.toFixed(2),
    ];
  }
}

async function measureShapes(): Promise<Measured[]> {
  const rows: Measured[] = [];
  const lines: string[][] = [];
  for (const { cohort, packing, set } of sets) {
    for (const course of Object.keys(COURSES)) {
      const measured: Measured[] = [];
      for (const size of SHAPE_BYTES) measured.push(await measure(set, course, size, packing));
      rows.push(...measured);
      const off = measured.map(({ records, truth }) => ((100 * (records.estimate - truth)) / truth).toFixed(2));
      const covered = measured.filter(isCovered).length;
      lines.push([`${cohort.samples}`, cohort.format, packing, course, ...off, `${covered} of ${measured.length}`]);
    }
  }
  const sizes = SHAPE_BYTES.map((size) => `${(size / MB).toLocaleString("en")} MB`);
  const head = ["samples", "FORMAT", "form", "course", ...sizes, "in the interval"];
  console.log("  Error of the estimate, %, by shape and size");
  console.log(table([head, ...lines]).join("\n"));
  return rows;
}

/** Estimated without the index beside it, and counted with it. */
async function measureDisk(): Promise<Measured[]> {
  if (!hasBcftools()) return [];
  const folder = await mkdtemp(join(tmpdir(), "bench-inspect-"));
  const rows: Measured[] = [];
  const lines: string[][] = [];
  try {
    for (const course of Object.keys(COURSES)) {
      const { set } = setOf(300, "plain");
      const name = course.replaceAll(" ", "-");
      const path = await indexedFile(folder, name, set, COURSES[course] ?? ((_, value) => value), 60);
      const truth = recordsByBcftools(path);
      const source = await openFile(path);
      const estimated = await measureSource(path, source, truth).finally(() => source.close());
      const begun = performance.now();
      const { inspection } = await inspectFiles({ paths: [path], json: false });
      const seconds = (performance.now() - begun) / 1000;
      const { reads, bytesRead: bytes, variants: records } = inspection;
      rows.push(estimated, { reads, bytes, seconds, records, truth });
      const { low = 0, high = 0, estimate } = estimated.records;
      lines.push([course, String(truth), String(records.estimate), `${estimate} (${low} – ${high})`]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(table([["on disk", "bcftools index -n", "with the index", "without"], ...lines]).join("\n"));
  if (rows.some(({ records, truth }) => records.exact && records.estimate !== truth))
    throw new Error("a count from an index is not that of bcftools");
  return rows;
}

/** Of 5 GB each, of a header of 4 MiB, and of 1 TiB with 100,000 samples; seconds with the share of a processor that AWS gives. */
async function measureInLambda(): Promise<{ lambdaSeconds: number; lambdaCpuSeconds: number; lambdaPeakMiB: number }> {
  const small = sets[0];
  if (small === undefined) throw new Error("no cohort");
  const studies = new Map([["warm", studyOf(small, MB)]]);
  for (const one of sets) {
    const { cohort, packing } = one;
    studies.set(`${cohort.samples} ${cohort.format} ${packing}`.replaceAll(/\W+/g, "-"), studyOf(one, 5_000 * MB));
  }
  const { set, cohort } = setOf(2_504, "plain");
  const header = Buffer.concat([
    set.header.subarray(0, FIRST_LINE_BYTES),
    contigLines(4 * 2 ** 20),
    set.header.subarray(FIRST_LINE_BYTES),
  ]);
  studies.set("header-of-4-MiB", studyOf({ set: { ...set, header }, cohort, packing: "plain" }, 5_000 * MB));

  const biobank: Cohort = { samples: 100_000, format: "GT", infoBytes: 60 };
  const tiles = tileSet(biobank, "bgzf", random, 2 ** 18);
  studies.set("100000-GT-bgzf-of-1-TiB", studyOf({ set: tiles, cohort: biobank, packing: "bgzf" }, 2 ** 40));

  const { studies: measured, peakMiB, isLimited } = await measureLambda(LAMBDA_MIB, studies);
  const seconds = measured.map((one) => secondsAt(LAMBDA_MIB, one, isLimited));
  const rows = measured.map(({ study, cpuSeconds }, index) => [
    study,
    (seconds[index] ?? 0).toFixed(2),
    cpuSeconds.toFixed(2),
  ]);
  const how = isLimited ? "limited by control groups" : "not limited: seconds of a processor, divided by its share";
  console.log(`  A Lambda of ${LAMBDA_MIB} MB, ${how}; at most ${peakMiB} MiB resident`);
  console.log(table([["study, of 5 GB", "seconds", "of a processor"], ...rows]).join("\n"));
  const most = (values: readonly number[]) => round(Math.max(...values));
  return {
    lambdaSeconds: most(seconds),
    lambdaCpuSeconds: most(measured.map(({ cpuSeconds }) => cpuSeconds)),
    lambdaPeakMiB: peakMiB,
  };
}

function studyOf({ set, cohort, packing }: (typeof sets)[number], bytes: number): Record<string, ByteSource> {
  const labels = Buffer.from(
    `sample,label\n${Array.from({ length: cohort.samples }, (_, index) => `S${index},${index % 2}\n`).join("")}`,
  );
  const inMemory = {
    byteLength: labels.length,
    slice: async (start: number, end: number) => labels.subarray(start, end),
  };
  const { source } = virtualFile(set, COURSES["chromosomes"] ?? ((_, value) => value), bytes);
  return { [packing === "bgzf" ? "a.vcf.gz" : "a.vcf"]: source, "labels.csv": inMemory };
}

function contigLines(bytes: number): Buffer {
  const line = (index: number) => `##contig=<ID=scaffold_${index},length=${10_000 + index},assembly=made>\n`;
  return Buffer.from(Array.from({ length: bytes / line(10_000).length }, (_, index) => line(index)).join(""));
}

async function measure(set: TileSet, course: string, byteLength: number, packing: Packing): Promise<Measured> {
  const file = virtualFile(set, COURSES[course] ?? ((_, value) => value), byteLength);
  return await measureSource(packing === "bgzf" ? "a.vcf.gz" : "a.vcf", file.source, file.records);
}

async function measureSource(key: string, source: ByteSource, truth: number): Promise<Measured> {
  let reads = 0;
  let bytes = 0;
  const metered: ByteSource = {
    byteLength: source.byteLength,
    async slice(start, end) {
      const part = await source.slice(start, end);
      reads += 1;
      bytes += part.length;
      return part;
    },
  };
  const begun = performance.now();
  const { summary } = await inspectVcf(key, { key, size: source.byteLength, etag: "" }, metered);
  const seconds = (performance.now() - begun) / 1000;
  if (summary === undefined) throw new Error(`${key} could not be inspected`);
  return { reads, bytes, seconds, records: summary.records, truth };
}

/** Only the ranges that inspection reads are on disk; the rest of the file is a hole. */
async function sparseFile(set: TileSet, byteLength: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "bench-inspect-"));
  try {
    const file = virtualFile(set, COURSES["chromosomes"] ?? ((_, value) => value), byteLength);
    await measureSource("a.vcf.gz", file.source, file.records);
    const path = join(folder, "sparse.vcf.gz");
    const handle = await open(path, "w");
    await handle.truncate(file.source.byteLength);
    for (const [start, end] of [...file.ranges])
      await handle.write(await file.source.slice(start, end), 0, undefined, start);
    await handle.close();
    const source = await openFile(path);
    return await measureSource("a.vcf.gz", source, file.records).finally(() => source.close());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function setOf(samples: number, packing: Packing): (typeof sets)[number] {
  const found = sets.find((candidate) => candidate.cohort.samples === samples && candidate.packing === packing);
  if (found === undefined) throw new Error(`no cohort of ${samples} samples`);
  return found;
}

function errorPct({ records, truth }: Measured): number {
  return (100 * Math.abs(records.estimate - truth)) / truth;
}

function isCovered({ records, truth }: Measured): boolean {
  return records.exact || ((records.low ?? 0) <= truth && truth <= (records.high ?? Number.POSITIVE_INFINITY));
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
