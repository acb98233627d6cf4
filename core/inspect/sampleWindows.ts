/**
 * Looks into a VCF behind the part read from its start: the rest is cut into strata of equal size with one window each, at
 * a place drawn at random from a fixed seed, and one more window at the file's end. Takes what the head has left of 24 reads
 * and 16 MiB; beside a .tbi or .csi, which counts better, at most 17 reads and 4.5 MiB. Plain gzip cannot be entered in its middle; of it only the trailer is read.
 */
import { hasBgzfEof } from "../bgzf/block.ts";
import { BlockInflater, MAX_RUN_TEXT_BYTES } from "../bgzf/blockInflater.ts";
import { inflateWindow } from "../bgzf/window.ts";
import type { Finding } from "../findings/finding.ts";
import { found } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { Stratum } from "../vcf/estimate.ts";
import { sampleText } from "../vcf/window.ts";
import { GZI_BYTES, GZI_READS } from "./indexedText.ts";
import type { VcfHead } from "./readHead.ts";
import { troubleFinding, unterminated } from "./recordFindings.ts";

/** The index beside the file that is read too: of records (.tbi, .csi) or of text (.gzi). */
export type IndexBeside = "records" | "text" | undefined;

export interface Sampled {
  readonly strata: readonly Stratum[];
  readonly findings: readonly Finding[];
}

const MOST_READS = 24;
const MOST_BYTES = 16 * 2 ** 20;
/** With four reads of the head and three of an index these are 24. Where an index counts the records, windows only look for trouble. */
const WINDOWS_BESIDE_INDEX = 17;
/** Four BGZF blocks: at least two lie in it whole, wherever it is cut. */
const MIN_WINDOW_BYTES = 256 * 2 ** 10;
/** 22 of them and the head are 16 MiB. Larger windows even out what differs from one block to the next. */
const MAX_WINDOW_BYTES = 640 * 2 ** 10;
/** Inflated of one window: of 2,504 genotypes without other fields 640 KiB hold 35 MiB, whose length the blocks tell. */
const ENOUGH_TEXT_BYTES = 3 * 2 ** 20;
/** Of the last window all, for its last line is looked at. */
const ENOUGH_TAIL_TEXT_BYTES = 16 * 2 ** 20;
/** Windows under way at a time: requests to S3 wait for each other's first byte. */
const READS_AT_ONCE = 4;

export async function sampleWindows(
  file: string,
  source: ByteSource,
  head: VcfHead,
  headerColumns: number,
  beside: IndexBeside,
): Promise<Sampled> {
  if (head.compression !== "bgzf")
    return sampleEach(file, source, head, headerColumns, beside, (bytes, _, isTail) => plainWindow(bytes, isTail));
  const inflater = new BlockInflater(ENOUGH_TAIL_TEXT_BYTES + MAX_RUN_TEXT_BYTES);
  try {
    return await sampleEach(file, source, head, headerColumns, beside, (bytes, start, isTail) =>
      bgzfWindow(file, bytes, start, isTail, inflater),
    );
  } finally {
    inflater.close();
  }
}

async function sampleEach(
  file: string,
  source: ByteSource,
  head: VcfHead,
  headerColumns: number,
  beside: IndexBeside,
  windowOf: (bytes: Uint8Array, start: number, isTail: boolean) => Window,
): Promise<Sampled> {
  const strata: Stratum[] = [];
  const findings: Finding[] = [];
  const { tally, troubles } = head.scanned;
  const known = new Set<string>(troubles.map(({ kind }) => kind));
  const planned = windowsOf(source.byteLength, head, beside);
  for await (const { start, bytes, stratumBytes } of readWindows(source, planned)) {
    const isTail = start + bytes.length >= source.byteLength;
    const window = windowOf(bytes, start, isTail);
    findings.push(...window.findings);
    if (window.pieces.length === 0) continue;
    const sample = sampleText(window.pieces, window, headerColumns, tally, window.reachesEnd);
    strata.push({ bytes: stratumBytes, sample });
    const place = `${file}, behind byte ${start}${isTail ? ", near its end" : ""}`;
    for (const trouble of sample.troubles) {
      if (!known.has(trouble.kind))
        findings.push(troubleFinding(trouble, headerColumns, { file, byteOffset: start }, place));
      known.add(trouble.kind);
    }
    if (window.reachesEnd && sample.isUnterminated) findings.push(unterminated(file));
  }
  const isFirst = ({ code }: Finding, index: number) => findings.findIndex((other) => other.code === code) === index;
  return { strata, findings: findings.filter(isFirst) };
}

