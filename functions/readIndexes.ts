/** Indexes that lie beside a study's VCFs. They only spare Convert some reads: whatever is wrong with them, a run goes on without. */
import { byteSource, listStudy } from "../aws/objects.ts";
import { indexesBeside, indexInWords, readBlockIndex } from "../core/bgzf/blockIndex.ts";
import type { FileToSlice } from "../core/matrix/slicePlan.ts";
import type { Run } from "../core/run/run.ts";
import type { ListedObject } from "../core/study/listing.ts";
import { logger } from "./step.ts";

/** The VCFs as inspection found them, those of BGZF with what an index says about their blocks; three small reads each. */
export async function readIndexes({ study, inspection }: Run): Promise<FileToSlice[]> {
  const { bucket, prefix } = study;
  const objects = await listed(study);
  const files: FileToSlice[] = [];
  for (const vcf of inspection?.vcfs ?? []) {
    const indexes = vcf.compression === "bgzf" ? indexesBeside(vcf.key, objects) : [];
    const source = byteSource(bucket, { key: vcf.key, etag: vcf.etag, size: vcf.compressedBytes });
    const index = await readBlockIndex(
      source,
      indexes.map((object) => ({
        name: object.key.slice(prefix.length),
        byteLength: object.size,
        read: () => byteSource(bucket, object).slice(0, object.size),
      })),
    );
    for (const use of index.uses) logger.info(indexInWords(use));
    files.push({ ...vcf, index });
  }
  return files;
}

async function listed(study: Run["study"]): Promise<ListedObject[]> {
  try {
    return await listStudy(study);
  } catch (error) {
    logger.warn("no index is used: the study could not be listed", {
      error: error instanceof Error ? error : undefined,
    });
    return [];
  }
}
