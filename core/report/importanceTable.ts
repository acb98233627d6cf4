/**
 * VariantSpark's result, a CSV `variable,importance` in no order, read once and kept as typed arrays: a row costs 20
 * bytes, its alleles and its importance as text, so that 10 million variants fit into a Lambda of 2 GB, where as many
 * objects would not.
 */
import { Contigs } from "./contigs.ts";
import { LineTooLong, lineStarts } from "./csvLines.ts";
import { Growing } from "./growing.ts";
import type { VariantParts } from "./variantParts.ts";

export interface ImportanceTable {
  /** Rows held: all of the file, or the most important ones where the file has more than was allowed. */
  readonly rows: number;
  readonly importances: Float64Array;
  /** In the order in which they came up first. */
  readonly contigs: readonly string[];
  /** Of each row, into `contigs`. */
  readonly contigOf: Uint32Array;
  /** 1-based POS of each row. */
  readonly positions: Int32Array;
  /** UTF-8 of all rows' ends, `REF_ALT1|ALT2,importance` each as it was read, and where that of each row ends. */
  readonly texts: Uint8Array;
  readonly textsEnd: Uint32Array;
  /** Name of a row, taken apart. */
  parts(row: number): VariantParts;
  /** Rows of the file. VariantSpark lists only variants that a tree used. */
  readonly variants: number;
  /** Rows whose importance is not 0. */
  readonly withImportance: number;
  /** Rows whose name keeps a symbolic allele (<DEL>), as a prepared matrix has it. */
  readonly symbolic: number;
}

export type ImportanceReading =
  | { readonly kind: "table"; readonly table: ImportanceTable }
  /** 1-based line that is not VariantSpark's. */
  | { readonly kind: "malformed"; readonly line: number };

/** Up to here the columns' doubling ends exactly; ranked and judged they take 1 GB. */
const defaultMaxRows = 2 ** 24;

/** One pass. Beyond `maxRows` the less important half of what is held is given up, as often as needed. */
export async function readImportance(
  csvChunks: AsyncIterable<Uint8Array>,
  maxRows = defaultMaxRows,
): Promise<ImportanceReading> {
  const rows = new Rows(maxRows);
  let line = 0;
  try {
    for await (const { bytes, starts } of lineStarts(csvChunks))
      for (let at = 0; at + 1 < starts.length; at++) {
        line++;
        const [start = 0, next = 0] = [starts[at], starts[at + 1]];
        const end = bytes[next - 2] === CARRIAGE_RETURN ? next - 2 : next - 1;
        const isRead = line === 1 ? bytes.toString("latin1", start, end) === HEADER : rows.read(bytes, start, end);
        if (!isRead) return { kind: "malformed", line };
      }
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    return { kind: "malformed", line: line + 1 };
  }
  return line === 0 ? { kind: "malformed", line: 1 } : { kind: "table", table: rows.table() };
}

const HEADER = "variable,importance";
const [CARRIAGE_RETURN, QUOTE, COMMA, LESS_THAN, UNDERSCORE, NOUGHT] = [0x0d, 0x22, 0x2c, 0x3c, 0x5f, 0x30];
const NUMBER = /^-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?$/;
/** As of a VCF's header (vcf/scan.ts); a name for each of 16 million rows takes all memory. */
const MOST_CONTIGS = 1_000_000;
/** VCF 4.3, 1.6.1: POS is a 32-bit integer. */
const MOST_POS = 2 ** 31 - 1;

/**
 * A line is `CONTIG_POS_REF_ALT1|ALT2,importance`, taken apart from the right, since a contig may hold underscores
 * (chrUn_KI270742v1) and alleles cannot. Byte by byte: with strings 10 million rows take twice as long.
 */