interface PlannedWindow {
  readonly start: number;
  readonly end: number;
  /** Bytes of the file that it stands for. */
  readonly stratumBytes: number;
}

/** The window at the end stands for itself: a file often ends otherwise than it goes on. */
function windowsOf(byteLength: number, head: VcfHead, beside: IndexBeside): PlannedWindow[] {
  const [indexReads, indexBytes] = beside === "text" ? [GZI_READS, GZI_BYTES] : [0, 0];
  const most = beside === "records" ? WINDOWS_BESIDE_INDEX - 1 : MOST_READS - head.reads - indexReads - 1;
  const affordable = Math.floor((MOST_BYTES - head.bytes - indexBytes - 2 * MIN_WINDOW_BYTES) / most);
  const largest = beside === "records" ? MIN_WINDOW_BYTES : Math.min(affordable, MAX_WINDOW_BYTES);
  const restBytes = byteLength - head.bytes;
  const strataBytes = restBytes < 2 * MIN_WINDOW_BYTES ? 0 : restBytes - MIN_WINDOW_BYTES;
  const tailStart = head.bytes + strataBytes;
  const count = Math.min(most, Math.ceil(strataBytes / largest));
  const stratumBytes = strataBytes / count;
  const size = Math.min(largest, Math.floor(stratumBytes));
  const random = randomNumbers(byteLength);
  const windows = Array.from({ length: count }, (_, index) => {
    const start = head.bytes + Math.floor(index * stratumBytes + random() * (stratumBytes - size));
    return { start, end: start + size, stratumBytes };
  });
  return [...windows, { start: tailStart, end: byteLength, stratumBytes: byteLength - tailStart }];
}

async function* readWindows(
  source: ByteSource,
  windows: readonly PlannedWindow[],
): AsyncGenerator<{ start: number; bytes: Uint8Array; stratumBytes: number }> {
  for (let at = 0; at < windows.length; at += READS_AT_ONCE) {
    const reads = windows.slice(at, at + READS_AT_ONCE).map(async ({ start, end, stratumBytes }) => {
      return { start, stratumBytes, bytes: await source.slice(start, end) };
    });
    yield* await Promise.all(reads);
  }
}

/** From 0 to 1, the same for files of the same size: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Window {
  readonly pieces: readonly Uint8Array[];
  readonly compressedBytes: number;
  readonly textBytes: number;
  /** Its text goes on to the end of the file. */
  readonly reachesEnd: boolean;
  readonly findings: readonly Finding[];
}

function plainWindow(bytes: Uint8Array, isTail: boolean): Window {
  const { length } = bytes;
  return { pieces: [bytes], compressedBytes: length, textBytes: length, reachesEnd: isTail, findings: [] };
}

function bgzfWindow(file: string, bytes: Uint8Array, start: number, isTail: boolean, inflater: BlockInflater): Window {
  const window = inflateWindow(bytes, isTail ? ENOUGH_TAIL_TEXT_BYTES : ENOUGH_TEXT_BYTES, inflater);
  if (window === undefined) {
    const message = `${file}: no BGZF block starts between bytes ${start} and ${start + bytes.length}, where at least one should.`;
    return {
      pieces: [],
      compressedBytes: 0,
      textBytes: 0,
      reachesEnd: false,
      findings: [found("corrupt-gzip", { file, byteOffset: start }, message)],
    };
  }
  const at = start + window.end;
  const findings: Finding[] = [];
  if (window.kind === "corrupt") {
    findings.push(found("corrupt-gzip", { file, byteOffset: at }, `${file}: the BGZF block at byte ${at} is corrupt.`));
  } else if (isTail && window.kind === "cut") {
    const message = `${file} ends at byte ${start + bytes.length}, within the BGZF block that starts at byte ${at}.`;
    findings.push(found("truncated-gzip", { file, byteOffset: at }, message));
  } else if (isTail && !hasBgzfEof(bytes)) {
    findings.push(eofMissing(file, start + bytes.length));
  }
  const { pieces, textBytes, isInflated } = window;
  const reachesEnd = isTail && window.kind === "whole" && isInflated;
  return { pieces, compressedBytes: window.end - window.start, textBytes, reachesEnd, findings };
}

export function eofMissing(file: string, byteLength: number): Finding {
  const message = `${file}: its last bytes, before byte ${byteLength}, are not the empty block that closes a BGZF file.`;
  return found("bgzf-eof-missing", { file, byteOffset: byteLength }, message);
}
