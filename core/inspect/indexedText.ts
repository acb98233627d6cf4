/**
 * The exact size of a BGZF file's text from the .gzi beside it (core/bgzf/gzi.ts). Its last entry says where the last block with text
 * starts, in the file and in the text; that block and the one that closes the file state their own sizes.
 */
import { blockAt, statedTextBytes } from "../bgzf/block.ts";
import { GZI_PAIR_BYTES, gziPair, gziPairs } from "../bgzf/gzi.ts";
import { thousands } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";

export interface GziFile {
  readonly name: string;
  readonly byteLength: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Two blocks of the largest size: bgzip names the last one with text, before the empty one. */
const MOST_END_BYTES = 128 * 2 ** 10;
/** As for the trailer of gzip: an index of another version of the file is that far off. */
const MAX_DEVIATION = 0.25;

/** What `gziText` costs at most. */
export const GZI_READS = 2;
export const GZI_BYTES = GZI_PAIR_BYTES + MOST_END_BYTES;

/**
 * Costs 2 reads, and 128 KiB and 16 bytes.
 * @param estimate of the text's bytes, without the index
 * @returns the text's bytes, or why the index is not used, in words that follow "it"
 */
export async function gziText(file: ByteSource, gzi: GziFile, estimate: number): Promise<number | string> {
  if (!gziPairs(gzi.byteLength)) return "is damaged, or the index of another file";
  const last = await gzi.read(gzi.byteLength - GZI_PAIR_BYTES, gzi.byteLength).catch(() => undefined);
  if (last?.length !== GZI_PAIR_BYTES) return "could not be read";
  const { inFile: start, inText: textStart } = gziPair(last);
  if (start >= file.byteLength || file.byteLength - start > MOST_END_BYTES)
    return `names byte ${start} for the last block of a file that has ${file.byteLength} bytes`;
  const endTextBytes = textBytesOf(await file.slice(start, file.byteLength));
  if (endTextBytes === undefined) return `names byte ${start}, from where no BGZF blocks lead to the file's end`;
  const textBytes = textStart + endTextBytes;
  if (Math.abs(textBytes - estimate) > MAX_DEVIATION * estimate)
    return `tells of ${thousands(textBytes)} bytes of text, and the file holds about ${thousands(estimate)}`;
  return textBytes;
}

/** Of these blocks, as they state it; undefined if they are no whole blocks. */
function textBytesOf(bytes: Uint8Array): number | undefined {
  let textBytes = 0;
  for (let at = 0; at < bytes.length; ) {
    const block = blockAt(bytes, at);
    const stated = block && block.end <= bytes.length ? statedTextBytes(bytes, block) : undefined;
    if (block === undefined || stated === undefined) return undefined;
    textBytes += stated;
    at = block.end;
  }
  return textBytes;
}
