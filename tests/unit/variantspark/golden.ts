/**
 * Logs of real runs of VariantSpark 0.5.5 on Spark 3.5.9 and Java 17 with the 1000 Genomes chr22 sample, on local[2]
 * and on a standalone master with two workers. Lines that say nothing about progress were taken out, sample names and
 * paths replaced.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { EngineProgress } from "../../../core/variantspark/driverLog.ts";

export interface GoldenRun {
  readonly name: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** What its log tells, without the cursor. */
  readonly expected: Omit<EngineProgress, "cursor">;
}

const folder = new URL("golden/", import.meta.url);

export const goldenRuns: readonly GoldenRun[] = readdirSync(folder).map((name) => ({
  name,
  stdout: linesOf(`${name}/stdout.txt`),
  stderr: linesOf(`${name}/stderr.txt`),
  expected: JSON.parse(readFileSync(new URL(`${name}/expected.json`, folder), "utf8")),
}));

function linesOf(file: string): string[] {
  return readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n");
}