class Rows {
  readonly #maxRows: number;
  readonly #importances = new Growing((length) => new Float64Array(length));
  readonly #positions = new Growing((length) => new Int32Array(length));
  readonly #contigOf = new Growing((length) => new Uint32Array(length));
  /** Where the text of each row ends in `#texts`. */
  readonly #textsEnd = new Growing((length) => new Uint32Array(length));
  readonly #texts = new Growing((length) => Buffer.alloc(length));
  readonly #contigs = new Contigs();
  #rows = 0;
  #variants = 0;
  #withImportance = 0;
  #symbolic = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** False when the line is not VariantSpark's. */
  read(bytes: Buffer, start: number, end: number): boolean {
    const comma = lastOf(COMMA, bytes, start, end);
    const altsAt = lastOf(UNDERSCORE, bytes, start, comma) + 1;
    const refAt = lastOf(UNDERSCORE, bytes, start, altsAt - 1) + 1;
    const posAt = lastOf(UNDERSCORE, bytes, start, refAt - 1) + 1;
    if (posAt <= start + 1 || isQuoted(bytes, start, comma)) return false;
    const pos = digits(bytes, posAt, refAt - 1);
    const importance = bytes.toString("latin1", comma + 1, end);
    if (pos === undefined || !NUMBER.test(importance) || this.#contigs.count > MOST_CONTIGS) return false;
    if (this.#rows === this.#maxRows) this.#giveUpHalf();
    this.#contigOf.room(this.#rows + 1)[this.#rows] = this.#contigs.index(bytes, start, posAt - 1);
    this.#positions.room(this.#rows + 1)[this.#rows] = pos;
    this.#importances.room(this.#rows + 1)[this.#rows] = Number(importance);
    this.#addText(bytes, refAt, end);
    if (Number(importance) !== 0) this.#withImportance++;
    this.#rows++;
    this.#variants++;
    return true;
  }

  #addText(bytes: Buffer, start: number, end: number): void {
    const from = this.#rows === 0 ? 0 : (this.#textsEnd.array[this.#rows - 1] ?? 0);
    const to = from + end - start;
    const texts = this.#texts.room(to);
    let isSymbolic = false;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      texts[from + at - start] = byte;
      isSymbolic ||= byte === LESS_THAN;
    }
    this.#textsEnd.room(this.#rows + 1)[this.#rows] = to;
    if (isSymbolic) this.#symbolic++;
  }

  /** Keeps what is more important than the median, in the file's order. */
  #giveUpHalf(): void {
    const held = this.#importances.array.subarray(0, this.#rows);
    const bar = held.slice().sort()[Math.floor(this.#rows / 2)] ?? 0;
    let [kept, textsEnd] = [0, 0];
    let start = 0;
    for (let row = 0; row < this.#rows; row++) {
      const end = this.#textsEnd.array[row] ?? 0;
      if ((held[row] ?? 0) > bar) {
        held[kept] = held[row] ?? 0;
        this.#positions.array[kept] = this.#positions.array[row] ?? 0;
        this.#contigOf.array[kept] = this.#contigOf.array[row] ?? 0;
        this.#texts.array.copyWithin(textsEnd, start, end);
        textsEnd += end - start;
        this.#textsEnd.array[kept] = textsEnd;
        kept++;
      }
      start = end;
    }
    this.#rows = kept;
  }

  table(): ImportanceTable {
    const contigs = this.#contigs.names();
    const [contigOf, positions] = [this.#contigOf.array, this.#positions.array.subarray(0, this.#rows)];
    const [texts, textsEnd] = [this.#texts.array, this.#textsEnd.array];
    return {
      rows: this.#rows,
      importances: this.#importances.array.subarray(0, this.#rows),
      contigs,
      contigOf: contigOf.subarray(0, this.#rows),
      positions,
      texts,
      textsEnd,
      parts(row) {
        const [contig, pos] = [contigs[contigOf[row] ?? 0] ?? "", positions[row] ?? 0];
        const text = texts.toString("utf8", row === 0 ? 0 : textsEnd[row - 1], textsEnd[row]);
        const [ref = "", alts = ""] = text.slice(0, text.indexOf(",")).split("_");
        return { contig, pos, ref, alts };
      },
      variants: this.#variants,
      withImportance: this.#withImportance,
      symbolic: this.#symbolic,
    };
  }
}

/** Where that byte stands last between start and end; start − 1 when nowhere. */
function lastOf(byte: number, bytes: Buffer, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && bytes[at] !== byte) at--;
  return Math.max(at, start - 1);
}

function isQuoted(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === QUOTE || bytes[at] === COMMA) return true;
  return false;
}

function digits(bytes: Buffer, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - NOUGHT;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return end > start && value <= MOST_POS ? value : undefined;
}
