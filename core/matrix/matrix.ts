/** A sealed matrix as a run's record names it. */
import type { SliceCounts } from "./convertSliceRows.ts";
import type { MatrixManifest } from "./manifest.ts";

export interface Matrix {
  readonly digest: string;
  readonly samples: number;
  /** Variants kept. */
  readonly rows: number;
  /** Size of the Parquet files. */
  readonly bytes: number;
  readonly parts: number;
  /** Records in, kept and dropped by reason, genotypes and missing ones. */
  readonly totals: SliceCounts;
}

export function matrixOf({ digest, sampleCount, totals, parts }: MatrixManifest): Matrix {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { digest, samples: sampleCount, rows: totals.rowsOut, bytes, parts: parts.length, totals };
}
