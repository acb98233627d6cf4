/** importance.csv as people read it: every variant that a tree used, the most important first. */
import type { ImportanceTable } from "./importanceTable.ts";
import type { Judged } from "./significance.ts";
import { spreadsheetText } from "./spreadsheetText.ts";
import { variantName } from "./variantParts.ts";

/**
 * The table in pieces of about a megabyte, UTF-8: rank, variant, contig, pos, ref, alt (alleles joined by "|"),
 * importance as VariantSpark wrote it, and where a local false discovery rate was asked for also splits and localFdr,
 * empty where they are not known. Written byte by byte: as strings, each million rows takes 2.3 s instead of 0.6. Names that
 * a spreadsheet could take for more than text are written as spreadsheetText says (docs/decisions/security.md).
 */
export function* importanceCsv(table: ImportanceTable, order: Uint32Array, judged?: Judged): Generator<Uint8Array> {
  const header = `rank,variant,contig,pos,ref,alt,importance${judged === undefined ? "" : ",splits,localFdr"}\n`;
  const contigs = table.contigs.map((contig) => Buffer.from(contig));
  const longestContig = Math.max(0, ...contigs.map(({ length }) => length));
  const piece = new Piece();
  piece.text(header);
  for (let at = 0; at < order.length; at++) {
    const row = order[at] ?? 0;
    const start = row === 0 ? 0 : (table.textsEnd[row - 1] ?? 0);
    const end = table.textsEnd[row] ?? 0;
    const contig = contigs[table.contigOf[row] ?? 0] ?? new Uint8Array();
    const longest = mostGrowth * (end - start + longestContig) + longestOther;
    if (!piece.hasRoom(longest)) yield piece.taken(longest);
    const comma = commaIn(table.texts, start);
    if (isPlain(contig, 0, contig.length) && isPlain(table.texts, start, comma))
      variantCells(piece, table, row, at + 1, contig, start, comma, end);
    else guardedCells(piece, table, row, at + 1, comma, end);
    if (judged !== undefined) piece.text(`,${judged.splits(row) ?? ""},${judged.localFdr(row) ?? ""}`);
    piece.byte(LF);
  }
  yield piece.taken(0);
}

const [COMMA, UNDERSCORE, LF] = [0x2c, 0x5f, 0x0a];
/** Of all cells of a row but names and alleles. */
const longestOther = 200;
/** Names and alleles stand in two cells each, where a byte may become three and an apostrophe. */
const mostGrowth = 8;

/** @param start, @param comma, @param end of the row's `REF_ALT,importance` in the table's texts */
function variantCells(
  piece: Piece,
  { texts, positions }: ImportanceTable,
  row: number,
  rank: number,
  contig: Uint8Array,
  start: number,
  comma: number,
  end: number,
): void {
  const pos = positions[row] ?? 0;
  let alts = start;
  while (texts[alts] !== UNDERSCORE) alts++;
  piece.digits(rank);
  piece.byte(COMMA);
  piece.bytes(contig, 0, contig.length);
  piece.byte(UNDERSCORE);
  piece.digits(pos);
  piece.byte(UNDERSCORE);
  piece.bytes(texts, start, comma);
  piece.byte(COMMA);
  piece.bytes(contig, 0, contig.length);
  piece.byte(COMMA);
  piece.digits(pos);
  piece.byte(COMMA);
  piece.bytes(texts, start, alts);
  piece.byte(COMMA);
  piece.bytes(texts, alts + 1, end);
}

function commaIn(texts: Uint8Array, start: number): number {
  let at = start;
  while (texts[at] !== COMMA) at++;
  return at;
}

/** Whether spreadsheetText would leave each cell of these bytes as it is; false also where it only may. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isOdd[bytes[at] ?? 0] === 1) return false;
  return true;
}

const isOdd = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 0x20 || byte > 0x7e || "=+-@;".includes(String.fromCharCode(byte))),
);

/** @param comma, @param end between which the texts have the row's importance */
function guardedCells(
  piece: Piece,
  table: ImportanceTable,
  row: number,
  rank: number,
  comma: number,
  end: number,
): void {
  const parts = table.parts(row);
  const { contig, pos, ref, alts } = parts;
  const cells = [variantName(parts), contig, String(pos), ref, alts].map(spreadsheetText);
  piece.utf8(`${rank},${cells.join(",")}`);
  piece.bytes(table.texts, comma, end);
}

const pieceBytes = 2 ** 20;

/** Bytes that are being written; who writes has made sure that there is room. */
class Piece {
  #bytes = Buffer.alloc(pieceBytes);
  #length = 0;

  hasRoom(length: number): boolean {
    return this.#length + length <= this.#bytes.length;
  }

  /** What was written; then there is room for `length` and more. */
  taken(length: number): Uint8Array {
    const written = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(Math.max(pieceBytes, length));
    this.#length = 0;
    return written;
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  bytes(source: Uint8Array, start: number, end: number): void {
    const target = this.#bytes;
    const shift = this.#length - start;
    for (let at = start; at < end; at++) target[at + shift] = source[at] ?? 0;
    this.#length += end - start;
  }

  /** ASCII. */
  text(text: string): void {
    this.#length += this.#bytes.write(text, this.#length, "latin1");
  }

  utf8(text: string): void {
    this.#length += this.#bytes.write(text, this.#length, "utf8");
  }

  /** A whole number from 0 on. */
  digits(value: number): void {
    let length = 1;
    for (let power = 10; power <= value; power *= 10) length++;
    let rest = value;
    for (let at = this.#length + length - 1; at >= this.#length; at--) {
      const tens = Math.floor(rest / 10);
      this.#bytes[at] = 0x30 + rest - 10 * tens;
      rest = tens;
    }
    this.#length += length;
  }
}
