/**
 * Several VCFs, one per chromosome perhaps, become one matrix: their samples must be the same, in whatever order. The
 * matrix has the first file's order, as far as its samples are kept.
 */
import { duplicates } from "../vcf/header.ts";
import { columnOrder } from "./filters.ts";

export interface FileSamples {
  readonly file: string;
  /** Names in the order of the #CHROM line. */
  readonly samples: readonly string[];
}

export type SampleOrder =
  | {
      readonly kind: "ordered";
      /** Columns of the matrix. */
      readonly samples: readonly string[];
      /** For each file, the sample of each column; undefined where the file's own order is the matrix's. */
      readonly columnOrders: readonly (Uint32Array | undefined)[];
    }
  | SampleRefusal;

export interface SampleRefusal {
  readonly kind: "refused";
  /** As in the catalogue of findings. */
  readonly code: "vcf-samples-duplicate" | "vcfs-samples-differ";
  readonly file: string;
  /** How many names occur twice in the file, or are in it or in the first file alone. */
  readonly count: number;
  /** At most three of them. Names of samples: for the researcher's eyes, not for logs. */
  readonly examples: readonly string[];
}

/** @param keep the samples that filters keep, of the first file's and in their order; all if left out */
export function sampleOrder(
  files: readonly FileSamples[],
  keep: (samples: readonly string[]) => readonly string[] = (samples) => samples,
): SampleOrder {
  for (const { file, samples } of files) {
    const twice = duplicates(samples);
    if (twice.length > 0) return refused("vcf-samples-duplicate", file, twice);
  }
  const first = files[0]?.samples ?? [];
  for (const { file, samples } of files) {
    const differing = [...missingFrom(samples, first), ...missingFrom(first, samples)];
    if (differing.length > 0) return refused("vcfs-samples-differ", file, differing);
  }
  const kept = keep(first);
  return { kind: "ordered", samples: kept, columnOrders: files.map(({ samples }) => columnOrder(samples, kept)) };
}

function refused(code: SampleRefusal["code"], file: string, names: readonly string[]): SampleRefusal {
  return { kind: "refused", code, file, count: names.length, examples: names.slice(0, 3) };
}

function missingFrom(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(names);
  return others.filter((name) => !known.has(name));
}
