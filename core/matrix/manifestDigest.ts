/** Under which name a matrix is kept: equal data and equal filters have one, whoever asks, so that it is made once. */
import { createHash } from "node:crypto";
import type { StudyObject } from "../study/study.ts";
import type { MatrixFilters } from "./filters.ts";

/** Raised when the same study and filters would give other bytes: coding, names, schema, order of rows. */
export const MATRIX_FORMAT_VERSION = 1;

export interface MatrixIdentity {
  /** In the order in which they are converted; the first gives the order of the samples. */
  readonly vcfs: readonly StudyObject[];
  readonly filters: MatrixFilters;
  /** `samplesDigest` of the samples that the filters keep; undefined for all of them. */
  readonly keptSamples?: string | undefined;
}

/** SHA-256, in hexadecimal. */
export function matrixDigest(identity: MatrixIdentity, formatVersion = MATRIX_FORMAT_VERSION): string {
  const { vcfs, filters, keptSamples } = identity;
  const parts = { formatVersion, vcfs: vcfs.map(objectIdentity), filters: plainFilters(filters), keptSamples };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** SHA-256, in hexadecimal, of names in the order of the matrix. */
export function samplesDigest(samples: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(samples)).digest("hex");
}

/** Key prefix of the matrix's objects, ending in "/". */
export function matrixPrefix(digest: string): string {
  return `matrices/${digest}/`;
}

function objectIdentity({ key, size, etag }: StudyObject): unknown[] {
  return [key, size, etag];
}

/** Filters that keep the same records are written the same: switched off is left out, sets are sorted. */
function plainFilters({ minMaf, maxMissing, biallelicOnly, regions }: MatrixFilters): unknown {
  return {
    minMaf,
    maxMissing,
    biallelicOnly: biallelicOnly || undefined,
    regions:
      regions && sortedSet(regions.map(({ contig, firstPos, lastPos }) => JSON.stringify([contig, firstPos, lastPos]))),
  };
}

function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
