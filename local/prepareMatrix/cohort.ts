/** Looks into the VCFs before anything is converted, as the pipeline's Inspect does. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type BlockIndex, readBlockIndex } from "../../core/bgzf/blockIndex.ts";
import type { FindingCode } from "../../core/findings/catalogue.ts";
import type { Finding } from "../../core/findings/finding.ts";
import type { VcfSummary } from "../../core/inspect/inspection.ts";
import { inspectVcf } from "../../core/inspect/inspectVcf.ts";
import type { ByteSource } from "../../core/study/byteSource.ts";
import type { StudyObject } from "../../core/study/study.ts";
import { indexFilesBeside } from "../indexFilesBeside.ts";
import { openFile } from "./fileSource.ts";

export interface CohortFile {
  /** As it was given. */
  readonly file: string;
  readonly summary: VcfSummary;
  readonly samples: readonly string[];
  /** Only of BGZF. */
  readonly index?: BlockIndex;
}

export interface Cohort {
  readonly findings: readonly Finding[];
  /** Those whose header could be read. */
  readonly files: readonly CohortFile[];
}

/** What keeps Spark from opening a VCF, and not us: it will open the matrix. */
const ABOUT_SPARK: readonly FindingCode[] = [
  "unreadable-key",
  "compression-differs-from-name",
  "bgz-not-readable-on-aws",
  "gzip-is-one-partition",
  "vcf-header-beyond-line-500",
];

/** Costs at most 24 reads and 16 MiB per file, and an index's. */
export async function inspectCohort(paths: readonly string[]): Promise<Cohort> {
  const findings: Finding[] = [];
  const files: CohortFile[] = [];
  for (const path of paths) {
    const object = await fileObject(path);
    const source = await openFile(path);
    try {
      const inspected = await inspectVcf(path, object, source);
      findings.push(...inspected.findings.filter(({ code }) => !ABOUT_SPARK.includes(code)));
      const { summary, samples } = inspected;
      if (summary && samples) {
        const index = summary.compression === "bgzf" ? await indexOf(path, source) : undefined;
        files.push({ file: path, summary, samples, ...(index && { index }) });
      }
    } finally {
      await source.close();
    }
  }
  return { findings, files };
}

async function indexOf(path: string, source: ByteSource): Promise<BlockIndex> {
  const indexes = (await indexFilesBeside(path)).map(async (index) => {
    const byteLength = (await stat(index).catch(() => undefined))?.size ?? 0;
    return { name: index, byteLength, read: () => readFile(index) };
  });
  return await readBlockIndex(source, await Promise.all(indexes));
}

/** A file as an object of a study. Its time of change stands for the ETag: a digest would cost reading all of it. */
export async function fileObject(path: string): Promise<StudyObject> {
  const { size, mtimeNs, ino } = await stat(path, { bigint: true });
  return { key: resolve(path), size: Number(size), etag: `${ino.toString(36)}-${mtimeNs.toString(36)}` };
}
