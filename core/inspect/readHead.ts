/**
 * Reads a VCF from its start until the header and a first record were seen. A small file is read whole, so that its
 * records can be counted; of a large one 1 MiB, and more only while the header goes on (that of 100,000 samples has
 * about 1 MiB). Costs 1 to 4 reads and at most 8 MiB (8.25 if that is all of it).
 */
import { type Compression, compressionOf } from "../bgzf/compression.ts";
import { type Inflated, inflateMembers } from "../bgzf/inflate.ts";
import type { ByteSource } from "../study/byteSource.ts";
import { VcfScan, type VcfScanned } from "../vcf/scan.ts";

export interface VcfHead {
  readonly compression: Compression;
  readonly reads: number;
  /** Compressed bytes read. */
  readonly bytes: number;
  /** Whether that is the whole file. */
  readonly isWhole: boolean;
  readonly inflated: Inflated;
  /** First bytes of the text. */
  readonly textStart: Uint8Array;
  /** Last compressed bytes read. */
  readonly end: Uint8Array;
  readonly scanned: VcfScanned;
}

const WHOLE_FILE_BYTES = 2 * 2 ** 20;
const FIRST_READ_BYTES = 2 ** 20;
const MAX_HEAD_BYTES = 8 * 2 ** 20;
/** A rest smaller than this is read too: no window of it would hold a whole BGZF block for sure. */
const LEAST_REST_BYTES = 256 * 2 ** 10;
const TEXT_START_BYTES = 1024;
/** Of a large BGZF file's first read, which may inflate to twenty times its size: windows tell as well what its rest holds. */
const ENOUGH_TEXT_BYTES = 2 * 2 ** 20;
/** So many times what was read: what is left out of it does not matter then. */
const LARGE = 64;

export async function readHead(source: ByteSource): Promise<VcfHead> {
  const { byteLength } = source;
  const text = new HeadText();
  let bytes = await source.slice(0, byteLength <= WHOLE_FILE_BYTES ? byteLength : FIRST_READ_BYTES);
  for (let reads = 1; ; reads += 1) {
    const { isSettled, ...scanned } = await scanHead(bytes, byteLength, text);
    const head = { ...scanned, reads };
    if (isSettled || bytes.length >= Math.min(byteLength, MAX_HEAD_BYTES)) return head;
    const wanted = Math.min(2 * bytes.length, MAX_HEAD_BYTES);
    const end = byteLength - wanted < LEAST_REST_BYTES ? byteLength : wanted;
    const more: Uint8Array = await source.slice(bytes.length, end);
    if (more.length === 0) return head;
    bytes = joined(bytes, more);
  }
}

type Scanned = Omit<VcfHead, "reads"> & { readonly isSettled: boolean };

/** Inflates all bytes so far: the first megabytes again cost less than keeping an inflater alive. */
async function scanHead(bytes: Uint8Array, byteLength: number, text: HeadText): Promise<Scanned> {
  const isWhole = bytes.length >= byteLength;
  const isSmallPart = LARGE * bytes.length <= byteLength;
  const compression = compressionOf(bytes);
  const { scan } = text;
  let at = 0;
  const consume = (piece: Uint8Array) => {
    const goesOn = text.take(piece, at);
    at += piece.length;
    const isEnough = isSmallPart && compression === "bgzf" && scan.isSettled && scan.textBytes >= ENOUGH_TEXT_BYTES;
    return goesOn && !isEnough;
  };
  const inflated = compression === "none" ? plain(bytes, consume) : await inflateMembers(bytes, consume);
  if (isWhole && inflated.kind === "complete") scan.finish();
  const isSettled = scan.isSettled || inflated.kind === "corrupt" || inflated.kind === "stopped";
  return {
    compression,
    bytes: bytes.length,
    isWhole,
    inflated,
    textStart: text.start,
    end: bytes.slice(-TEXT_START_BYTES),
    scanned: scan.result(),
    isSettled,
  };
}

/** The text, which is scanned once though it is inflated again with each read. */
class HeadText {
  readonly scan = new VcfScan();
  start = new Uint8Array();

  /** @param at where in the text the piece begins. @returns whether more would tell anything */
  take(piece: Uint8Array, at: number): boolean {
    const fresh = piece.subarray(Math.max(0, this.scan.textBytes - at));
    if (fresh.length === 0) return true;
    if (this.start.length < TEXT_START_BYTES) this.start = joined(this.start, fresh.subarray(0, TEXT_START_BYTES));
    return this.scan.push(fresh);
  }
}

function plain(bytes: Uint8Array, consume: (text: Uint8Array) => boolean): Inflated {
  const kind = consume(bytes) ? "complete" : "stopped";
  return { kind, memberStart: 0, compressedBytes: bytes.length, members: 0 };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
