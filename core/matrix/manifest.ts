/**
 * Seals a matrix: from what each slice says it did follows that nothing was lost and nothing came twice, or the reasons
 * why not. Only a sealed matrix is ever used. The manifest depends on the data alone, not on when or how often a slice
 * was converted, so that sealing again writes the same bytes.
 */
import type { StudyObject } from "../study/study.ts";
import type { SliceCounts } from "./convertSliceRows.ts";
import type { MatrixFilters } from "./filters.ts";
import { MATRIX_FORMAT_VERSION } from "./manifestDigest.ts";
import type { SlicedFile, SliceKind, SlicePlan, SliceSpan } from "./slicePlan.ts";

/** What the conversion of one slice left behind. */
export interface SliceResult {
  /** Number of the slice in the plan. */
  readonly slice: number;
  readonly counts: SliceCounts;
  /** Undefined if no line started in it. */
  readonly span?: SliceSpan | undefined;
  /** The Parquet file, named relative to the matrix's prefix; none if there were no rows. */
  readonly part?: { readonly name: string; readonly bytes: number } | undefined;
}

export interface MatrixSource extends SliceCounts {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly kind: SliceKind;
  readonly slices: number;
  /** Missing genotypes over genotypes, of the rows written; 0 without rows. */
  readonly missingFraction: number;
}

export interface MatrixManifest {
  readonly formatVersion: number;
  readonly digest: string;
  readonly sampleCount: number;
  readonly filters: MatrixFilters;
  readonly sources: readonly MatrixSource[];
  readonly totals: SliceCounts;
  /** In the order of the records. */
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly rows: number }[];
}

export type SealRefusalCode =
  | "source-changed"
  | "slice-missing"
  | "slice-twice"
  | "slice-unknown"
  | "counts-differ"
  | "part-missing"
  | "spans-apart"
  | "no-rows";

export interface SealRefusal {
  readonly code: SealRefusalCode;
  /** What and where, in words. */
  readonly detail: string;
}

export type Seal =
  | { readonly kind: "sealed"; readonly manifest: MatrixManifest }
  | { readonly kind: "refused"; readonly reasons: readonly SealRefusal[] };

export interface SealInput {
  readonly digest: string;
  readonly filters: MatrixFilters;
  /** Columns of the matrix. */
  readonly sampleCount: number;
  readonly plan: SlicePlan;
  /** The VCFs as they lie there now, in the plan's order. */
  readonly sources: readonly StudyObject[];
  /** In any order. */
  readonly results: readonly SliceResult[];
}

export function sealMatrix(input: SealInput): Seal {
  const { plan, digest, filters, sampleCount } = input;
  const results = input.results.toSorted((a, b) => a.slice - b.slice);
  const ofFiles = resultsOfFiles(plan, results);
  const sources = plan.files.map((file, index) => matrixSource(file, ofFiles[index] ?? []));
  const totals = sumOf(sources);
  const reasons = [
    ...changedSources(plan, input.sources),
    ...wrongSlices(plan, results),
    ...results.flatMap((result) => wrongCounts(result, sampleCount)),
    ...plan.files.flatMap((file, index) => spansApart(file, ofFiles[index] ?? [])),
    ...(totals.rowsOut === 0
      ? [{ code: "no-rows" as const, detail: `None of ${totals.recordsIn} records was kept` }]
      : []),
  ];
  if (reasons.length > 0) return { kind: "refused", reasons };
  const parts = results.flatMap(({ part, counts }) => (part ? [{ ...part, rows: counts.rowsOut }] : []));
  const formatVersion = MATRIX_FORMAT_VERSION;
  return { kind: "sealed", manifest: { formatVersion, digest, sampleCount, filters, sources, totals, parts } };
}

function resultsOfFiles({ files }: SlicePlan, results: readonly SliceResult[]): SliceResult[][] {
  let end = 0;
  return files.map(({ starts }) => {
    const start = end;
    end += starts.length;
    return results.filter(({ slice }) => slice >= start && slice < end);
  });
}

function matrixSource(file: SlicedFile, results: readonly SliceResult[]): MatrixSource {
  const { key, etag, byteLength: size, kind, starts } = file;
  const counts = sumOf(results.map((result) => result.counts));
  const missingFraction = counts.genotypes === 0 ? 0 : counts.missing / counts.genotypes;
  return { key, etag, size, kind, slices: starts.length, ...counts, missingFraction };
}

