/**
 * The BGZF block (SAM specification §4.1): a gzip member of at most 64 KiB, whose extra subfield "BC" holds its own
 * size. That size is what makes BGZF splittable: from one block start the next is known without inflating, and from
 * the middle of a file a block can be found again by its header.
 */
import { crc32, inflateRawSync } from "node:zlib";

export interface BgzfBlock {
  /** Offset of the block in the bytes it was found in. */
  readonly start: number;
  /** Offset of its deflate data. */
  readonly dataStart: number;
  /** Offset after its last byte: where the next block starts. */
  readonly end: number;
}

/** The empty block that closes every complete BGZF file (SAM specification §4.1.2). */
export const BGZF_EOF = Uint8Array.from([
  0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

const FIXED_HEADER_BYTES = 12;
const TRAILER_BYTES = 8;
const MAX_BLOCK_TEXT_BYTES = 65_536;

/** The block whose header starts at `start`; undefined if there is none or its header is not complete in `bytes`. */
export function blockAt(bytes: Uint8Array, start: number): BgzfBlock | undefined {
  if (start + FIXED_HEADER_BYTES > bytes.length) return undefined;
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b || bytes[start + 2] !== 8 || bytes[start + 3] !== 4)
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = start + FIXED_HEADER_BYTES + view.getUint16(start + 10, true);
  if (dataStart > bytes.length) return undefined;
  const size = blockSize(view, start + FIXED_HEADER_BYTES, dataStart);
  if (size === undefined || start + size < dataStart + TRAILER_BYTES) return undefined;
  return { start, dataStart, end: start + size };
}

/** Whether the header of a block begins at `start` and goes on beyond `bytes`. */
export function isHeaderCut(bytes: Uint8Array, start: number): boolean {
  const magic = [0x1f, 0x8b, 8, 4];
  if (magic.some((byte, index) => start + index < bytes.length && bytes[start + index] !== byte)) return false;
  const [low, high] = bytes.subarray(start + 10, start + FIXED_HEADER_BYTES);
  return low === undefined || high === undefined || start + FIXED_HEADER_BYTES + low + 256 * high > bytes.length;
}

/** First block at or after `from` that another block, or the end of the bytes, follows: chance alone rarely looks like that. */
export function findBlock(bytes: Uint8Array, from: number): BgzfBlock | undefined {
  for (let start = bytes.indexOf(0x1f, from); start !== -1; start = bytes.indexOf(0x1f, start + 1)) {
    const block = blockAt(bytes, start);
    if (block === undefined) continue;
    const { end } = block;
    if (end + FIXED_HEADER_BYTES > bytes.length || blockAt(bytes, end) || isHeaderCut(bytes, end)) return block;
  }
  return undefined;
}

/** Text of a block that lies completely in `bytes`; undefined if it does not inflate or its checksum or length is wrong. */
export function inflateBlock(bytes: Uint8Array, block: BgzfBlock): Uint8Array | undefined {
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + block.end - TRAILER_BYTES, TRAILER_BYTES);
  try {
    const data = bytes.subarray(block.dataStart, block.end - TRAILER_BYTES);
    const text = inflateRawSync(data, { maxOutputLength: MAX_BLOCK_TEXT_BYTES });
    const isSound = text.length === trailer.getUint32(4, true) && crc32(text) === trailer.getUint32(0, true);
    return isSound ? text : undefined;
  } catch {
    return undefined;
  }
}

/** What a block that lies completely in `bytes` says to inflate to (ISIZE); undefined if no block can hold as much. */
export function statedTextBytes(bytes: Uint8Array, block: BgzfBlock): number | undefined {
  const textBytes = new DataView(bytes.buffer, bytes.byteOffset + block.end - 4, 4).getUint32(0, true);
  return textBytes <= MAX_BLOCK_TEXT_BYTES ? textBytes : undefined;
}

/** Whether a file's last bytes are the empty block that must close it. */
export function hasBgzfEof(end: Uint8Array): boolean {
  const tail = end.subarray(-BGZF_EOF.length);
  return tail.length === BGZF_EOF.length && BGZF_EOF.every((byte, index) => tail[index] === byte);
}

/** BSIZE + 1 from the subfield "BC" among the extra subfields in [start, end). */
function blockSize(view: DataView, start: number, end: number): number | undefined {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    const isBc = view.getUint8(at) === 0x42 && view.getUint8(at + 1) === 0x43 && view.getUint16(at + 2, true) === 2;
    if (isBc && at + 6 <= end) return view.getUint16(at + 4, true) + 1;
  }
  return undefined;
}
