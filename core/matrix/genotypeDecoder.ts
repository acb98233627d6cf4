/**
 * Turns the genotype columns of a record into dosages, one byte per sample: VariantSpark's coding, 0, 1 or 2. Text and rows
 * lie in one WebAssembly memory, so that nothing is copied between reading and writing: [tally, orders, cells, rows, text].
 * Records of plain "a|b" cells take the narrow kernel; all others take the wide one, which hands cells of
 * rare shapes (three alleles, two digits) to the general decoder.
 */
import { type CellTally, decodeCell } from "./genotypeDecoderCell.ts";
import { createGenotypeKernel, type GenotypeKernel } from "./genotypeDecoderKernel.ts";
import { COLON, DOT, PADDING_BYTES, TAB, TALLY, TALLY_BYTES, ZERO } from "./genotypeDecoderTally.ts";

export interface DecoderLayout {
  /** Samples of the file. */
  readonly sampleCount: number;
  /** Sample of each column of the row, 0-based; all samples in the file's order if left out. */
  readonly columnOrder?: Uint32Array | undefined;
  /** Rows that have room at a time. */
  readonly rowCapacity: number;
  /** Bytes of text that have room at first. */
  readonly textCapacity: number;
}

export type DecodeTrouble = "too-few-columns" | "too-many-columns" | "bad-genotype";

const LF = 10;
const CR = 13;
/** A row is written as Parquet's PLAIN encoding wants it: 32 bits of length, then the bytes. */
const PREFIX_BYTES = 4;
const DROPPED = 0xffff_ffff;

export class GenotypeDecoder implements CellTally {
  readonly columns: number;
  readonly rowStride: number;
  /** Of the record decoded last; alternate alleles are told apart only by `decode(…, true)`. */
  missingGenotypes = 0;
  alleleCounts: Uint32Array = new Uint32Array(2);
  readonly #sampleCount: number;
  readonly #isReordered: boolean;
  readonly #kernel: GenotypeKernel;
  readonly #at: MemoryMap;
  #bytes: Buffer;
  #view: DataView;

  constructor(layout: DecoderLayout) {
    const { sampleCount, columnOrder, rowCapacity, textCapacity } = layout;
    this.#sampleCount = sampleCount;
    this.#isReordered = columnOrder !== undefined;
    this.columns = columnOrder?.length ?? sampleCount;
    this.rowStride = PREFIX_BYTES + this.columns;
    this.#at = memoryMap(sampleCount, this.columns, rowCapacity * this.rowStride);
    this.#kernel = createGenotypeKernel(this.#at.text + textCapacity + PADDING_BYTES);
    this.#bytes = Buffer.from(this.#kernel.memory.buffer);
    this.#view = new DataView(this.#kernel.memory.buffer);
    this.#writeOrder(columnOrder ?? Uint32Array.from({ length: sampleCount }, (_, sample) => sample));
  }

  /** The whole memory. Taken anew after `reserveText`, which may move it. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where text begins in `bytes`; it may be written up to `textEnd`. */
  get textStart(): number {
    return this.#at.text;
  }

  get textEnd(): number {
    return this.#bytes.length - PADDING_BYTES;
  }

  /** Makes room for so many bytes of text; what is there stays. */
  reserveText(byteCount: number): void {
    const missing = this.#at.text + byteCount - this.textEnd;
    if (missing <= 0) return;
    this.#kernel.memory.grow(Math.ceil(missing / 65_536));
    this.#bytes = Buffer.from(this.#kernel.memory.buffer);
    this.#view = new DataView(this.#kernel.memory.buffer);
  }

  /** Rows [0, count) as Parquet's PLAIN encoding, in place: valid until the next `decode`. */
  plainRows(count: number): Buffer {
    return this.#bytes.subarray(this.#at.rows, this.#at.rows + count * this.rowStride);
  }

