/**
 * From a cut anywhere in a BGZF file to the next block (SAM specification §4.1), without an index and without reading
 * from the file's start. A header alone proves nothing: deflate data can hold the bytes of one, and stored data whole
 * BGZF files. What no such chance survives: the cut must lie in (or at the end of) one sound block, and after that block
 * sound ones must follow, end to end, until more than a block's largest size behind the cut. Planted blocks lie within a
 * real one, whose end they would have to hit, checksum included.
 *
 * Because the block around the cut must be sound too, a damaged block is never passed over: it ends the search.
 */
import { type BgzfBlock, blockAt, inflateBlock } from "../bgzf/block.ts";
import type { ByteSource } from "../study/byteSource.ts";
import { MatrixError } from "./matrixError.ts";

/** The largest block: BSIZE is 16 bits and one less. */
const MAX_BLOCK_BYTES = 65_536;

/**
 * Offset of the first block at or behind `cut`; the file's length if there is none. One read of at most 256 KiB.
 *
 * @throws MatrixError corrupt-gzip or truncated-gzip, with the offset of the block that is not sound
 */
export async function findBlockStart(source: ByteSource, cut: number): Promise<number> {
  if (cut <= 0) return 0;
  const start = Math.max(0, cut - MAX_BLOCK_BYTES);
  const window = await source.slice(start, cut + 3 * MAX_BLOCK_BYTES);
  return blockStartIn(window, start, cut, source.byteLength);
}

/**
 * The same, in bytes read already.
 *
 * @param window the file's bytes from 64 KiB before the cut, or its start, to 192 KiB behind it, or its end
 * @param windowStart offset of the window in the file
 */
export function blockStartIn(window: Uint8Array, windowStart: number, cut: number, byteLength: number): number {
  const place: Place = { window, cut: cut - windowStart, end: byteLength - windowStart };
  let trouble: BrokenChain | undefined;
  for (let start = window.indexOf(0x1f); start !== -1 && start < place.cut; start = window.indexOf(0x1f, start + 1)) {
    const block = blockAt(window, start);
    if (block === undefined || block.end < place.cut) continue;
    const broken = brokenChain(block, place);
    if (broken === undefined) return windowStart + block.end;
    trouble ??= broken;
  }
  const byteOffset = windowStart + (trouble?.start ?? place.cut);
  if (trouble?.isTruncated) throw new MatrixError("truncated-gzip", byteOffset, "The file ends within a BGZF block");
  throw new MatrixError("corrupt-gzip", byteOffset, "No sound BGZF block lies here, where one should");
}

/** Offsets in the window. */
interface Place {
  readonly window: Uint8Array;
  readonly cut: number;
  /** The file's end, which may lie behind the window's. */
  readonly end: number;
}

interface BrokenChain {
  /** Offset in the window of the block that is not sound. */
  readonly start: number;
  readonly isTruncated: boolean;
}

/** Follows the blocks from `first` to one that ends far enough behind the cut; undefined if all are sound. */
function brokenChain(first: BgzfBlock, { window, cut, end }: Place): BrokenChain | undefined {
  let block: BgzfBlock | undefined = first;
  let start = first.start;
  while (block !== undefined && block.end <= end) {
    if (block.end > window.length || inflateBlock(window, block) === undefined) return { start, isTruncated: false };
    if (block.end === end || block.end > cut + MAX_BLOCK_BYTES) return undefined;
    start = block.end;
    block = blockAt(window, start);
  }
  return { start, isTruncated: block !== undefined };
}
