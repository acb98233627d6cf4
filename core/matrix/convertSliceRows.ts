/**
 * Cuts text into records and makes rows of those that the filters keep. Pieces are copied into the decoder's memory once; what they
 * leave of a record moves to the front of the window before the next piece.
 */

import { RecordColumns } from "./convertSliceRecord.ts";
import {
  DROP_REASONS,
  type DropReason,
  genotypeDropReason,
  type MatrixFilters,
  needsAlleleCounts,
  siteDropReason,
} from "./filters.ts";
import { type DecodeTrouble, GenotypeDecoder } from "./genotypeDecoder.ts";
import { MatrixError, type MatrixErrorCode } from "./matrixError.ts";
import type { PlacedText } from "./sliceTextLines.ts";
import { variantName } from "./variantName.ts";

export interface SliceLayout {
  /** Samples of the file. */
  readonly sampleCount: number;
  /** Sample of each column of the matrix, 0-based; all samples in the file's order if left out. */
  readonly columnOrder?: Uint32Array | undefined;
  readonly filters: MatrixFilters;
  /** The text goes on to the file's end, where a last record needs no line end. */
  readonly endsFile?: boolean | undefined;
}

export interface SliceCounts {
  readonly recordsIn: number;
  readonly rowsOut: number;
  /** Records by the first filter that dropped them; recordsIn = rowsOut + their sum. */
  readonly droppedBy: Readonly<Record<DropReason, number>>;
  /** Genotypes in the rows written, and how many of them miss an allele or all: VariantSpark counts those as 0, or as 1 if only some. */
  readonly genotypes: number;
  readonly missing: number;
}

export interface RowPage {
  readonly labels: readonly Uint8Array[];
  /** Each row with its length before it; valid until the next page is asked for. */
  readonly plainRows: Uint8Array;
}

const WINDOW_BYTES = 2 ** 18;
const MAX_RECORD_BYTES = 2 ** 29;
const LF = 10;
const CR = 13;
const HASH = 35;

export class MatrixRows {
  readonly #layout: SliceLayout;
  readonly #decoder: GenotypeDecoder;
  readonly #record = new RecordColumns();
  readonly #rowCapacity: number;
  readonly #tellsAlleles: boolean;
  #labels: Uint8Array[] = [];
  /** Text not yet taken: [start, end) of the decoder's memory. */
  #start: number;
  #end: number;
  #piece: PlacedText = { text: new Uint8Array(), byteOffsetAt: () => 0 };
  /** Offset of `start` in the piece; below 0 while the record there began in the piece before, at `carriedByteOffset` of the file. */
  #pieceOffset = 0;
  #carriedByteOffset = 0;
  #recordsIn = 0;
  #rowsOut = 0;
  #missing = 0;
  readonly #droppedBy = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;

