/**
 * Pieces of VCFs that are made once and laid out to files of any size: each tile begins and ends at a line's end and has the same
 * number of bytes, so that any range of a terabyte is made on demand. How many records a tile takes is what differs.
 */
import { crc32, deflateRawSync } from "node:zlib";
import { BGZF_EOF } from "../../core/bgzf/block.ts";

export interface Cohort {
  readonly samples: number;
  /** Only GT, or what callers write beside it. */
  readonly format: "GT" | "GT:AD:DP:GQ:PL";
  readonly infoBytes: number;
}

export interface Tile {
  readonly bytes: Buffer;
  readonly records: number;
}

export interface TileSet {
  readonly header: Buffer;
  readonly end: Buffer;
  /** By kind: the share of common variants grows, and with it the length of a line; several tiles of each. */
  readonly kinds: readonly (readonly Tile[])[];
}

export type Packing = "bgzf" | "plain";

const TILE_BYTES = { bgzf: 160 * 2 ** 10, plain: 2 ** 20 };
/** The last kind is what a dense region is like; the others differ as windows of one chromosome do. */
const COMMON_SHARES = [0.12, 0.16, 0.2, 0.24, 0.6];
const TILES_PER_KIND = 2;
const BLOCK_TEXT_BYTES = 65_280;
/** Of an empty block that is filled up. */
const LEAST_BLOCK_BYTES = 64;
const MOST_FILLED_BYTES = 60_000;

/** @param tileBytes of a tile: at least a line of the cohort, compressed */
export function tileSet(
  cohort: Cohort,
  packing: Packing,
  random: () => number,
  tileBytes: number = TILE_BYTES[packing],
): TileSet {
  const names = Array.from({ length: cohort.samples }, (_, index) => `S${index}`);
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...names];
  const header = Buffer.from(`##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n${columns.join("\t")}\n`);
  const kinds = COMMON_SHARES.map((commonShare) => {
    const line = () => {
      const alleleShare = random() < commonShare ? 0.02 + 0.4 * random() : 0.01 * random() ** 2;
      return recordLine(cohort, alleleShare, cohort.infoBytes * (0.8 + commonShare), random);
    };
    return Array.from({ length: TILES_PER_KIND }, () =>
      packing === "bgzf" ? bgzfTile(line, tileBytes) : plainTile(line, tileBytes),
    );
  });
  if (packing === "plain") return { header, end: Buffer.alloc(0), kinds };
  return { header: Buffer.concat(blocksOf(header)), end: Buffer.from(BGZF_EOF), kinds };
}

function recordLine({ samples, format }: Cohort, alleleShare: number, infoBytes: number, random: () => number): string {
  const genotypes: string[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const alleles = Number(random() < alleleShare) + Number(random() < alleleShare);
    const gt = ["0/0", "0/1", "1/1"][alleles] ?? "0/0";
    const depth = Math.floor(10 + 30 * random());
    genotypes.push(
      format === "GT" ? gt : `${gt}:${depth},${alleles * 7}:${depth}:${3 * depth}:0,${depth * 3},${depth * 39}`,
    );
  }
  const info = `AF=${random().toFixed(6)};N=${random()
    .toString(36)
    .repeat(1 + Math.floor((infoBytes * (0.5 + random())) / 13))}`;
  const fixed = ["1", "1000", `rs${Math.floor(1e9 * random())}`, "A", "C", "100", "PASS", info, format];
  return `${[...fixed, ...genotypes].join("\t")}\n`;
}

/** Whole lines until a block more would not fit; an empty block with an extra field fills the rest. */
function bgzfTile(line: () => string, size: number): Tile {
  const blocks: Buffer[] = [];
  let bytes = 0;
  let records = 0;
  for (;;) {
    let text = "";
    let lines = 0;
    for (; text.length < BLOCK_TEXT_BYTES; lines += 1) text += line();
    const more = blocksOf(Buffer.from(text));
    const end = bytes + more.reduce((sum, { length }) => sum + length, 0);
    if (end > size - LEAST_BLOCK_BYTES) break;
    blocks.push(...more);
    bytes = end;
    records += lines;
  }
  if (records === 0) throw new Error("a line is longer than a tile");
  while (bytes < size) {
    const rest = size - bytes;
    const padded = rest > MOST_FILLED_BYTES ? MOST_FILLED_BYTES / 2 : rest;
    blocks.push(block(Buffer.alloc(0), padded));
    bytes += padded;
  }
  return { bytes: Buffer.concat(blocks), records };
}

/** The last line's INFO takes what is left. */
function plainTile(line: () => string, size: number): Tile {
  const lines: string[] = [];
  let bytes = 0;
  for (let next = line(); bytes + next.length <= size || lines.length === 0; next = line()) {
    lines.push(next);
    bytes += next.length;
  }
  const last = lines.pop() ?? "";
  lines.push(last.replace(";N=", `;N=${"x".repeat(Math.max(0, size - bytes))}`));
  return { bytes: Buffer.from(lines.join("")), records: lines.length };
}

export function blocksOf(text: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < text.length; at += BLOCK_TEXT_BYTES)
    blocks.push(block(text.subarray(at, at + BLOCK_TEXT_BYTES)));
  return blocks;
}

/** @param size of the block if it is to be filled up by an extra field ("PD") */
function block(text: Buffer, size?: number): Buffer {
  const data = deflateRawSync(text, { level: 6 });
  const padding = size === undefined ? 0 : size - 26 - data.length - 4;
  const extra = padding > 0 ? 6 + 4 + padding : 6;
  const bytes = Buffer.alloc(12 + extra + data.length + 8);
  bytes.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, extra & 0xff, extra >> 8, 0x42, 0x43, 2, 0]);
  bytes.writeUInt16LE(bytes.length - 1, 16);
  if (padding > 0) bytes.set([0x50, 0x44, padding & 0xff, padding >> 8], 18);
  bytes.set(data, 12 + extra);
  bytes.writeUInt32LE(crc32(text), 12 + extra + data.length);
  bytes.writeUInt32LE(text.length, 16 + extra + data.length);
  return bytes;
}
