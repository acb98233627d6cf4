/**
 * The index that `bgzip -i` and `bgzip -r` write beside a BGZF file (htslib, bgzf.c, bgzf_index_dump): a number of
 * entries, then one pair per block of where it starts in the file and in the text, all 64-bit little-endian. The first
 * block, at 0 and 0, has no entry.
 */
const PAIR_BYTES = 16;

/**
 * Compressed offsets of the blocks' starts, ascending, the first block included; undefined if the bytes are no such
 * index or not that of a file of `byteLength` bytes.
 */
export function gziBlockStarts(index: Uint8Array, byteLength: number): Float64Array | undefined {
  if (index.length < 8 || (index.length - 8) % PAIR_BYTES !== 0) return undefined;
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const entries = (index.length - 8) / PAIR_BYTES;
  if (view.getBigUint64(0, true) !== BigInt(entries)) return undefined;
  const starts = new Float64Array(entries + 1);
  for (let entry = 0; entry < entries; entry += 1) {
    const start = Number(view.getBigUint64(8 + PAIR_BYTES * entry, true));
    if (start <= (starts[entry] ?? 0) || start >= byteLength) return undefined;
    starts[entry + 1] = start;
  }
  return starts;
}
