/** Studies in memory: what inspection needs, made of a record of file name → content. */
import { type InspectedStudy, inspectStudy } from "../../../core/inspect/inspectStudy.ts";
import type { ByteSource } from "../../../core/study/byteSource.ts";
import { type StudyObject, studyFolder } from "../../../core/study/study.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

const PREFIX = "cohort/";

export function inspected(files: Files, analysis: Parameters<typeof inspectStudy>[1] = {}): Promise<InspectedStudy> {
  const contents = new Map(Object.entries(files).map(([name, content]) => [PREFIX + name, Buffer.from(content)]));
  const objects = [...contents].map(
    ([key, { length }]): StudyObject => ({ key, size: length, etag: `etag of ${key}` }),
  );
  const open = async ({ key }: StudyObject) => inMemory(contents.get(key) ?? new Uint8Array());
  return inspectStudy({ ...studyFolder(objects, PREFIX), prefix: PREFIX }, analysis, open);
}

/** Codes of the findings, sorted, for comparison with what a test expects. */
export async function codesOf(files: Files, analysis: Parameters<typeof inspectStudy>[1] = {}): Promise<string[]> {
  const { inspection } = await inspected(files, analysis);
  return inspection.findings.map(({ code }) => code).sort();
}

function inMemory(bytes: Uint8Array): ByteSource {
  return { byteLength: bytes.length, slice: async (start, end) => bytes.slice(start, end) };
}

export const FIXED_COLUMNS = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"];

export interface VcfParts {
  readonly samples?: readonly string[];
  readonly records?: number;
  /** Replaces the first line. */
  readonly fileFormat?: string;
  /** Lines between the first one and the #CHROM line. */
  readonly meta?: readonly string[];
  /** Replaces the #CHROM line. */
  readonly columnsLine?: string;
  readonly format?: string;
  readonly contig?: string;
}

/** A sound VCF, but for the parts given. Lengths of INFO and genotypes vary from record to record. */
export function vcfText(parts: VcfParts = {}): string {
  const {
    samples = ["S1", "S2", "S3", "S4"],
    records = 20,
    fileFormat = "##fileformat=VCFv4.2",
    meta = [],
    format = "GT",
    contig = "22",
  } = parts;
  const columnsLine = parts.columnsLine ?? [...FIXED_COLUMNS, ...samples].join("\t");
  const lines = [...(fileFormat ? [fileFormat] : []), ...meta, columnsLine];
  for (let index = 0; index < records; index += 1) lines.push(recordLine(index, samples.length, format, contig));
  return `${lines.join("\n")}\n`;
}

export function recordLine(index: number, samples: number, format = "GT", contig = "22"): string {
  const genotypes = Array.from(
    { length: samples },
    (_, sample) => ["0|0", "0|1", "1|1"][(index * 7 + sample * index) % 3] ?? "",
  );
  const info = `AF=0.${(index * 7919) % 1000};NOTE=${"x".repeat((index * 31) % 17)}`;
  return [contig, String(16_050_000 + index), ".", "A", "C", ".", "PASS", info, format, ...genotypes].join("\t");
}

/** Labels 0 and 1 in turn. */
export function labelsText(samples: readonly string[] = ["S1", "S2", "S3", "S4"]): string {
  return `sample,label\n${samples.map((sample, index) => `${sample},${index % 2}\n`).join("")}`;
}
