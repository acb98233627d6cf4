/**
 * What an index that lies beside a BGZF file tells of its blocks. It is a help and never a proof: it may be damaged or that
 * of an older file, and times of change say nothing. So what it says is looked at here, and again by whoever reads
 * from a block that it names (sliceTextBgzf.ts).
 */
import type { ByteSource } from "../study/byteSource.ts";
import { blockAt } from "./block.ts";
import { gziBlockStarts } from "./gzi.ts";
import { type IndexedContig, tabixIndex } from "./tabix.ts";

/** What became of an index. */
export type IndexUse =
  | { readonly kind: "used"; readonly name: string }
  /** @param reason why, in words that follow "it" */
  | { readonly kind: "ignored"; readonly name: string; readonly reason: string };

export interface BlockIndex {
  /** Each index that was looked at; at most the last one is used. */
  readonly uses: readonly IndexUse[];
  /** Compressed offsets at which blocks start, as the index that is used says; ascending from 0, perhaps not all. */
  readonly blockStarts?: Float64Array;
  /** Of a .tbi or .csi that is used: the contigs with their numbers of records. */
  readonly contigs?: readonly IndexedContig[];
}

export interface IndexFile {
  readonly name: string;
  readonly byteLength: number;
  /** All of its bytes. */
  read(): Promise<Uint8Array>;
}

/** bgzip's own names all blocks; the others name some, of which .csi the fewer. */
const EXTENSIONS = [".gzi", ".tbi", ".csi"];
/** A .tbi of a human genome has 2 MB; a .gzi has 16 bytes per block, 650,000 blocks here, 13 GB or so. */
const MAX_INDEX_BYTES = 10 * 2 ** 20;
const HEADER_BYTES = 64;

/** The objects that are indexes of `key` by their names, the one that tells most first. */
export function indexesBeside<T extends { readonly key: string }>(key: string, objects: readonly T[]): T[] {
  return EXTENSIONS.flatMap((extension) => objects.filter((object) => object.key === key + extension));
}

/**
 * Reads indexes until one can be used: one read of at most `maxBytes` for each, and two of 64 bytes of the file itself. Never
 * fails: an index that cannot be read is ignored like any other that does not help.
 */
export async function readBlockIndex(
  file: ByteSource,
  indexes: readonly IndexFile[],
  maxBytes = MAX_INDEX_BYTES,
): Promise<BlockIndex> {
  const uses: IndexUse[] = [];
  for (const index of indexes) {
    const { name } = index;
    const content = await contentOf(file, index, maxBytes).catch(() => "could not be read");
    if (typeof content !== "string") return { uses: [...uses, { kind: "used", name }], ...content };
    uses.push({ kind: "ignored", name, reason: content });
  }
  return { uses };
}

/** "a.vcf.gz.tbi says where blocks start" or why it does not. */
export function indexInWords(use: IndexUse): string {
  switch (use.kind) {
    case "used":
      return `${use.name} says where slices can start`;
    case "ignored":
      return `${use.name} is not used: it ${use.reason}`;
  }
}

/** Or the reason why not. */
async function contentOf(
  file: ByteSource,
  { name, byteLength, read }: IndexFile,
  maxBytes: number,
): Promise<Omit<BlockIndex, "uses"> | string> {
  if (byteLength > maxBytes) return `is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB`;
  const bytes = await read();
  const tabix = name.endsWith(".gzi") ? undefined : tabixIndex(bytes);
  const starts = name.endsWith(".gzi") ? gziBlockStarts(bytes, file.byteLength) : tabix?.blockStarts;
  if (starts === undefined) return "is damaged, or the index of another file";
  const last = starts.at(-1) ?? 0;
  if (last > file.byteLength) return `names byte ${last} of a file that has ${file.byteLength} bytes`;
  const inFile = last === file.byteLength ? starts.subarray(0, -1) : starts;
  for (const start of [inFile[inFile.length >> 1], inFile.at(-1)]) {
    if (start === undefined || blockAt(await file.slice(start, start + HEADER_BYTES), 0) === undefined)
      return `names byte ${start}, where no BGZF block starts`;
  }
  return { blockStarts: inFile, ...(tabix && { contigs: tabix.contigs }) };
}
