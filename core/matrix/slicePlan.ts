/**
 * Cuts the VCFs of a study into slices that one Lambda each converts. Cuts are plain byte offsets: the reader of a slice
 * finds the first block and the first line behind its cut by itself (blockScan.ts, sliceText.ts), so that no index is
 * needed. Where one is there (.gzi, .tbi, .csi), cuts are moved to blocks that it names; a slice then starts to read at its
 * first block, which spares it a read and the search. An index that is wrong makes it search as without one.
 *
 * The plan is a document of its own in S3. What Step Functions carries is only the number of each slice: 10,000 of them
 * are 48,891 bytes of JSON, of the 262,144 that a payload may have.
 */
import type { BlockIndex, IndexUse } from "../bgzf/blockIndex.ts";
import type { Compression } from "../bgzf/compression.ts";

export type SliceKind = "bgzf" | "plain" | "gzip";

export interface Slice {
  /** Index of the file in the plan. */
  readonly file: number;
  /** Offsets in the file as it lies there, 0-based half-open. */
  readonly start: number;
  readonly end: number;
  readonly kind: SliceKind;
  /** An index says that a BGZF block starts at `start`. */
  readonly startsAtBlock?: boolean;
}

/**
 * What of the file a slice really took, in the file's own bytes: its blocks (BGZF), its lines (plain text) or the whole
 * file (gzip). Spans of neighbours meet; if they do not, records were lost or came twice.
 */
export interface SliceSpan {
  readonly start: number;
  readonly end: number;
}

/** The fields of inspection's VcfSummary that the plan rests on. */
export interface FileToSlice {
  readonly key: string;
  readonly etag: string;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly compression: Compression;
  readonly index?: BlockIndex | undefined;
}

export interface SlicedFile {
  readonly key: string;
  readonly etag: string;
  readonly byteLength: number;
  readonly kind: SliceKind;
  /** Where each slice of the file starts; the first is 0. */
  readonly starts: readonly number[];
  /** Each start is that of a block, as an index says. */
  readonly startsAtBlocks?: boolean;
  /** The indexes beside the file, and whether they were used. */
  readonly indexes?: readonly IndexUse[];
  /** Seconds that its longest slice should take. */
  readonly sliceSeconds: number;
}

export interface SlicePlan {
  readonly files: readonly SlicedFile[];
  readonly sliceCount: number;
}

export type SlicePlanOutcome =
  | { readonly kind: "planned"; readonly plan: SlicePlan }
  /** A slice of this file would not end within a Lambda's time: a gzip file that cannot be cut. */
  | { readonly kind: "too-slow"; readonly key: string; readonly sliceSeconds: number }
  | { readonly kind: "too-many-files"; readonly files: number };

export interface SliceLimits {
  /** What a slice should take: long against a Lambda's start, short enough to be repeated. */
  readonly aimSeconds: number;
  /** Beyond this nothing is planned; a Lambda ends after 900 s. */
  readonly maxSeconds: number;
  readonly minSliceBytes: number;
  readonly maxSlices: number;
  /** Text that one vCPU converts, and bytes that one Lambda receives from S3, per second. */
  readonly textBytesPerSecond: number;
  readonly readBytesPerSecond: number;
}

/**
 * Text that one core converts per second, measured: 637 MB of GT alone (4.1 bytes per genotype) and 303 MB of a wide FORMAT
 * (24.9), 2,504 samples (docs/decisions/matrix-format.md, bench/results/prepare.json). Which of
 * the two a file is like shows only while it is read, so the slower one counts.
 */
const CORE_TEXT_BYTES_PER_SECOND = 303e6;
/** Assumed, not measured: what the one vCPU of a Lambda with 1,769 MB is of that core. */
const LAMBDA_PART_OF_CORE = 0.4;

/**
 * Of the rates, that of the text is derived from what was measured on a laptop's core; that of reading is assumed: 600 Mbit/s,
 * the most that a Lambda is said to get from S3, less a little.
 */
export const LAMBDA_LIMITS: SliceLimits = {
  aimSeconds: 60,
  maxSeconds: 600,
  minSliceBytes: 8 * 2 ** 20,
  maxSlices: 10_000,
  textBytesPerSecond: LAMBDA_PART_OF_CORE * CORE_TEXT_BYTES_PER_SECOND,
  readBytesPerSecond: 70e6,
};

