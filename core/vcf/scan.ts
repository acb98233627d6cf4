/**
 * Reads VCF text from its start, in pieces of any size, and keeps what inspection needs: the header's facts, how many
 * records there were and the first record of each kind of trouble. Memory is bounded by the longest line.
 */
import { type HeaderContig, headerContig } from "./build.ts";
import { LineSplitter } from "./lines.ts";
import { metaLineTrouble } from "./metaLine.ts";
import { columnCount, type RecordTrouble, recordTroubles } from "./records.ts";
import { RecordTally } from "./recordTally.ts";

export interface VcfScanned {
  /** Value of the fileformat line, wherever it stands in the header. */
  readonly fileFormat: string | undefined;
  /** The line that starts with "#CHROM", or with "#" and no second one; without its end. */
  readonly columnsLine: string | undefined;
  /** Lines before the first record, the columns line included. */
  readonly headerLines: number;
  /** First line of the file that belongs to no header and no record: text, or nothing where a "#" should be. */
  readonly strayLine: { readonly line: number; readonly isBlank: boolean } | undefined;
  /** First line of metadata that VariantSpark's reader throws on. */
  readonly metaTrouble: { readonly line: number; readonly reason: string } | undefined;
  /** Those of the contig lines. */
  readonly contigs: readonly HeaderContig[];
  /** Of the records seen so far; takes more of them as windows are sampled. */
  readonly tally: RecordTally;
  /** Complete records and the bytes of their lines. */
  readonly records: number;
  readonly recordBytes: number;
  /** First record of each kind of trouble. */
  readonly troubles: readonly RecordTrouble[];
  readonly textBytes: number;
  /** Bytes of the last line, if its end was not seen. */
  readonly pendingBytes: number;
  readonly pendingColumns: number;
  /** The file's last line has no line end. */
  readonly isUnterminated: boolean;
}

/** Text read from one file: 256 MiB take about a second to inflate and split (2 cores, 2025). */
const MAX_TEXT_BYTES = 256 * 2 ** 20;
/** A line of this length is no VCF that the engine could take; the #CHROM line of a million samples has about 10 MiB. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/** Lines read from one file: of the shortest ones, 256 MiB have 134 million, which would take a minute. */
const MAX_LINES = 4_000_000;
/** GRCh38 with its decoys and HLA contigs has some 3,400; drafts of plant genomes have hundreds of thousands. */
const MAX_HEADER_LINES = 1_000_000;

const HASH = 35;
const DECODER = new TextDecoder();

export class VcfScan {
  readonly #lines = new LineSplitter();
  readonly #troubles = new Map<string, RecordTrouble>();
  readonly #contigs: HeaderContig[] = [];
  readonly #tally = new RecordTally();
  #line = 0;
  #headerLines = 0;
  #fileFormat: string | undefined;
  #columnsLine: string | undefined;
  #strayLine: VcfScanned["strayLine"];
  #metaTrouble: VcfScanned["metaTrouble"];
  #columns = 0;
  #records = 0;
  #recordBytes = 0;
  #textBytes = 0;
  #isUnterminated = false;

  /** Takes the next piece; false = the bounds are reached, or this is no VCF, and more would tell nothing. */
  push(text: Uint8Array): boolean {
    this.#textBytes += text.length;
    this.#lines.push(text, (line, lineBytes) => this.#takeLine(line, lineBytes));
    return this.#isBounded && this.#strayLine === undefined;
  }

  get textBytes(): number {
    return this.#textBytes;
  }

  /** Whether the header is behind and a record was seen, so that more text would only count records. */
  get isSettled(): boolean {
    return this.#strayLine !== undefined || (this.#columnsLine !== undefined && this.#records > 0);
  }

  /** The text ends here: a last line without a line end counts as a line. */
  finish(): void {
    if (this.#lines.pendingBytes === 0) return;
    this.#isUnterminated = true;
    const line = this.#lines.takePending();
    this.#takeLine(line, line.length);
  }

  result(): VcfScanned {
    const pending = this.#lines.peekPending();
    return {
      fileFormat: this.#fileFormat,
      columnsLine: this.#columnsLine,
      headerLines: this.#headerLines,
      strayLine: this.#strayLine,
      metaTrouble: this.#metaTrouble,
      contigs: this.#contigs,
      tally: this.#tally,
      records: this.#records,
      recordBytes: this.#recordBytes,
      troubles: [...this.#troubles.values()],
      textBytes: this.#textBytes,
      pendingBytes: pending.length,
      pendingColumns: columnCount(pending),
      isUnterminated: this.#isUnterminated,
    };
  }

  get #isBounded(): boolean {
    const mostLines = this.#columnsLine === undefined ? MAX_HEADER_LINES : MAX_LINES;
    return this.#textBytes < MAX_TEXT_BYTES && this.#lines.pendingBytes < MAX_LINE_BYTES && this.#line < mostLines;
  }

  #takeLine(line: Uint8Array, lineBytes: number): void {
    this.#line += 1;
    if (this.#strayLine) return;
    if (this.#columnsLine === undefined) this.#takeHeaderLine(line);
    else if (line[0] !== HASH) this.#takeRecord(line, lineBytes);
  }

  #takeHeaderLine(line: Uint8Array): void {
    const text = DECODER.decode(line); // also drops the byte order mark of a first line, as Hadoop does
    if (!text.startsWith("#")) {
      this.#strayLine = { line: this.#line, isBlank: text === "" };
      return;
    }
    this.#headerLines += 1;
    if (text.startsWith("##fileformat=")) this.#fileFormat ??= text.slice("##fileformat=".length).trim();
    if (text.startsWith("##")) {
      const contig = headerContig(text);
      if (contig) this.#contigs.push(contig);
      const reason = this.#metaTrouble ? undefined : metaLineTrouble(text, this.#fileFormat);
      if (reason) this.#metaTrouble = { line: this.#line, reason };
      return;
    }
    this.#columnsLine = text;
    this.#columns = columnCount(line);
  }

  #takeRecord(line: Uint8Array, lineBytes: number): void {
    if (line.length > 0) {
      this.#records += 1;
      this.#recordBytes += lineBytes;
    }
    for (const trouble of recordTroubles(line, this.#columns, this.#tally))
      if (!this.#troubles.has(trouble.kind)) this.#troubles.set(trouble.kind, { ...trouble, line: this.#line });
  }
}