  constructor(layout: SliceLayout, pageBytes: number) {
    const { sampleCount, columnOrder, filters } = layout;
    this.#layout = layout;
    this.#rowCapacity = Math.max(1, Math.floor(pageBytes / ((columnOrder?.length ?? sampleCount) + 4)));
    this.#tellsAlleles = needsAlleleCounts(filters);
    this.#decoder = new GenotypeDecoder({
      sampleCount,
      columnOrder,
      rowCapacity: this.#rowCapacity,
      textCapacity: WINDOW_BYTES,
    });
    this.#start = this.#decoder.textStart;
    this.#end = this.#start;
  }

  get counts(): SliceCounts {
    return {
      recordsIn: this.#recordsIn,
      rowsOut: this.#rowsOut,
      droppedBy: { ...this.#droppedBy },
      genotypes: this.#rowsOut * this.#decoder.columns,
      missing: this.#missing,
    };
  }

  /** Takes the next piece of text; yields pages as they become full. */
  *take(piece: PlacedText): Generator<RowPage> {
    this.#carriedByteOffset = this.#byteOffset;
    this.#piece = piece;
    this.#pieceOffset = this.#start - this.#end;
    for (let from = 0; from < piece.text.length; ) {
      from += this.#fill(piece.text, from);
      yield* this.#takeRecords();
    }
  }

  /** The text has ended: takes a last record without line end if it may be one, and yields the last page. */
  *finish(endsFile: boolean): Generator<RowPage> {
    if (this.#end > this.#start) {
      if (!endsFile) throw this.#error("short-read", "The text ends within a record");
      const byteOffset = this.#byteOffset;
      yield* this.take({ text: Uint8Array.of(LF), byteOffsetAt: () => byteOffset });
    }
    if (this.#labels.length > 0) yield this.#page();
  }

  /** Copies as much as has room; returns how much that was. */
  #fill(text: Uint8Array, from: number): number {
    const { textStart } = this.#decoder;
    if (this.#start > textStart) {
      this.#decoder.bytes.copyWithin(textStart, this.#start, this.#end);
      this.#end -= this.#start - textStart;
      this.#start = textStart;
    }
    if (this.#end === this.#decoder.textEnd) this.#widen();
    const count = Math.min(text.length - from, this.#decoder.textEnd - this.#end);
    this.#decoder.bytes.set(text.subarray(from, from + count), this.#end);
    this.#end += count;
    return count;
  }

  /** One record fills the whole window: it gets twice as much. */
  #widen(): void {
    const bytes = 2 * (this.#decoder.textEnd - this.#decoder.textStart);
    if (bytes > MAX_RECORD_BYTES)
      throw this.#error("line-too-long", `A record has more than ${MAX_RECORD_BYTES} bytes`);
    this.#decoder.reserveText(bytes);
  }

  *#takeRecords(): Generator<RowPage> {
    for (;;) {
      const next = this.#takeRecord();
      if (next === undefined) return;
      this.#pieceOffset += next - this.#start;
      this.#start = next;
      if (this.#labels.length === this.#rowCapacity) yield this.#page();
    }
  }

  /** Takes the record at the start of the window; returns the offset behind it, undefined if its end is not there yet. */
  #takeRecord(): number | undefined {
    const { bytes } = this.#decoder;
    const isSite = this.#record.read(bytes, this.#start, this.#end);
    if (!isSite || bytes[this.#start] === HASH) return this.#takeOtherLine();
    const altCount = this.#record.alternateCount(bytes);
    const isPlain = this.#record.gtPlace(bytes) === "first" && !(this.#tellsAlleles && altCount > 1);
    const row = this.#labels.length;
    const next = isPlain
      ? this.#decoder.decodeNarrow(this.#record.genotypesStart, this.#end, row, nameable(altCount))
      : undefined;
    if (next !== undefined) this.#keepOrDrop(altCount);
    return next ?? this.#takeWide(altCount);
  }

  #takeWide(altCount: number): number | undefined {
    const { bytes } = this.#decoder;
    const lineFeed = this.#decoder.findLineFeed(this.#record.genotypesStart, this.#end);
    if (lineFeed === this.#end) return undefined;
    const end = bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
    const trouble = this.#decodeWide(end, altCount);
    if (trouble) throw this.#error(...TROUBLES[trouble]);
    this.#keepOrDrop(altCount);
    return lineFeed + 1;
  }

  #decodeWide(end: number, altCount: number): RecordTrouble | undefined {
    const { genotypesStart } = this.#record;
    const row = this.#labels.length;
    switch (this.#record.gtPlace(this.#decoder.bytes)) {
      case "first":
        return this.#decoder.decode(genotypesStart, end, row, nameable(altCount));
      case "absent":
        return this.#decoder.decodeAbsent(genotypesStart, end, row, altCount);
      case "later":
        return "gt-not-first";
    }
  }

  /** A header line or an empty one, which no slice counts, or a line that is none of a VCF; undefined if its end is not there yet. */
  #takeOtherLine(): number | undefined {
    const { bytes } = this.#decoder;
    const lineFeed = this.#decoder.findLineFeed(this.#start, this.#end);
    if (lineFeed === this.#end) return undefined;
    const isEmpty = lineFeed === this.#start || (lineFeed === this.#start + 1 && bytes[this.#start] === CR);
    if (isEmpty || bytes[this.#start] === HASH) return lineFeed + 1;
    throw this.#error(...TROUBLES["too-few-columns"]);
  }

  /** The row is decoded: gives it a label, or leaves its place to the next one. */
  #keepOrDrop(altCount: number): void {
    const { filters } = this.#layout;
    const { bytes, columns, missingGenotypes, alleleCounts } = this.#decoder;
    const position = this.#record.position(bytes);
    if (position === undefined) throw this.#error("vcf-record-position", "POS is not a number");
    this.#recordsIn += 1;
    const reason =
      siteDropReason(filters, () => this.#record.contig(bytes), position, altCount) ??
      genotypeDropReason(filters, { samples: columns, missingGenotypes, alleleCounts });
    if (reason !== undefined) {
      this.#droppedBy[reason] += 1;
      return;
    }
    this.#rowsOut += 1;
    this.#missing += missingGenotypes;
    this.#labels.push(variantName(bytes, this.#record));
  }

  #page(): RowPage {
    const labels = this.#labels;
    this.#labels = [];
    return { labels, plainRows: this.#decoder.plainRows(labels.length) };
  }

  #error(code: MatrixErrorCode, detail: string): MatrixError {
    return new MatrixError(code, this.#byteOffset, `${detail}, in the record that starts there or in that block`);
  }

  /** Where the record at the start of the window starts in the file. */
  get #byteOffset(): number {
    return this.#pieceOffset < 0 ? this.#carriedByteOffset : this.#piece.byteOffsetAt(this.#pieceOffset);
  }
}

/** Where ALT is missing, a genotype may still call an allele that is not the reference: allele 1, whatever it is. */
function nameable(altCount: number): number {
  return Math.max(1, altCount);
}

type RecordTrouble = DecodeTrouble | "gt-not-first";

const TROUBLES: Record<RecordTrouble, readonly [MatrixErrorCode, string]> = {
  "too-few-columns": ["vcf-record-columns", "There are fewer columns than the header has"],
  "too-many-columns": ["vcf-record-columns", "There are more columns than the header has"],
  "bad-genotype": ["vcf-genotype-invalid", "A genotype is none, or names an allele that is not there"],
  "gt-not-first": ["vcf-genotypes-not-first", "GT is not the first FORMAT key"],
};
