import type { ByteSource } from "../../core/study/byteSource.ts";
import type { Tile, TileSet } from "./vcfTiles.ts";

/** How the kinds of tiles lie along a file: from its place, 0 to 1, to a kind, 0 to 1. */
export type Course = (place: number, random: number) => number;

export const COURSES: Readonly<Record<string, Course>> = {
  even: (_, random) => 0.8 * random,
  "rare to common": (place, random) => 0.6 * place + 0.2 * random,
  // Of 22 chromosomes each has its own mixture.
  chromosomes: (place, random) => 0.6 * hashed(Math.floor(22 * place)) + 0.2 * random,
  // One part in twenty is a dense region, in stretches of a hundredth of the file.
  "dense stretches": (place, random) => (hashed(Math.floor(100 * place)) < 0.05 ? 0.9 : 0.8 * random),
  waves: (place, random) => 0.4 + 0.3 * Math.sin(40 * place) + 0.1 * (2 * random - 1),
};

export interface VirtualFile {
  readonly source: ByteSource;
  readonly records: number;
  /** Ranges that were read so far. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

/** A file of at least `byteLength` bytes that exists nowhere: each range is put together when it is read. */
export function virtualFile({ header, end, kinds }: TileSet, course: Course, byteLength: number): VirtualFile {
  const tileBytes = kinds[0]?.[0]?.bytes.length ?? 1;
  const tiles = Math.max(1, Math.round((byteLength - header.length - end.length) / tileBytes));
  const tileAt = (index: number): Tile => {
    const value = course(index / tiles, hashed(2 * index));
    const ofKind = kinds[Math.min(kinds.length - 1, Math.max(0, Math.floor(value * kinds.length)))] ?? [];
    const tile = ofKind[Math.floor(hashed(2 * index + 1) * ofKind.length)];
    if (tile === undefined) throw new Error("a kind without tiles");
    return tile;
  };
  const bodyEnd = header.length + tiles * tileBytes;
  const total = bodyEnd + end.length;
  const ranges: [number, number][] = [];
  const slice = async (start: number, wantedEnd: number) => {
    const until = Math.min(wantedEnd, total);
    const pieces: Buffer[] = [];
    for (let at = start; at < until; ) {
      const [piece, pieceStart] =
        at < header.length
          ? [header, 0]
          : at >= bodyEnd
            ? [end, bodyEnd]
            : tilePlace(at - header.length, tileBytes, header.length, tileAt);
      const part = piece.subarray(at - pieceStart, until - pieceStart);
      pieces.push(part);
      at += part.length;
    }
    ranges.push([start, until]);
    return Buffer.concat(pieces);
  };
  let records = 0;
  for (let index = 0; index < tiles; index += 1) records += tileAt(index).records;
  return { source: { byteLength: total, slice }, records, ranges };
}

function tilePlace(
  offset: number,
  tileBytes: number,
  bodyStart: number,
  tileAt: (index: number) => Tile,
): [Buffer, number] {
  const index = Math.floor(offset / tileBytes);
  return [tileAt(index).bytes, bodyStart + index * tileBytes];
}

/** 0 to 1, without order. */
export function hashed(value: number): number {
  let mixed = Math.imul((value % 2 ** 32) ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
