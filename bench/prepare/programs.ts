/** The programs side by side, each with one core's worth of threads, reading the same BGZF file. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cost, measured } from "./measure.ts";

export interface Program {
  readonly name: string;
  /** Measured so many times; vcftools takes minutes. */
  readonly runs: number;
  argv(vcf: string, out: string): readonly string[];
}

const COMMAND = join(import.meta.dirname, "..", "..", "local", "prepareMatrix", "command.ts");

export function prepareMatrix(workers: number): Program {
  return {
    name: `prepare-matrix, ${workers} worker${workers === 1 ? "" : "s"}`,
    runs: 3,
    argv: (vcf, out) => [process.execPath, COMMAND, vcf, out, "--workers", String(workers)],
  };
}

export const bgzip: Program = { name: "bgzip -dc", runs: 3, argv: (vcf) => ["bgzip", "-dc", vcf] };
export const bcftools: Program = {
  name: "bcftools annotate",
  runs: 3,
  argv: (vcf, out) => ["bcftools", "annotate", "-x", "INFO,^FORMAT/GT", "-Oz", "-o", out, vcf],
};
export const vcftools: Program = {
  name: "vcftools --012",
  runs: 1,
  argv: (vcf, out) => ["vcftools", "--gzvcf", vcf, "--012", "--out", out],
};
export const plink19: Program = {
  name: "plink1.9 --make-bed",
  runs: 3,
  argv: (vcf, out) => ["plink1.9", "--vcf", vcf, "--make-bed", "--threads", "1", "--memory", "4000", "--out", out],
};
/** It makes no .bed of variants with several alternates: those 0.4 % it passes over, and we do not. */
export const plink2: Program = {
  name: "plink2 --make-bed",
  runs: 3,
  argv: (vcf, out) => {
    const limits = ["--max-alleles", "2", "--threads", "1", "--memory", "4000"];
    return ["plink2", "--vcf", vcf, "--make-bed", ...limits, "--out", out];
  },
};

const PACKAGES = ["bcftools", "tabix", "vcftools", "plink1.9", "plink2", "time"];
const BINARIES = ["bcftools", "bgzip", "vcftools", "plink1.9", "plink2", "time"];

/** Installs what is missing of the Debian packages. */
export function ensurePrograms(): void {
  const isMissing = (name: string) => !existsSync(`/usr/bin/${name}`) && !existsSync(`/usr/local/bin/${name}`);
  if (!BINARIES.some(isMissing)) return;
  const { status } = spawnSync("apt-get", ["install", "-y", ...PACKAGES], { stdio: "inherit" });
  if (status !== 0) throw new Error(`Install the Debian packages ${PACKAGES.join(", ")}.`);
}

/**
 * Alternating, so that what else the machine does falls on all alike; the run of the least CPU seconds counts.
 * @returns the costs in the order of the programs
 */
export async function bestOf(programs: readonly Program[], vcf: string, scratch: string): Promise<Cost[]> {
  const best: (Cost | undefined)[] = programs.map(() => undefined);
  for (let run = 0; run < Math.max(...programs.map(({ runs }) => runs)); run += 1) {
    for (const [index, program] of programs.entries()) {
      if (run >= program.runs) continue;
      const folder = join(scratch, "out");
      await rm(folder, { recursive: true, force: true });
      const cost = await measured([
        "sh",
        "-c",
        'mkdir "$0" && exec "$@"',
        folder,
        ...program.argv(vcf, join(folder, "x")),
      ]);
      console.log(`  ${program.name}: ${cost.cpuSeconds.toFixed(2)} s CPU, ${cost.wallSeconds.toFixed(2)} s`);
      const before = best[index];
      if (before === undefined || cost.cpuSeconds < before.cpuSeconds) best[index] = cost;
    }
  }
  await rm(join(scratch, "out"), { recursive: true, force: true });
  return best.flatMap((cost) => (cost ? [cost] : []));
}
