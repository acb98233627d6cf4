/**
 * How many records a file holds when only parts of it were read. Behind the part read from its start the file is cut into strata of
 * equal size with one window each; a stratum holds as many records per compressed byte as its window. The spread of
 * neighbouring strata tells how far the sum may be off (Wolter, Introduction to Variance Estimation, §8.2: successive
 * differences, for samples of one unit per stratum).
 */
import type { VcfScanned } from "./scan.ts";

export interface Count {
  readonly estimate: number;
  readonly exact: boolean;
  /** Only if it is not exact: the interval in which it lies, in 95 of 100 files. */
  readonly low?: number;
  readonly high?: number;
}

/** What a window somewhere behind the part read told. */
export interface TextSample {
  readonly compressedBytes: number;
  readonly textBytes: number;
  /** Lines whose beginning and end were seen, and their bytes. */
  readonly lines: number;
  readonly lineBytes: number;
}

export interface Stratum {
  /** Compressed bytes that the sample stands for. */
  readonly bytes: number;
  readonly sample: TextSample;
}

export interface Extent {
  readonly records: Count;
  readonly textBytes: number;
}

/** Fewer whole lines than these in a window say less than those of all windows together. */
const ENOUGH_LINES = 8;
/** Student's t for 95 % with the dozen or so degrees of freedom that 17 to 23 strata leave. Fewer strata are a small file, all of which was read. */
const STUDENT_T = 2.2;
/** Of a count's share in an average window: a line that its edges cut may be longer or shorter than the others. */
const EDGE_LINES = 0.5;
/** What differs between windows by less than this is not seen: no interval is narrower. Measured by npm run bench:inspect. */
const LEAST_SPREAD = 0.002;
/** A rest of which nothing was seen, that of gzip, may be as different from its beginning as this. */
const UNSEEN_SPREAD = 0.5;

/**
 * @param head what was read from the file's start, out of `headBytes` compressed bytes
 * @param restBytes compressed bytes behind it
 * @param headerColumns columns of a record, to extrapolate the length of a first record that was not read to its end
 * @param knownTextBytes size of the whole text, where an index tells it: what is left to estimate are records per byte of text
 */
export function estimateExtent(
  head: VcfScanned,
  headBytes: number,
  restBytes: number,
  strata: readonly Stratum[],
  headerColumns: number,
  knownTextBytes?: number,
): Extent {
  const sampled = sum(strata, ({ bytes }) => bytes);
  if (sampled === 0) {
    const ratio = head.textBytes / Math.max(1, headBytes);
    return extentOfText(head, head.textBytes + Math.round(restBytes * ratio), headerColumns);
  }
  const lineBytes = pooledLineBytes(head, strata, headerColumns);
  // Strata without a usable window are like the others.
  const scale = restBytes / sampled;
  const counts = strata.map((stratum) => scale * recordsOf(stratum, lineBytes));
  const texts = strata.map(({ bytes, sample }) => (scale * bytes * sample.textBytes) / sample.compressedBytes);
  const counted = sum(counts, (count) => count);
  const estimatedText = sum(texts, (text) => text);
  const isKnown = knownTextBytes !== undefined && knownTextBytes > head.textBytes && estimatedText > 0;
  const textBytes = isKnown ? knownTextBytes - head.textBytes : estimatedText;
  // Of a ratio to what is known only the residuals vary.
  const varying = isKnown
    ? counts.map((count, index) => count - (counted * (texts[index] ?? 0)) / estimatedText)
    : counts;
  const rest = isKnown ? (counted * textBytes) / estimatedText : counted;
  const records = head.records + head.pendingBytes / lineBytes + rest;
  const spread = STUDENT_T * Math.sqrt(varianceOf(varying, counts, strata)) + LEAST_SPREAD * (records - head.records);
  return { records: countOf(head, records, spread), textBytes: head.textBytes + Math.round(textBytes) };
}

/** The same where the size of the whole text is known, as a gzip trailer tells it. */
export function extentOfText(head: VcfScanned, textBytes: number, headerColumns: number): Extent {
  const restTextBytes = Math.max(0, textBytes - head.textBytes);
  const rest = (head.pendingBytes + restTextBytes) / pooledLineBytes(head, [], headerColumns);
  const records = countOf(head, head.records + rest, UNSEEN_SPREAD * rest);
  return { records, textBytes: head.textBytes + restTextBytes };
}

/** Records of several files. The errors of their estimates are independent of each other, so their squares add up. */
export function countOfAll(counts: readonly Count[]): Count {
  const estimate = sum(counts, (count) => count.estimate);
  if (counts.every(({ exact }) => exact)) return { estimate, exact: true };
  const below = Math.hypot(...counts.map((count) => count.estimate - (count.low ?? count.estimate)));
  const above = Math.hypot(...counts.map((count) => (count.high ?? count.estimate) - count.estimate));
  if (above === 0) return { estimate, exact: false };
  return { estimate, exact: false, low: Math.floor(estimate - below), high: Math.ceil(estimate + above) };
}

/** What was seen is the least that there is. */
function countOf(head: VcfScanned, records: number, spread: number): Count {
  const estimate = Math.round(records);
  const low = Math.min(estimate, Math.max(head.records, Math.floor(records - spread)));
  return { estimate, exact: false, low, high: Math.ceil(records + spread) };
}

function recordsOf({ bytes, sample }: Stratum, pooled: number): number {
  const lineBytes = sample.lines >= ENOUGH_LINES ? sample.lineBytes / sample.lines : pooled;
  return (bytes * sample.textBytes) / sample.compressedBytes / lineBytes;
}

/** @param varying by what the strata differ: their counts, or the part of them that is not known */
function varianceOf(varying: readonly number[], counts: readonly number[], strata: readonly Stratum[]): number {
  // Per byte, for the last stratum is smaller than the others.
  const densities = varying.map((count, index) => count / (strata[index]?.bytes ?? 1));
  const differences = densities.slice(1).map((density, index) => (density - (densities[index] ?? density)) ** 2);
  const between = differences.length > 0 ? sum(differences, (square) => square) / (2 * differences.length) : 0;
  // A stratum that was read whole adds nothing to what is not known.
  const ofStrata = sum(strata, ({ bytes, sample }) => {
    return between * bytes ** 2 * Math.max(0, 1 - sample.compressedBytes / bytes);
  });
  const ofEdges = sum(
    strata,
    ({ sample }, index) => ((counts[index] ?? 0) * (EDGE_LINES / Math.max(1, sample.lines))) ** 2,
  );
  return ofStrata + ofEdges;
}

function pooledLineBytes(head: VcfScanned, strata: readonly Stratum[], headerColumns: number): number {
  const lines = sum(strata, ({ sample }) => sample.lines);
  const lineBytes = sum(strata, ({ sample }) => sample.lineBytes);
  if (lines >= ENOUGH_LINES) return lineBytes / lines;
  if (lines + head.records > 0) return (lineBytes + head.recordBytes) / (lines + head.records);
  return Math.max(1, (head.pendingBytes * headerColumns) / Math.max(1, head.pendingColumns));
}

function sum<T>(items: readonly T[], value: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + value(item, index), 0);
}
