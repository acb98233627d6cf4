import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "./engine/engine.ts";

/**
 * Lays out the 1000 Genomes chr22 sample that the variant-spark package ships as a study: its phenotype is the genotype
 * of 22_16050408, so that variant should come first. With 100 trees and the engine's own mtry it does not.
 */
export async function exampleStudy({ exampleCohort }: Engine, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of ["chr22_1000.vcf.gz", "chr22-labels.csv"])
    await copyFile(join(exampleCohort, name), join(folder, name));
  const analysis = { labelColumn: "22_16050408", trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 };
  await writeFile(join(folder, "analysis.json"), JSON.stringify(analysis, null, 2));
  return folder;
}
