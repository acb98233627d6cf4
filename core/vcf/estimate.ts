/**
 * How many records a file holds when only parts of it were read. The text behind the part read is the compressed rest
 * times the compression ratio of the windows sampled from it; its records are that text over the length of a line.
 */
import type { VcfScanned } from "./scan.ts";

export interface Count {
  readonly estimate: number;
  readonly exact: boolean;
}

/** What sampling somewhere behind the part read told. */
export interface TextSample {
  readonly compressedBytes: number;
  readonly textBytes: number;
  /** Lines whose beginning and end were seen, and their bytes. */
  readonly lines: number;
  readonly lineBytes: number;
}

/** Fewer whole lines than these say less about the rest than the lines of the part read. */
const ENOUGH_LINES = 8;

export interface Extent {
  readonly records: number;
  readonly textBytes: number;
}

/**
 * @param head what the first `headBytes` compressed bytes held
 * @param restBytes compressed bytes behind them
 * @param headerColumns columns of a record, to extrapolate the length of a first record that was not read to its end
 */
export function estimateExtent(
  head: VcfScanned,
  headBytes: number,
  restBytes: number,
  samples: readonly TextSample[],
  headerColumns: number,
): Extent {
  const sampled = samples.reduce(added, { compressedBytes: 0, textBytes: 0, lines: 0, lineBytes: 0 });
  const ratio =
    sampled.compressedBytes > 0 ? sampled.textBytes / sampled.compressedBytes : head.textBytes / Math.max(1, headBytes);
  const restTextBytes = Math.round(restBytes * ratio);
  return extentOf(head, sampled, restTextBytes, headerColumns);
}

/** The same where the size of the whole text is known, as a gzip trailer tells it. */
export function extentOfText(head: VcfScanned, textBytes: number, headerColumns: number): Extent {
  return extentOf(
    head,
    { compressedBytes: 0, textBytes: 0, lines: 0, lineBytes: 0 },
    Math.max(0, textBytes - head.textBytes),
    headerColumns,
  );
}

function extentOf(head: VcfScanned, sampled: TextSample, restTextBytes: number, headerColumns: number): Extent {
  const records =
    head.records + Math.round((head.pendingBytes + restTextBytes) / lineBytes(head, sampled, headerColumns));
  return { records, textBytes: head.textBytes + restTextBytes };
}

function lineBytes(head: VcfScanned, sampled: TextSample, headerColumns: number): number {
  if (sampled.lines >= ENOUGH_LINES) return sampled.lineBytes / sampled.lines;
  const lines = sampled.lines + head.records;
  if (lines > 0) return (sampled.lineBytes + head.recordBytes) / lines;
  return Math.max(1, (head.pendingBytes * headerColumns) / Math.max(1, head.pendingColumns));
}

function added(a: TextSample, b: TextSample): TextSample {
  return {
    compressedBytes: a.compressedBytes + b.compressedBytes,
    textBytes: a.textBytes + b.textBytes,
    lines: a.lines + b.lines,
    lineBytes: a.lineBytes + b.lineBytes,
  };
}
