/**
 * The indexes that tabix and bcftools write beside a BGZF VCF: .tbi ("The Tabix index file format", Li 2020) and .csi
 * ("Coordinate-sorted Index (CSI) specification", v1). Both are BGZF themselves. They are made for finding regions; here
 * they serve for the blocks that their virtual offsets lie in, and for the number of records per contig, which htslib
 * keeps in a bin that no region has.
 */
import { blockAt, inflateBlock } from "./block.ts";

export interface TabixIndex {
  readonly kind: "tbi" | "csi";
  /** In the index's order. */
  readonly contigs: readonly IndexedContig[];
  /** Compressed offsets that blocks start at, ascending and each once; 0 is the first. The last may be the file's end. */
  readonly blockStarts: Float64Array;
}

export interface IndexedContig {
  /** Undefined where a .csi keeps no names: tabix's header is auxiliary data there. */
  readonly name: string | undefined;
  /** Undefined where the index does not count: programs other than htslib need not. */
  readonly records: number | undefined;
}

/** An index of 10 MiB holds some 30 MiB; one that holds more than this is none. */
const MAX_INDEX_TEXT_BYTES = 64 * 2 ** 20;
/** As of a VCF's header (vcf/scan.ts); the text of an index made to be large has room for 64 million names. */
const MAX_CONTIGS = 1_000_000;
const TBI_MAGIC = 0x01494254;
const CSI_MAGIC = 0x01495343;
/** Bins of 16 kb at five levels, as in BAM: the parameters that .csi states and .tbi has. */
const TBI_DEPTH = 5;

/** @param bytes the whole file; undefined if it is damaged or no such index */
export function tabixIndex(bytes: Uint8Array): TabixIndex | undefined {
  const text = inflated(bytes);
  try {
    return text && new IndexReader(text).index();
  } catch (error) {
    if (error instanceof RangeError) return undefined; // it says to hold more than it does
    throw error;
  }
}

function inflated(bytes: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let textBytes = 0;
  for (let at = 0; at < bytes.length; ) {
    const block = blockAt(bytes, at);
    const text = block && block.end <= bytes.length ? inflateBlock(bytes, block) : undefined;
    if (block === undefined || text === undefined) return undefined;
    textBytes += text.length;
    if (textBytes > MAX_INDEX_TEXT_BYTES) return undefined;
    pieces.push(text);
    at = block.end;
  }
  return Buffer.concat(pieces);
}

/** Reads from front to back; a RangeError tells that the text ends before. */
class IndexReader {
  readonly #text: Uint8Array;
  readonly #view: DataView;
  readonly #starts: number[] = [0];
  #at = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
    this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength);
  }

  index(): TabixIndex | undefined {
    const magic = this.#uint32();
    if (magic === TBI_MAGIC) return this.#tbi();
    return magic === CSI_MAGIC ? this.#csi() : undefined;
  }

  #tbi(): TabixIndex {
    const count = this.#contigCount();
    const names = this.#tabixHeader();
    const contigs = Array.from({ length: count }, (_, contig) => {
      const records = this.#bins(countingBin(TBI_DEPTH), false);
      for (let interval = this.#count(); interval > 0; interval -= 1) this.#virtualOffset();
      return { name: names[contig], records };
    });
    return { kind: "tbi", contigs, blockStarts: ascendingOnce(this.#starts) };
  }

  #csi(): TabixIndex {
    this.#uint32(); // min_shift: how wide the smallest bin is
    const depth = this.#count();
    if (depth > 9) throw new RangeError("bin numbers of more than nine levels exceed 32 bits");
    const auxiliaryBytes = this.#count();
    const auxiliaryEnd = this.#at + auxiliaryBytes;
    const names = auxiliaryBytes > 0 ? this.#tabixHeader() : [];
    this.#at = auxiliaryEnd;
    const contigs = Array.from({ length: this.#contigCount() }, (_, contig) => {
      return { name: names[contig], records: this.#bins(countingBin(depth), true) };
    });
    return { kind: "csi", contigs, blockStarts: ascendingOnce(this.#starts) };
  }

  /** Six numbers about columns, which a VCF has always the same, and the contigs' names, each ended by a zero. */
  #tabixHeader(): string[] {
    this.#at += 24;
    const bytes = this.#count();
    const names = Buffer.from(this.#text.subarray(this.#at, this.#at + bytes)).toString("utf8");
    this.#at += bytes;
    return names.split("\0", MAX_CONTIGS + 1).slice(0, -1);
  }

  /** The bins of one contig; returns how many records it has. */
  #bins(countingBinNumber: number, haveOffset: boolean): number | undefined {
    const bins = this.#count();
    let records: number | undefined = bins === 0 ? 0 : undefined;
    for (let index = 0; index < bins; index += 1) {
      const bin = this.#uint32();
      if (haveOffset) this.#virtualOffset();
      const chunks = this.#count();
      const counts = bin === countingBinNumber && chunks === 2;
      for (let offset = 0; offset < (counts ? 2 : 2 * chunks); offset += 1) this.#virtualOffset();
      if (counts) records = this.#uint64() + this.#uint64(); // mapped and unmapped, in the words of BAM
    }
    return records;
  }

  /** Of a virtual offset (SAM specification §4.1.1) the upper 48 bits: where the block starts. */
  #virtualOffset(): void {
    const low = this.#uint32();
    const high = this.#uint32();
    const start = high * 2 ** 16 + (low >>> 16);
    if (start !== this.#starts.at(-1)) this.#starts.push(start);
  }

  #contigCount(): number {
    const count = this.#count();
    if (count > MAX_CONTIGS) throw new RangeError("more contigs than an assembly has");
    return count;
  }

  /** A signed number that counts what follows. */
  #count(): number {
    const count = this.#view.getInt32(this.#at, true);
    this.#at += 4;
    if (count < 0 || count > this.#text.length) throw new RangeError("more than the text can hold");
    return count;
  }

  #uint32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  #uint64(): number {
    return this.#uint32() + this.#uint32() * 2 ** 32;
  }
}

/** One behind the last that `depth` levels of eightfold bins have: 37,450 for five (htslib, hts.c, META_BIN). */
function countingBin(depth: number): number {
  return (8 ** (depth + 1) - 1) / 7 + 1;
}

function ascendingOnce(values: readonly number[]): Float64Array {
  const ascending = Float64Array.from(values).sort();
  return ascending.filter((value, index) => index === 0 || value !== ascending[index - 1]);
}
