/** Writers of .tbi, .csi and .gzi as their specifications say, so that tests can build indexes of every shape. */
import { writeBgzf } from "./writeBgzf.ts";

interface Contig {
  readonly name: string;
  readonly records: number;
  /** Compressed offsets of blocks; each becomes a chunk. */
  readonly blocks: readonly number[];
}

/** @param contigs one bin each, and the bin that counts */
export function tbiOf(contigs: readonly Contig[]): Uint8Array {
  const body = contigs.flatMap(({ records, blocks }) => [
    ...[
      int32(2),
      int32(4681),
      int32(blocks.length),
      ...blocks.flatMap((start) => [offset(start, 5), offset(start, 9)]),
    ],
    ...[int32(37_450), int32(2), offset(blocks[0] ?? 0), offset(blocks[0] ?? 0), int64(records), int64(0)],
    ...[int32(1), offset(blocks[0] ?? 0)],
  ]);
  return writeBgzf(Buffer.concat([Buffer.from("TBI\x01"), int32(contigs.length), tabixHeader(contigs), ...body]));
}

/** @param depth levels of bins */
export function csiOf(contigs: readonly Contig[], depth = 5): Uint8Array {
  const header = tabixHeader(contigs);
  const counting = ((1 << (3 * (depth + 1))) - 1) / 7 + 1;
  const body = contigs.flatMap(({ records, blocks }) => [
    ...[int32(2), int32(1), offset(blocks[0] ?? 0), int32(blocks.length)],
    ...blocks.flatMap((start) => [offset(start, 5), offset(start, 9)]),
    ...[int32(counting), offset(0), int32(2), offset(blocks[0] ?? 0), offset(blocks[0] ?? 0)],
    ...[int64(records), int64(0)],
  ]);
  const parameters = [int32(14), int32(depth), int32(header.length), header, int32(contigs.length)];
  return writeBgzf(Buffer.concat([Buffer.from("CSI\x01"), ...parameters, ...body]));
}

/** @param starts of the blocks, 0 left out */
export function gziOf(starts: readonly number[], textBytesPerBlock = 60_000): Uint8Array {
  const entries = starts.flatMap((start, index) => [int64(start), int64((index + 1) * textBytesPerBlock)]);
  return Buffer.concat([int64(starts.length), ...entries]);
}

function tabixHeader(contigs: readonly Contig[]): Buffer {
  const names = Buffer.from(contigs.map(({ name }) => `${name}\0`).join(""));
  return Buffer.concat([...[2, 1, 2, 0, 35, 0, names.length].map(int32), names]);
}

function offset(blockStart: number, within = 0): Buffer {
  return int64(blockStart * 65_536 + within);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
