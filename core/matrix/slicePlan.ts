/**
 * Cuts the VCFs of a study into slices that one Lambda each converts. Cuts are plain byte offsets: the reader of a slice
 * finds the first block and the first line behind its cut by itself (blockScan.ts, sliceText.ts), so that no index is
 * needed. Where bgzip's index (.gzi) is there, cuts are moved to the blocks that it names.
 *
 * The plan is a document of its own in S3. What Step Functions carries is only the number of each slice: 10,000 of them
 * are 48,891 bytes of JSON, of the 262,144 that a payload may have.
 */
import type { Compression } from "../bgzf/compression.ts";

export type SliceKind = "bgzf" | "plain" | "gzip";

export interface Slice {
  /** Index of the file in the plan. */
  readonly file: number;
  /** Offsets in the file as it lies there, 0-based half-open. */
  readonly start: number;
  readonly end: number;
  readonly kind: SliceKind;
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
  /** Compressed offsets of the blocks' starts, ascending from 0, as a .gzi names them. */
  readonly blockStarts?: ArrayLike<number> | undefined;
}

export interface SlicedFile {
  readonly key: string;
  readonly etag: string;
  readonly byteLength: number;
  readonly kind: SliceKind;
  /** Where each slice of the file starts; the first is 0. */
  readonly starts: readonly number[];
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
 * A Lambda with 1,769 MB has one vCPU. The rates are cautious: half or less of what one core of a laptop does, and the
 * 600 Mbit/s that a Lambda gets from S3.
 */
export const LAMBDA_LIMITS: SliceLimits = {
  aimSeconds: 60,
  maxSeconds: 600,
  minSliceBytes: 8 * 2 ** 20,
  maxSlices: 10_000,
  textBytesPerSecond: 150e6,
  readBytesPerSecond: 70e6,
};

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
      return { file: index, start, end: file.starts[number - before + 1] ?? file.byteLength, kind: file.kind };
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
  const kind = file.compression === "none" ? "plain" : file.compression;
  const fileSeconds = byteLength / limits.readBytesPerSecond + file.uncompressedBytes / limits.textBytesPerSecond;
  const wanted = Math.min(Math.ceil(fileSeconds / aimSeconds), Math.floor(byteLength / limits.minSliceBytes));
  const starts = kind === "gzip" ? [0] : startsOf(file, Math.max(1, wanted));
  const longest = starts.reduce(
    (longest, start, index) => Math.max(longest, (starts[index + 1] ?? byteLength) - start),
    0,
  );
  const sliceSeconds = Math.ceil((fileSeconds * longest) / Math.max(byteLength, 1));
  return { key, etag, byteLength, kind, starts, sliceSeconds };
}

/** Even cuts, each moved to the next block if the index names them. */
function startsOf({ compressedBytes, blockStarts }: FileToSlice, slices: number): number[] {
  const cuts = Array.from({ length: slices }, (_, index) => Math.floor((index * compressedBytes) / slices));
  if (blockStarts === undefined) return cuts;
  const moved = cuts.map((cut) => firstAtOrBehind(blockStarts, cut) ?? compressedBytes);
  return moved.filter((start, index) => start < compressedBytes && start !== moved[index - 1]);
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
