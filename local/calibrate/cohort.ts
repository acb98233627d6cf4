/** Made cohorts on disk: the same genotypes as plain VCF parts or as the genotype matrix, with a table of labels. */

import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { columnsFile } from "../../core/matrix/columnsFile.ts";
import { MatrixPart } from "../../core/matrix/matrixPart.ts";
import { drawRow, labelsOf } from "./genotypes.ts";

export interface CohortShape {
  readonly variants: number;
  readonly samples: number;
  /** wide-vcf: GT:AD:DP:GQ:PL, 25 bytes per genotype; vcf: GT alone, 4 bytes. */
  readonly format: "vcf" | "wide-vcf" | "matrix";
  /** Files, each of which is one partition when it stays below 32 MiB. */
  readonly parts: number;
  readonly seed: number;
}

export interface Cohort {
  /** Folder of the VCF parts or of the matrix. */
  readonly input: string;
  readonly labels: string;
  /** Bytes of VCF text; 0 for the matrix. */
  readonly textBytes: number;
  /** Bytes of the largest file. */
  readonly largestPartBytes: number;
}

/** Fractions of the samples that are cases, by the column of the labels table. */
export const labelColumns = { balanced: 0.5, unbalanced: 0.15 } as const;
export type LabelColumn = keyof typeof labelColumns;

/** Finds it in `folder` or makes it there; a half-made one is made again. */
export async function cohortIn(folder: string, shape: CohortShape): Promise<Cohort> {
  const { variants, samples, format, parts, seed } = shape;
  const made = join(folder, `${format}-${variants}x${samples}-${parts}-${seed}`);
  const input = join(made, "input");
  if (!existsSync(made)) {
    const unfinished = `${made}.part`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(join(unfinished, "input"), { recursive: true });
    await writeFile(join(unfinished, "labels.csv"), labelsTable(shape));
    await (format === "matrix" ? writeMatrix : writeVcf)(join(unfinished, "input"), shape);
    await rename(unfinished, made);
  }
  const names = (await readdir(input)).filter((name) => name.startsWith("part-"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(input, name))).size));
  const textBytes = format === "matrix" ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  return { input, labels: join(made, "labels.csv"), textBytes, largestPartBytes: Math.max(...sizes) };
}

function labelsTable({ samples, seed }: CohortShape): string {
  const columns = Object.values(labelColumns).map((cases) => labelsOf(seed, samples, cases));
  const rows = sampleNames(samples).map((name, sample) => [name, ...columns.map((labels) => labels[sample])].join(","));
  return `${[["sample", ...Object.keys(labelColumns)].join(","), ...rows].join("\n")}\n`;
}

function sampleNames(samples: number): string[] {
  return Array.from({ length: samples }, (_, sample) => `S${String(sample).padStart(6, "0")}`);
}

/** Rows of each part, half-open. */
function partRanges({ variants, parts }: CohortShape): [number, number][] {
  const cut = (part: number) => Math.round((variants * part) / parts);
  return Array.from({ length: parts }, (_, part) => [cut(part), cut(part + 1)]);
}

function partName(part: number): string {
  return `part-${String(part).padStart(5, "0")}`;
}

function variantAt(row: number): { pos: number; ref: string; alt: string } {
  return { pos: 16_050_000 + 33 * row, ref: "ACGT".charAt(row % 4), alt: "ACGT".charAt((row + 1) % 4) };
}

async function writeMatrix(folder: string, shape: CohortShape): Promise<void> {
  const { samples, seed } = shape;
  const pageRows = Math.max(1, Math.floor(2 ** 20 / samples));
  const page = Buffer.alloc(pageRows * (4 + samples));
  for (const [part, [start, end]] of partRanges(shape).entries()) {
    const file = await open(join(folder, `${partName(part)}.parquet`), "w");
    const matrix = new MatrixPart({ write: async (bytes) => void (await file.write(bytes)) }, Number.POSITIVE_INFINITY);
    for (let first = start; first < end; first += pageRows) {
      const rows = Math.min(pageRows, end - first);
      const labels = Array.from({ length: rows }, (_, index) => {
        const { pos, ref, alt } = variantAt(first + index);
        const at = page.writeUInt32LE(samples, index * (4 + samples));
        drawRow(seed, first + index, page.subarray(at, at + samples));
        return Buffer.from(`22_${pos}_${ref}_${alt}`);
      });
      await matrix.writeRows(labels, page.subarray(0, rows * (4 + samples)));
    }
    await matrix.finish();
    await file.close();
  }
  await writeFile(join(folder, "_columns"), columnsFile(sampleNames(samples)));
}

async function writeVcf(folder: string, shape: CohortShape): Promise<void> {
  const { samples, seed, format } = shape;
  const [columns, cells] = format === "vcf" ? NARROW : WIDE;
  const head = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...sampleNames(samples)];
  const header = `##fileformat=VCFv4.2\n##contig=<ID=22,length=51304566>\n${FORMAT_LINES}${head.join("\t")}\n`;
  const [homRef, het, homAlt] = cells.map((cell) => Buffer.from(cell)) as [Buffer, Buffer, Buffer];
  const cellBytes = homRef.length;
  const genotypes = Buffer.alloc(samples * cellBytes);
  const dosages = new Uint8Array(samples);
  for (const [part, [start, end]] of partRanges(shape).entries()) {
    const stream = createWriteStream(join(folder, `${partName(part)}.vcf`));
    stream.write(header);
    for (let row = start; row < end; row += 1) {
      drawRow(seed, row, dosages);
      for (const [sample, dosage] of dosages.entries())
        genotypes.set(dosage === 0 ? homRef : dosage === 1 ? het : homAlt, sample * cellBytes);
      const { pos, ref, alt } = variantAt(row);
      const fixed = `22\t${pos}\t.\t${ref}\t${alt}\t100\tPASS\t.\t${columns}`;
      if (!stream.write(Buffer.concat([Buffer.from(fixed), genotypes, NEWLINE]))) await once(stream, "drain");
    }
    stream.end();
    await once(stream, "close");
  }
}

const NEWLINE = Buffer.from("\n");
/** The FORMAT column, and the cells of dosage 0, 1 and 2, all of the same length. */
const NARROW = ["GT", ["\t0|0", "\t0|1", "\t1|1"]] as const;
const WIDE = [
  "GT:AD:DP:GQ:PL",
  ["\t0/0:23,00:23:69:0,69,1035", "\t0/1:12,11:23:99:322,0,345", "\t1/1:00,23:23:69:1035,69,0"],
] as const;
const FORMAT_LINES = ["GT,Number=1,Type=String", "AD,Number=R,Type=Integer", "DP,Number=1,Type=Integer"]
  .concat(["GQ,Number=1,Type=Integer", "PL,Number=G,Type=Integer"])
  .map((format) => `##FORMAT=<ID=${format},Description="As in GATK">\n`)
  .join("");
