/**
 * `npm run bench:report`: what a report costs. A made result of 10 million variants over the lengths of a human genome,
 * in no order, is read, ranked, judged, drawn and written by one process on one core with the heap of a Lambda of 2 GB.
 *
 *   --variants N  another number of variants
 */
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readImportance } from "../core/report/importanceTable.ts";
import { pngRenderer } from "../core/report/png.ts";
import { type ResultFile, resultSet } from "../core/report/resultSet.ts";
import type { Run } from "../core/run/run.ts";
import { initialProgress } from "../core/variantspark/driverLog.ts";
import { keepFigures } from "./keepFigures.ts";
import { measured } from "./prepare/measure.ts";

/** Of the human chromosomes 1 to 22, in megabases. */
const lengths = [249, 242, 198, 190, 182, 171, 159, 145, 138, 134, 135, 133, 114, 107, 102, 90, 83, 80, 59, 64, 47, 51];
const megabases = lengths.reduce((sum, length) => sum + length, 0);
const bases = ["A", "C", "G", "T"];

const project = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: { variants: { type: "string", default: "10000000" }, csv: { type: "string" } },
});

if (options.csv === undefined) await bench(Number(options.variants));
else await report(options.csv);

async function bench(variants: number): Promise<void> {
  const csv = await madeResult(join(project, ".local/bench"), variants);
  const oneCore = process.platform === "linux" ? ["taskset", "-c", "0"] : [];
  const node = [process.execPath, "--max-old-space-size=1700", import.meta.filename, "--csv", csv];
  const { wallSeconds, cpuSeconds, peakMiB } = await measured([...oneCore, ...node]);
  const html = await stat(join(project, ".local/bench/report.html"));
  const figures = { variants, seconds: wallSeconds, cpuSeconds, peakMiB: Math.round(peakMiB), reportBytes: html.size };
  await keepFigures("report", figures);
}

/** What the function report does between reading and writing; the HTML is kept to be looked at. */
async function report(csv: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const wasm = readFileSync(require.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  const toPng = await pngRenderer(wasm, readFileSync(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")));
  const reading = await readImportance(createReadStream(csv));
  if (reading.kind === "malformed") throw new Error(`line ${reading.line} is malformed`);
  const sizingData = JSON.parse(
    readFileSync(
      join(project, "layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json"),
      "utf8",
    ),
  );
  const { files } = resultSet(finishedRun(), { table: reading.table }, toPng, sizingData, new Date());
  const folder = await mkdtemp(join(tmpdir(), "bench-report-"));
  try {
    for (const file of files) await write(join(folder, file.name), file);
    await rename(join(folder, "report.html"), join(project, ".local/bench/report.html"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function write(path: string, { pieces }: ResultFile): Promise<void> {
  await using file = await open(path, "w");
  for (const piece of pieces) await file.write(Buffer.from(piece));
}

/** A run that asked for all that a report can show, 290 s long. */
function finishedRun(): Run {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
  const configuration = {
    instanceTypes: ["r6a.xlarge"],
    nodes: 2,
    executorsPerNode: 1,
    coresPerExecutor: 3,
    executorMemoryMiB: 26_000,
    executorOverheadMiB: 2_600,
    driverCores: 1,
    driverMemoryMiB: 4_096,
    driverOverheadMiB: 512,
    partitions: 12,
    partitionBytes: 1e6,
    batchSize: 100,
  };
  const exactly = (value: number) => ({ low: value, expected: value, high: value });
  const option = {
    where: "aws-spot" as const,
    prepare: false,
    prepareSeconds: exactly(0),
    runSeconds: exactly(200),
    costUsd: exactly(0.2),
    costParts: {},
    phases: { start: 100, load: 50, trees: 40, finish: 10 },
    configuration,
  };
  return {
    id: "bench-0123456789ab",
    study: { bucket: "inbox", prefix: "bench/" },
    digest: "0".repeat(64),
    state: "Report",
    history: [
      { state: "Provision", at: at(0) },
      { state: "Observe", at: at(100) },
      { state: "Report", at: at(290) },
    ],
    findings: [],
    analysis: { trees: 500, mtryFraction: 0.1, seed: 13, oobError: true, localFdr: true },
    estimate: { options: [option], curve: [], message: "", cachedBytes: 1e9, basis: "" },
    choice: { where: "aws-spot", prepare: false, at: at(0), by: "researcher", approvedUsd: 1 },
    progress: {
      ...initialProgress(500),
      oobErrors: Array.from({ length: 256 }, (_, index) => ({ trees: index + 1, error: 1 / (index + 2) })),
    },
  };
}

/** The file, made once: log importances are skew-normal, one in 33,333 lies far above. */
async function madeResult(folder: string, variants: number): Promise<string> {
  const path = join(folder, `importance-${variants}.csv`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const out = createWriteStream(`${path}.part`);
  const random = seeded(12_345);
  out.write("variable,importance\n");
  for (let made = 0; made < variants; made += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, variants - made) }, (_, index) => madeRow(random, made + index));
    if (!out.write(rows.join(""))) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  await rename(`${path}.part`, path);
  return path;
}

function madeRow(random: () => number, index: number): string {
  let [contig, place] = [0, random() * megabases];
  for (; place >= (lengths[contig] ?? Infinity); contig++) place -= lengths[contig] ?? 0;
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const log = index % 33_333 === 7 ? -7 + 0.7 * normal() : -14 + Math.abs(normal()) + 0.45 * normal();
  const base = () => bases[Math.floor(random() * 4)];
  return `chr${contig + 1}_${Math.floor(place * 1e6) + 1}_${base()}_${base()},${Math.exp(log)}\n`;
}

/** Numbers from 0 to 1, the same ones every time (Numerical Recipes, 7.1, "quick and dirty"). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
