/** What is wrong with one record line, so far as its shape and its place tell. Whether its genotypes are right is not looked at. */
import type { RecordTally } from "./recordTally.ts";

export interface RecordTrouble {
  readonly kind:
    | "blank"
    | "columns"
    | "no-genotypes"
    | "genotypes-not-first"
    | "position"
    | "genotype"
    | "unsorted"
    | "duplicate";
  readonly line: number;
  readonly columns: number;
}

const TAB = 9;
const FORMAT_COLUMN = 8;

/**
 * Compares a record with the number of columns of the header. A tab at the end of the line makes no column, neither
 * here nor in htsjdk 2.21, which VariantSpark reads records with.
 * @param tally what came before; takes the record if it is sound
 */
export function recordTrouble(
  line: Uint8Array,
  headerColumns: number,
  tally: RecordTally,
): Omit<RecordTrouble, "line"> | undefined {
  if (line.length === 0) return { kind: "blank", columns: 0 };
  let columns = 1;
  let positionStart = 0;
  let positionEnd = 0;
  let formatStart = 0;
  let formatEnd = 0;
  const end = endWithoutTabs(line);
  for (let at = 0; at < end; at += 1) {
    if (line[at] !== TAB) continue;
    if (columns === 1) positionStart = at + 1;
    else if (columns === 2) positionEnd = at;
    else if (columns === FORMAT_COLUMN) formatStart = at + 1;
    else if (columns === FORMAT_COLUMN + 1) formatEnd = at;
    columns += 1;
  }
  if (columns !== headerColumns) return { kind: "columns", columns };
  if (!isNumber(line, positionStart, positionEnd)) return { kind: "position", columns };
  const kind = genotypesTrouble(line, formatStart, formatEnd) ?? tally.take(line.subarray(0, end));
  return kind && { kind, columns };
}

/** Columns of a line, not counting empty ones at its end. */
export function columnCount(line: Uint8Array): number {
  const end = endWithoutTabs(line);
  let columns = 1;
  for (let tab = line.indexOf(TAB); tab !== -1 && tab < end; tab = line.indexOf(TAB, tab + 1)) columns += 1;
  return columns;
}

function endWithoutTabs(line: Uint8Array): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === TAB) end -= 1;
  return end;
}

function isNumber(line: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const digit = line[at] ?? 0;
    if (digit < 48 || digit > 57) return false;
  }
  return end > start;
}

/** The specification wants GT first; htsjdk reads a record without GT as not called and throws on GT elsewhere. */
function genotypesTrouble(
  line: Uint8Array,
  start: number,
  end: number,
): "no-genotypes" | "genotypes-not-first" | undefined {
  if (end === 0) return undefined; // no FORMAT column: the header's finding says so
  const keys = String.fromCharCode(...line.subarray(start, Math.min(end, start + 4096))).split(":");
  const index = keys.indexOf("GT");
  if (index === -1) return "no-genotypes";
  return index === 0 ? undefined : "genotypes-not-first";
}