  /** Offset of the first line feed in [start, end) of the text; `end` if there is none. */
  findLineFeed(start: number, end: number): number {
    return this.#kernel.findLineFeed(start, end);
  }

  /**
   * Decodes cells of the form "a|b\t" only, the fast way.
   * @param start offset of the first genotype
   * @param end offset after the last byte of text that is there
   * @returns offset after the record's line feed; undefined if the record looks different, is wrong or is not all there yet: `decode` tells
   */
  decodeNarrow(start: number, end: number, row: number, altCount: number): number | undefined {
    const last = start + 4 * this.#sampleCount - 1;
    if (last >= end || this.#sampleCount === 0) return undefined;
    const terminator = this.#bytes[last];
    const lineFeed = terminator === CR && last + 1 < end ? last + 1 : last;
    if (this.#bytes[lineFeed] !== LF) return undefined;
    this.#bytes[last] = TAB;
    const isDecoded = this.#decodeNarrowCells(start, this.#startRow(row), altCount);
    this.#bytes[last] = terminator ?? LF;
    return isDecoded ? lineFeed + 1 : undefined;
  }

  /**
   * Decodes the genotypes in [start, end), whatever their shape, and tells all alleles apart.
   * @param end offset of the record's line end, which is there
   */
  decode(start: number, end: number, row: number, altCount: number): DecodeTrouble | undefined {
    this.missingGenotypes = 0;
    this.alleleCounts = new Uint32Array(altCount + 1);
    const { tally, columns } = this.#at;
    this.#bytes.fill(0, tally, tally + TALLY_BYTES);
    const out = this.#startRow(row);
    let at = start;
    for (let sample = 0; sample < this.#sampleCount; ) {
      if (this.#bytes[at - 1] !== TAB) return "too-few-columns";
      at = this.#kernel.decodeWide(at, sample, this.#sampleCount, columns, out, tally);
      sample = this.#view.getUint32(tally + TALLY.nextSample, true);
      if (sample === this.#sampleCount) break;
      if (this.#bytes[at - 1] !== TAB) return "too-few-columns";
      const stop = this.#decodeOther(at, end, sample, out);
      if (stop === undefined) return "bad-genotype";
      sample += 1;
      at = sample < this.#sampleCount ? Math.min(stop + 1, end + 1) : stop;
      if (at > end) return "too-few-columns";
    }
    for (; at < end; at += 1) if (this.#bytes[at] !== TAB) return "too-many-columns";
    return this.#takeWideTally() ? undefined : "bad-genotype";
  }

  /** The same for a record whose FORMAT has no GT: every genotype is missing, whatever its cell holds. */
  decodeAbsent(start: number, end: number, row: number, altCount: number): DecodeTrouble | undefined {
    let cells = 1;
    let lastEnd = end;
    while (lastEnd > start && this.#bytes[lastEnd - 1] === TAB) lastEnd -= 1;
    for (let at = start; at < lastEnd; at += 1) if (this.#bytes[at] === TAB) cells += 1;
    if (cells < this.#sampleCount) return "too-few-columns";
    if (cells > this.#sampleCount) return "too-many-columns";
    this.missingGenotypes = this.columns;
    this.alleleCounts = new Uint32Array(altCount + 1);
    const out = this.#startRow(row);
    this.#bytes.fill(0, out, out + this.columns);
    return undefined;
  }

  /** Leaves the length before the row; returns where its dosages go. */
  #startRow(row: number): number {
    const at = this.#at.rows + row * this.rowStride;
    this.#view.setUint32(at, this.columns, true);
    return at + PREFIX_BYTES;
  }

  #decodeNarrowCells(start: number, out: number, altCount: number): boolean {
    const { tally, order, cells } = this.#at;
    if (this.#kernel.decodeNarrow(start, this.#sampleCount, this.#isReordered ? cells : out, tally) === 0) return false;
    if (this.#greatestAllele() > altCount) return false;
    if (this.#isReordered) {
      this.#kernel.gatherCells(start, this.columns, order, cells);
      this.#kernel.decodeNarrow(cells, this.columns, out, tally);
    }
    const nonReference = this.#view.getUint32(tally + TALLY.nonReference, true);
    const missingAlleles = this.#view.getUint32(tally + TALLY.missingAlleles, true);
    this.missingGenotypes = this.#view.getUint32(tally + TALLY.missingGenotypes, true);
    this.alleleCounts = Uint32Array.of(2 * this.columns - missingAlleles - nonReference, nonReference);
    return true;
  }

  #greatestAllele(): number {
    const at = this.#at.tally + TALLY.greatest;
    let greatest = ZERO;
    for (let lane = 0; lane < 16; lane += 1) greatest = Math.max(greatest, this.#bytes[at + lane] ?? 0);
    return greatest - ZERO;
  }

  /** The cell of a sample by the general decoder; returns the offset of the tab behind it, or `end`. */
  #decodeOther(at: number, end: number, sample: number, out: number): number | undefined {
    const column = this.#view.getUint32(this.#at.columns + 4 * sample, true);
    const isDropped = column === DROPPED;
    const into = isDropped ? { missingGenotypes: 0, alleleCounts: new Uint32Array(this.alleleCounts.length) } : this;
    const cell = decodeCell(this.#bytes, at, end, into);
    if (cell === undefined) return undefined;
    if (!isDropped) this.#bytes[out + column] = cell.dosage;
    if (this.#bytes[cell.stop] !== COLON) return cell.stop;
    const tab = this.#bytes.indexOf(TAB, cell.stop);
    return tab === -1 || tab > end ? end : tab;
  }

  /** Adds what the wide kernel counted; false if it met an allele that the record does not name. */
  #takeWideTally(): boolean {
    const { tally } = this.#at;
    this.missingGenotypes += this.#view.getUint32(tally + TALLY.missingGenotypes, true);
    for (let digit = 0; digit < 10; digit += 1) {
      const count = this.#view.getUint32(tally + TALLY.alleles + 4 * (digit + ZERO - DOT), true);
      if (digit < this.alleleCounts.length) this.alleleCounts[digit] = (this.alleleCounts[digit] ?? 0) + count;
      else if (count > 0) return false;
    }
    return true;
  }

  #writeOrder(columnOrder: Uint32Array): void {
    const { order, columns } = this.#at;
    for (let sample = 0; sample < this.#sampleCount; sample += 1)
      this.#view.setUint32(columns + 4 * sample, DROPPED, true);
    for (const [column, sample] of columnOrder.entries()) {
      const isFree = sample < this.#sampleCount && this.#view.getUint32(columns + 4 * sample, true) === DROPPED;
      if (!isFree)
        throw new RangeError(`column ${column} wants sample ${sample} of ${this.#sampleCount}, or wants it again`);
      this.#view.setUint32(order + 4 * column, sample, true);
      this.#view.setUint32(columns + 4 * sample, column, true);
    }
  }
}

interface MemoryMap {
  readonly tally: number;
  /** Sample of each column, and column of each sample. */
  readonly order: number;
  readonly columns: number;
  /** Cells in the order of the columns. */
  readonly cells: number;
  readonly rows: number;
  readonly text: number;
}

function memoryMap(sampleCount: number, columns: number, rowBytes: number): MemoryMap {
  const aligned = (bytes: number) => Math.ceil(bytes / PADDING_BYTES) * PADDING_BYTES + PADDING_BYTES;
  const tally = PADDING_BYTES;
  const order = tally + aligned(TALLY_BYTES);
  const columnsAt = order + aligned(4 * columns);
  const cells = columnsAt + aligned(4 * sampleCount);
  const rows = cells + aligned(4 * Math.max(sampleCount, columns));
  return { tally, order, columns: columnsAt, cells, rows, text: rows + aligned(rowBytes) };
}
