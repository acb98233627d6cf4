/**
 * The index that `bgzip -i` and `bgzip -r` write beside a BGZF file (htslib, bgzf.c, bgzf_index_dump): a number of
 * entries, then one pair per block of where it starts in the file and in the text, all 64-bit little-endian. The first
 * block, at 0 and 0, has no entry.
 */
const COUNT_BYTES = 8;
export const GZI_PAIR_BYTES = 16;

/** Pairs of an index of so many bytes; undefined if no index has that many. */
export function gziPairs(indexBytes: number): number | undefined {
  const pairs = (indexBytes - COUNT_BYTES) / GZI_PAIR_BYTES;
  return pairs >= 0 && Number.isInteger(pairs) ? pairs : undefined;
}

/** Where the block of a pair starts. */
export function gziPair(pair: Uint8Array): { readonly inFile: number; readonly inText: number } {
  const view = new DataView(pair.buffer, pair.byteOffset, GZI_PAIR_BYTES);
  return { inFile: Number(view.getBigUint64(0, true)), inText: Number(view.getBigUint64(8, true)) };
}

/**
 * Compressed offsets of the blocks' starts, ascending, the first block included; undefined if the bytes are no such
 * index or not that of a file of `byteLength` bytes.
 */
export function gziBlockStarts(index: Uint8Array, byteLength: number): Float64Array | undefined {
  const entries = gziPairs(index.length);
  if (entries === undefined) return undefined;
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  if (view.getBigUint64(0, true) !== BigInt(entries)) return undefined;
  const starts = new Float64Array(entries + 1);
  for (let entry = 0; entry < entries; entry += 1) {
    const start = Number(view.getBigUint64(COUNT_BYTES + GZI_PAIR_BYTES * entry, true));
    if (start <= (starts[entry] ?? 0) || start >= byteLength) return undefined;
    starts[entry + 1] = start;
  }
  return starts;
}
