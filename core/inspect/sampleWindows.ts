/**
 * Looks into a VCF behind the part read from its start: a few windows spread evenly, the last one at the file's end.
 * Costs at most 7 reads and 3.5 MiB. Plain gzip cannot be entered in its middle; of it only the trailer is read.
 */
import { hasBgzfEof } from "../bgzf/block.ts";
import { inflateWindow } from "../bgzf/window.ts";
import type { Finding } from "../findings/finding.ts";
import { found } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { TextSample } from "../vcf/estimate.ts";
import { sampleText } from "../vcf/window.ts";
import type { VcfHead } from "./readHead.ts";
import { troubleFinding, unterminated } from "./recordFindings.ts";

export interface Sampled {
  readonly samples: readonly TextSample[];
  readonly findings: readonly Finding[];
}

const WINDOWS = 7;
/** Three BGZF blocks: at least one lies in it whole, wherever it is cut. */
const MIN_WINDOW_BYTES = 192 * 2 ** 10;
const MAX_WINDOW_BYTES = 512 * 2 ** 10;

export async function sampleWindows(
  file: string,
  source: ByteSource,
  head: VcfHead,
  headerColumns: number,
): Promise<Sampled> {
  const samples: TextSample[] = [];
  const findings: Finding[] = [];
  const known = new Set<string>(head.scanned.troubles.map(({ kind }) => kind));
  for (const [start, end] of windowsOf(source.byteLength, head)) {
    const bytes = await source.slice(start, end);
    const isTail = end === source.byteLength;
    const window = head.compression === "bgzf" ? bgzfWindow(file, bytes, start, isTail) : plainWindow(bytes, isTail);
    findings.push(...window.findings);
    if (window.pieces.length === 0) continue;
    const sample = sampleText(window.pieces, window.compressedBytes, headerColumns, window.reachesEnd);
    samples.push(sample);
    if (sample.trouble && !known.has(sample.trouble.kind)) {
      known.add(sample.trouble.kind);
      const place = `${file}, behind byte ${start}${isTail ? ", near its end" : ""}`;
      findings.push(troubleFinding(sample.trouble, headerColumns, { file, byteOffset: start }, place));
    }
    if (window.reachesEnd && sample.isUnterminated) findings.push(unterminated(file));
  }
  const isFirst = ({ code }: Finding, index: number) => findings.findIndex((other) => other.code === code) === index;
  return { samples, findings: findings.filter(isFirst) };
}

function windowsOf(byteLength: number, head: VcfHead): [start: number, end: number][] {
  const lineBytes = head.scanned.records > 0 ? head.scanned.recordBytes / head.scanned.records : 0;
  const wanted = head.compression === "none" ? Math.round(4 * lineBytes) : MIN_WINDOW_BYTES;
  const size = Math.min(Math.max(wanted, MIN_WINDOW_BYTES), MAX_WINDOW_BYTES);
  const restBytes = byteLength - head.bytes;
  if (restBytes <= WINDOWS * size) return windowsCovering(head.bytes, byteLength, size);
  const step = (restBytes - size) / (WINDOWS - 1);
  return Array.from({ length: WINDOWS }, (_, index) => {
    const start = index === WINDOWS - 1 ? byteLength - size : head.bytes + Math.round(index * step);
    return [start, start + size];
  });
}

/** A rest that is hardly larger than the windows: one window in its middle and one at its end do. */
function windowsCovering(start: number, end: number, size: number): [number, number][] {
  const tailStart = Math.max(start, end - size);
  const middle = Math.max(start, Math.round((start + tailStart - size) / 2));
  return middle + size <= tailStart
    ? [
        [middle, middle + size],
        [tailStart, end],
      ]
    : [[tailStart, end]];
}

interface Window {
  readonly pieces: readonly Uint8Array[];
  readonly compressedBytes: number;
  /** Its text goes on to the end of the file. */
  readonly reachesEnd: boolean;
  readonly findings: readonly Finding[];
}

function plainWindow(bytes: Uint8Array, isTail: boolean): Window {
  return { pieces: [bytes], compressedBytes: bytes.length, reachesEnd: isTail, findings: [] };
}

function bgzfWindow(file: string, bytes: Uint8Array, start: number, isTail: boolean): Window {
  const window = inflateWindow(bytes);
  if (window === undefined) {
    const message = `${file}: no BGZF block starts between bytes ${start} and ${start + bytes.length}, where at least one should.`;
    return {
      pieces: [],
      compressedBytes: 0,
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
  const reachesEnd = isTail && window.kind === "whole";
  return { pieces: window.pieces, compressedBytes: window.end - window.start, reachesEnd, findings };
}

export function eofMissing(file: string, byteLength: number): Finding {
  const message = `${file}: its last bytes, before byte ${byteLength}, are not the empty block that closes a BGZF file.`;
  return found("bgzf-eof-missing", { file, byteOffset: byteLength }, message);
}