/** Text at which a slice is given up: a quarter more than any slice is planned for, for what is planned is an estimate. */
export const MAX_SLICE_TEXT_BYTES = 1.25 * LAMBDA_LIMITS.maxSeconds * LAMBDA_LIMITS.textBytesPerSecond;

export function planSlices(files: readonly FileToSlice[], limits: SliceLimits = LAMBDA_LIMITS): SlicePlanOutcome {
  if (files.length > limits.maxSlices) return { kind: "too-many-files", files: files.length };
  const sliced = files.map((file) => slicedFile(file, limits, limits.aimSeconds));
  let aimSeconds = limits.aimSeconds;
  while (countOf(sliced) > limits.maxSlices) {
    aimSeconds *= 1.25;
    for (const [index, file] of files.entries()) sliced[index] = slicedFile(file, limits, aimSeconds);
  }
  const slow = sliced.find(({ sliceSeconds }) => sliceSeconds > limits.maxSeconds);
  if (slow) return { kind: "too-slow", key: slow.key, sliceSeconds: slow.sliceSeconds };
  return { kind: "planned", plan: { files: sliced, sliceCount: countOf(sliced) } };
}

/** What the Map runs over: the numbers of all slices. */
export function mapItems(plan: SlicePlan): number[] {
  return Array.from({ length: plan.sliceCount }, (_, index) => index);
}

/** The slice of that number, counted through all files; undefined if there are not as many. */
export function sliceOf(plan: SlicePlan, number: number): Slice | undefined {
  let before = 0;
  for (const [index, file] of plan.files.entries()) {
    const start = file.starts[number - before];
    if (start !== undefined) {
      const end = file.starts[number - before + 1] ?? file.byteLength;
      return { file: index, start, end, kind: file.kind, ...(file.startsAtBlocks && { startsAtBlock: true }) };
    }
    before += file.starts.length;
  }
  return undefined;
}

function countOf(files: readonly SlicedFile[]): number {
  return files.reduce((sum, { starts }) => sum + starts.length, 0);
}

function slicedFile(file: FileToSlice, limits: SliceLimits, aimSeconds: number): SlicedFile {
  const { key, etag, compressedBytes: byteLength } = file;
  const kind: SliceKind = file.compression === "none" ? "plain" : file.compression;
  const fileSeconds = byteLength / limits.readBytesPerSecond + file.uncompressedBytes / limits.textBytesPerSecond;
  const wanted = Math.min(Math.ceil(fileSeconds / aimSeconds), Math.floor(byteLength / limits.minSliceBytes));
  const even = evenCuts(byteLength, kind === "gzip" ? 1 : Math.max(1, wanted));
  const atBlocks = file.index?.blockStarts && movedToBlocks(even, byteLength, file.index.blockStarts);
  const starts = atBlocks ?? even;
  const longest = starts.reduce(
    (longest, start, index) => Math.max(longest, (starts[index + 1] ?? byteLength) - start),
    0,
  );
  const sliceSeconds = Math.ceil((fileSeconds * longest) / Math.max(byteLength, 1));
  const sliced = { key, etag, byteLength, kind, starts, sliceSeconds };
  return file.index ? { ...sliced, ...indexed(file.index, atBlocks !== undefined) } : sliced;
}

function evenCuts(byteLength: number, slices: number): number[] {
  return Array.from({ length: slices }, (_, index) => Math.floor((index * byteLength) / slices));
}

/**
 * Each cut at the next block that the index names; undefined if one would move by more than half a slice, for the slice
 * before it could become too long: an index of a shorter file, or of few regions.
 */
function movedToBlocks(
  cuts: readonly number[],
  byteLength: number,
  blockStarts: ArrayLike<number>,
): number[] | undefined {
  const farthest = byteLength / cuts.length / 2;
  const moved = cuts.map((cut) => firstAtOrBehind(blockStarts, cut) ?? byteLength);
  return moved.every((start, index) => start - (cuts[index] ?? 0) <= farthest) ? moved : undefined;
}

function indexed({ uses }: BlockIndex, startsAtBlocks: boolean): Pick<SlicedFile, "startsAtBlocks" | "indexes"> {
  if (startsAtBlocks) return { startsAtBlocks, indexes: uses };
  const reason = "names too few blocks to cut the file evenly";
  return { indexes: uses.map((use) => (use.kind === "used" ? { kind: "ignored", name: use.name, reason } : use)) };
}

function firstAtOrBehind(ascending: ArrayLike<number>, value: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low];
}
