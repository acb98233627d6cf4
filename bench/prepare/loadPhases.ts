/** How long VariantSpark takes until it can grow trees: zipWithIndex and count over all variants, from its own log. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ImportanceInput, importanceArguments } from "../../core/variantspark/importanceArguments.ts";
import type { Engine } from "../../local/engine/engine.ts";
import { type BenchVcf, SAMPLES } from "./cohorts.ts";

/** Plain text is what VariantSpark reads side by side; Spark cuts these further, at 32 MiB. */
const VCF_PARTS = 8;
/** Splits of the matrix, for two cores. */
const PARTITIONS = 8;

/** The VCF in parts of plain text, each with the header. @returns their folder */
export async function plainParts({ path, records }: BenchVcf): Promise<string> {
  const folder = path.replace(/\.vcf\.gz$/, "-parts");
  if (existsSync(folder)) return folder;
  console.log(`Making ${folder}`);
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const bgzip = spawn("bgzip", ["-dc", path], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(bgzip, "close");
  const header: string[] = [];
  let row = 0;
  let part = createWriteStream("/dev/null");
  for await (const line of createInterface({ input: bgzip.stdout })) {
    if (line.startsWith("#")) {
      header.push(`${line}\n`);
      continue;
    }
    if (row % Math.ceil(records / VCF_PARTS) === 0) {
      await closed(part);
      part = createWriteStream(join(unfinished, `part-${row}.vcf`));
      part.write(header.join(""));
    }
    row += 1;
    if (!part.write(`${line}\n`)) await once(part, "drain");
  }
  await closed(part);
  if ((await ended)[0] !== 0) throw new Error("bgzip failed");
  await rename(unfinished, folder);
  return folder;
}

export interface LoadSeconds {
  readonly zipWithIndex: number;
  readonly count: number;
}

/** One tree of one level follows the load, because VariantSpark does nothing less. */
export async function loadSeconds(
  engine: Engine,
  input: ImportanceInput,
  bytes: number,
  scratch: string,
): Promise<LoadSeconds> {
  const labelsUri = join(scratch, "labels.csv");
  const labels = Array.from({ length: SAMPLES }, (_, index) => `HG${String(index).padStart(5, "0")},${index % 2}\n`);
  await writeFile(labelsUri, `sample,label\n${labels.join("")}`);
  const argv = importanceArguments({
    inputs: [input],
    labelsUri,
    labelColumn: "label",
    outputUri: join(scratch, "importance.csv"),
    analysis: { trees: 1, mtryFraction: 0.001, batchSize: 1, seed: 1, maxDepth: 1 },
    variantsReported: 10,
  });
  const settings = [
    ["spark.ui.enabled", "false"],
    ["spark.local.dir", scratch],
    ["spark.sql.files.maxPartitionBytes", String(Math.ceil(bytes / PARTITIONS))],
    ["spark.sql.files.openCostInBytes", "0"],
  ].flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const mainClass = ["--class", "au.csiro.variantspark.cli.VariantSparkApp", engine.variantSparkJar];
  const child = spawn(
    join(engine.sparkHome, "bin", "spark-submit"),
    ["--master", "local[2]", "--driver-memory", "4g", ...settings, ...mainClass, ...argv],
    {
      cwd: scratch,
      env: { ...process.env, JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const ended = once(child, "close");
  const seconds: Partial<Record<string, number>> = {};
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const [, phase, took] =
      /Job \d+ finished: (zipWithIndex|count) at ImportanceCmd\S*, took ([\d.]+) s/.exec(line) ?? [];
    if (phase !== undefined) seconds[phase] = (seconds[phase] ?? 0) + Number(took);
  }
  const [exitCode] = await ended;
  const { zipWithIndex, count } = seconds;
  if (exitCode === 0 && zipWithIndex !== undefined && count !== undefined) return { zipWithIndex, count };
  throw new Error(`VariantSpark ended with ${exitCode}: ${said.slice(-20).join("\n")}`);
}

async function closed(stream: ReturnType<typeof createWriteStream>): Promise<void> {
  stream.end();
  await once(stream, "close");
}
