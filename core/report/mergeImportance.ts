/**
 * Merges the importances of a forest's chunks, one chunk at a time. What is kept between two merges is a CSV `variable,odd,even` in
 * the order of the genome: the sums, weighted by trees, over the chunks of odd and of even number. So a merge reads it
 * and writes the next as streams, and holds one chunk's table; and the two halves can be compared (stability.ts).
 */
import type { ImportanceTable } from "./importanceTable.ts";
import { descending } from "./order.ts";

const header = "variable,odd,even";

/** What a merge shows of its result. */
export interface MergeSummary {
  /** Rows written: variants that some tree used. */
  variants: number;
  readonly top: Top;
  readonly odd: Top;
  readonly even: Top;
}

export function mergeSummary(length: number): MergeSummary {
  return { variants: 0, top: new Top(length), odd: new Top(length), even: new Top(length) };
}

/** The highest so many of the values that it is given; of equal ones, the first. */
export class Top {
  readonly #length: number;
  readonly #rows: { readonly variant: string; readonly value: number }[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  add(variant: string, value: number): void {
    const rows = this.#rows;
    if (value <= 0 || (rows.length === this.#length && value <= (rows.at(-1)?.value ?? 0))) return;
    let at = rows.length;
    while (at > 0 && (rows[at - 1]?.value ?? 0) < value) at--;
    rows.splice(at, 0, { variant, value });
    if (rows.length > this.#length) rows.pop();
  }

  /** The highest first. */
  rows(): readonly { readonly variant: string; readonly value: number }[] {
    return this.#rows;
  }
}

interface Row {
  readonly contig: string;
  readonly pos: number;
  /** REF_ALT1|ALT2 */
  readonly alleles: string;
  odd: number;
  even: number;
}

/** The chunk whose importances are added. */
export interface AddedChunk {
  readonly number: number;
  readonly trees: number;
  readonly table: ImportanceTable;
}

/**
 * Pieces of the next merged CSV, UTF-8. Variants of the same name, which a VCF may have, become one row with their sum.
 *
 * @param previous as an earlier merge wrote it; undefined for the first chunk
 * @param summary is filled on the way
 */
export function mergedImportance(
  previous: AsyncIterable<Uint8Array> | undefined,
  chunk: AddedChunk,
  summary: MergeSummary,
): AsyncGenerator<string> {
  return inPieces(header, mergedRows(previous, chunk), (row) => written(row, summary));
}

async function* mergedRows(previous: AsyncIterable<Uint8Array> | undefined, chunk: AddedChunk): AsyncGenerator<Row> {
  const added = rowsOf(chunk);
  let next = added.next();
  for await (const before of previous ? readRows(previous) : []) {
    for (; !next.done && compare(next.value, before) < 0; next = added.next()) yield next.value;
    for (; !next.done && compare(next.value, before) === 0; next = added.next()) {
      before.odd += next.value.odd;
      before.even += next.value.even;
    }
    yield before;
  }
  for (; !next.done; next = added.next()) yield next.value;
}

const pieceLength = 2 ** 20;

/** A CSV line by line, in pieces of about a megabyte. */
async function* inPieces(
  columns: string,
  rows: AsyncIterable<Row>,
  lineOf: (row: Row) => string,
): AsyncGenerator<string> {
  let text = `${columns}\n`;
  for await (const row of rows) {
    text += `${lineOf(row)}\n`;
    if (text.length > pieceLength) {
      yield text;
      text = "";
    }
  }
  yield text;
}

function written(row: Row, summary: MergeSummary): string {
  const variant = nameOf(row);
  const { odd, even } = row;
  summary.variants++;
  summary.top.add(variant, odd + even);
  summary.odd.add(variant, odd);
  summary.even.add(variant, even);
  return `${variant},${odd},${even}`;
}

/** In the order of the genome, those of one name added up. */
function* rowsOf({ number, trees, table }: AddedChunk): Generator<Row> {
  const isOdd = number % 2 === 1;
  let held: Row | undefined;
  for (const at of genomeOrder(table)) {
    const { contig, pos, ref, alts } = table.parts(at);
    const sum = (table.importances[at] ?? 0) * trees;
    const row = { contig, pos, alleles: `${ref}_${alts}`, odd: isOdd ? sum : 0, even: isOdd ? 0 : sum };
    if (held && compare(held, row) === 0) {
      held.odd += row.odd;
      held.even += row.even;
      continue;
    }
    if (held) yield held;
    held = row;
  }
  if (held) yield held;
}

/** By contig as text, position, alleles as text. */
function compare(a: Row, b: Row): number {
  if (a.contig !== b.contig) return a.contig < b.contig ? -1 : 1;
  if (a.pos !== b.pos) return a.pos - b.pos;
  return a.alleles === b.alleles ? 0 : a.alleles < b.alleles ? -1 : 1;
}

/** POS is below 2³¹ (VCF 4.3, 1.6.1). */
const positionsOfContig = 2 ** 31;

function* genomeOrder({ rows, contigs, contigOf, positions, parts }: ImportanceTable): Generator<number> {
  const places = new Map(contigs.toSorted((a, b) => (a < b ? -1 : 1)).map((contig, place) => [contig, place]));
  const placeOf = contigs.map((contig) => places.get(contig) ?? 0);
  const keys = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    keys[row] = -((placeOf[contigOf[row] ?? 0] ?? 0) * positionsOfContig + (positions[row] ?? 0));
  const order = descending(keys);
  const alleles = (row: number) => {
    const { ref, alts } = parts(row);
    return `${ref}_${alts}`;
  };
  for (let start = 0; start < rows; ) {
    let end = start + 1;
    while (end < rows && keys[order[end] ?? 0] === keys[order[start] ?? 0]) end++;
    if (end === start + 1) yield order[start] ?? 0;
    else yield* [...order.subarray(start, end)].sort((a, b) => (alleles(a) < alleles(b) ? -1 : 1));
    start = end;
  }
}

/** @throws Error naming the line that no merge wrote */
async function* readRows(csv: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of lines(csv)) {
    line++;
    if (line === 1 && text === header) continue;
    const row = line === 1 ? undefined : rowOf(text);
    if (row === undefined) throw new Error(`the merged importances cannot be read at line ${line}`);
    yield row;
  }
}

const merged = /^(.+)_(\d+)_([^_,]*_[^_,]*),([^,]+),([^,]+)$/;

function rowOf(line: string): Row | undefined {
  const [, contig = "", pos, alleles = "", odd, even] = merged.exec(line) ?? [];
  const row = { contig, pos: Number(pos), alleles, odd: Number(odd), even: Number(even) };
  return Number.isFinite(row.pos + row.odd + row.even) ? row : undefined;
}

async function* lines(csv: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of csv) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

/** A merged CSV as the engine would have written it for one forest of so many trees: `variable,importance`. */
export async function* asOneForest(csv: AsyncIterable<Uint8Array>, trees: number): AsyncGenerator<Uint8Array> {
  const lineOf = (row: Row) => `${nameOf(row)},${(row.odd + row.even) / trees}`;
  for await (const piece of inPieces("variable,importance", readRows(csv), lineOf)) yield Buffer.from(piece);
}

function nameOf({ contig, pos, alleles }: Row): string {
  return `${contig}_${pos}_${alleles}`;
}
