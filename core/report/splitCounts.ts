/** How often the trees of a forest split by each variant, from VariantSpark's model (-om … -omf json). */

/**
 * The model is pretty-printed JSON with one line `"splitVar" : "NAME"` for each split; nothing else of it is read. About
 * 900 bytes a split: 5.4 MB for the 6,035 splits of 500 trees of 1,988 × 1,092 with one causal variant.
 */
export async function splitCounts(modelChunks: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of modelChunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(LF) + 1;
    count(bytes.subarray(0, end), counts);
    rest = Buffer.from(bytes.subarray(end));
  }
  count(rest, counts);
  return counts;
}

const LF = 0x0a;
const MARK = Buffer.from('"splitVar" : ');

function count(lines: Buffer, counts: Map<string, number>): void {
  for (let at = lines.indexOf(MARK); at !== -1; at = lines.indexOf(MARK, at + MARK.length)) {
    const end = lines.indexOf(LF, at);
    const quoted = lines.toString("utf8", at + MARK.length, end === -1 ? lines.length : end).replace(/,\s*$/, "");
    const name: unknown = JSON.parse(quoted);
    if (typeof name === "string") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