const noCounts: SliceCounts = {
  recordsIn: 0,
  rowsOut: 0,
  droppedBy: { region: 0, "not-biallelic": 0, missing: 0, maf: 0 },
  genotypes: 0,
  missing: 0,
};

function sumOf(counts: readonly SliceCounts[]): SliceCounts {
  return counts.reduce(
    (sum, { recordsIn, rowsOut, droppedBy, genotypes, missing }) => ({
      recordsIn: sum.recordsIn + recordsIn,
      rowsOut: sum.rowsOut + rowsOut,
      droppedBy: {
        region: sum.droppedBy.region + droppedBy.region,
        "not-biallelic": sum.droppedBy["not-biallelic"] + droppedBy["not-biallelic"],
        missing: sum.droppedBy.missing + droppedBy.missing,
        maf: sum.droppedBy.maf + droppedBy.maf,
      },
      genotypes: sum.genotypes + genotypes,
      missing: sum.missing + missing,
    }),
    noCounts,
  );
}

function changedSources({ files }: SlicePlan, sources: readonly StudyObject[]): SealRefusal[] {
  return files.flatMap(({ key, etag, byteLength }, index) => {
    const source = sources[index];
    if (source?.key === key && source.etag === etag && source.size === byteLength) return [];
    return [{ code: "source-changed", detail: `${key} is not the object any more that the slices were planned for` }];
  });
}

/** Every slice of the plan exactly once, and no other. */
function wrongSlices({ sliceCount }: SlicePlan, results: readonly SliceResult[]): SealRefusal[] {
  const times = new Map<number, number>();
  for (const { slice } of results) times.set(slice, (times.get(slice) ?? 0) + 1);
  const reasons: SealRefusal[] = [];
  for (let slice = 0; slice < sliceCount; slice += 1) {
    if (!times.has(slice)) reasons.push({ code: "slice-missing", detail: `Slice ${slice} left no result` });
  }
  for (const [slice, count] of times) {
    const isPlanned = Number.isInteger(slice) && slice >= 0 && slice < sliceCount;
    if (!isPlanned) reasons.push({ code: "slice-unknown", detail: `Slice ${slice} was not planned` });
    if (count > 1) reasons.push({ code: "slice-twice", detail: `Slice ${slice} left ${count} results` });
  }
  return reasons;
}

function wrongCounts({ slice, counts, part }: SliceResult, sampleCount: number): SealRefusal[] {
  const { recordsIn, rowsOut, droppedBy, genotypes, missing } = counts;
  const reasons: SealRefusal[] = [];
  const dropped = Object.values(droppedBy).reduce((sum, records) => sum + records, 0);
  const all = [recordsIn, rowsOut, genotypes, missing, ...Object.values(droppedBy)];
  const addUp = recordsIn === rowsOut + dropped && genotypes === rowsOut * sampleCount && missing <= genotypes;
  if (!addUp || !all.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    const detail = `Slice ${slice}: ${recordsIn} records in, ${rowsOut} rows out, ${dropped} dropped, ${genotypes} genotypes of ${sampleCount} samples, ${missing} missing`;
    reasons.push({ code: "counts-differ", detail });
  }
  if (rowsOut > 0 !== (part !== undefined)) {
    reasons.push({ code: "part-missing", detail: `Slice ${slice}: ${rowsOut} rows, ${part ? "a" : "no"} part` });
  }
  return reasons;
}

/** The spans of a file's slices must cover it from its first byte to its last, each starting where the one before ends. */
function spansApart({ key, byteLength }: SlicedFile, results: readonly SliceResult[]): SealRefusal[] {
  const spans = results.flatMap(({ slice, span }) => (span ? [{ slice, ...span }] : []));
  const reasons: SealRefusal[] = [];
  let end = 0;
  for (const span of [...spans, { slice: "the file's end", start: byteLength, end: byteLength }]) {
    const place = typeof span.slice === "number" ? `slice ${span.slice}` : span.slice;
    if (span.start !== end)
      reasons.push({ code: "spans-apart", detail: `${key}: ${place} starts at byte ${span.start}, not ${end}` });
    end = span.end;
  }
  return reasons;
}
