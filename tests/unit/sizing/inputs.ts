/** The published sizing data and studies of any size, for tests of the model. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Inspection } from "../../../core/inspect/inspection.ts";
import type { SizingData } from "../../../core/sizing/sizingData.ts";
import type { Analysis, Forest } from "../../../core/study/analysis.ts";

export const sizingData: SizingData = JSON.parse(
  readFileSync(
    new URL(
      "../../../layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json",
      import.meta.url,
    ),
    "utf8",
  ),
);

export const defaults: Analysis & Forest = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 };

export const anyAnalysis: fc.Arbitrary<Analysis & Forest> = fc.record(
  {
    trees: fc.integer({ min: 1, max: 10_000 }),
    mtryFraction: fc.integer({ min: 1, max: 1_000 }).map((thousandths) => thousandths / 1_000),
    batchSize: fc.integer({ min: 1, max: 1_000 }),
    seed: fc.constant(13),
    maxDepth: fc.integer({ min: 1, max: 50 }),
  },
  { requiredKeys: ["trees", "mtryFraction", "batchSize", "seed"] },
);

export interface FileParts {
  readonly compression: "none" | "gzip" | "bgzf";
  readonly engineReadable?: boolean;
}

/** What Inspect would find: equal files of a cohort, gzip at one tenth, VCF text at 4.2 bytes per genotype. */
export function inspectionOf(
  samples: number,
  variants: number,
  files: readonly FileParts[],
): Omit<Inspection, "findings"> {
  const records = Math.ceil(variants / files.length);
  return {
    vcfs: files.map(({ compression, engineReadable = true }, index) => {
      const file = `chr${index + 1}.vcf${{ none: "", gzip: ".gz", bgzf: engineReadable ? ".gz" : ".bgz" }[compression]}`;
      const uncompressedBytes = Math.round(records * samples * 4.2);
      return {
        file,
        key: `cohort/${file}`,
        etag: "e",
        compressedBytes: compression === "none" ? uncompressedBytes : Math.ceil(uncompressedBytes / 10),
        compression,
        engineReadable,
        fileFormat: "VCFv4.2",
        sampleCount: samples,
        headerLines: 30,
        records: { estimate: records, exact: true },
        uncompressedBytes,
      };
    }),
    samples,
    variants: { estimate: variants, exact: true },
    reads: 3,
    bytesRead: 1_000,
  };
}

export const anyInspection: fc.Arbitrary<Omit<Inspection, "findings">> = fc
  .record({
    samples: fc.integer({ min: 2, max: 100_000 }),
    variants: fc.integer({ min: 1, max: 50_000_000 }),
    files: fc.array(fc.record({ compression: fc.constantFrom("none", "gzip", "bgzf") }), {
      minLength: 1,
      maxLength: 30,
    }),
  })
  .map(({ samples, variants, files }) => inspectionOf(samples, variants, files));
