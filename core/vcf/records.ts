/** What is wrong with one record line. */
import type { RecordTally } from "./recordTally.ts";
import { siteTrouble } from "./siteTrouble.ts";

export interface RecordTrouble {
  readonly kind:
    | "blank"
    | "columns"
    | "no-genotypes"
    | "genotypes-not-first"
    | "position"
    | "genotype"
    | "unreadable"
    | "malformed"
    | "unsorted"
    | "duplicate";
  readonly line: number;
  readonly columns: number;
  /** What it is, where the kind does not say it; no genotype. */
  readonly reason?: string;
}

const TAB = 9;
const FORMAT_COLUMN = 8;
const SOUND: readonly never[] = [];

/**
 * Compares a record with the number of columns of the header, and looks into it if it has them. A tab at the end of the line makes no
 * column, neither here nor in htsjdk 2.21, which VariantSpark reads records with.
 * @param tally what came before; takes the record if it has its columns, POS and GT
 */
export function recordTroubles(
  line: Uint8Array,
  headerColumns: number,
  tally: RecordTally,
): readonly Omit<RecordTrouble, "line">[] {
  if (line.length === 0) return [{ kind: "blank", columns: 0 }];
  const end = endWithoutTabs(line);
  const tabs = tabsOf(line, end);
  const columns = tabs.count + 1;
  if (columns !== headerColumns) return [{ kind: "columns", columns }];
  const text = Buffer.from(line.buffer, line.byteOffset, end);
  const site = text.toString("latin1", 0, tabs.first[FORMAT_COLUMN] ?? end).split("\t");
  if (!/^\d+$/.test(site[1] ?? "")) return [{ kind: "position", columns }];
  const format = genotypesTrouble(site[FORMAT_COLUMN]);
  if (format !== undefined) return [{ kind: format, columns }];
  const ofSite = siteTrouble(site);
  const ofTally = tally.take(text, site, tabs.first);
  if (ofSite === undefined && ofTally.length === 0) return SOUND;
  return [...(ofSite ? [ofSite] : []), ...ofTally].map((trouble) => ({ ...trouble, columns }));
}

/** Columns of a line, not counting empty ones at its end. */
export function columnCount(line: Uint8Array): number {
  return tabsOf(line, endWithoutTabs(line)).count + 1;
}

function endWithoutTabs(line: Uint8Array): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === TAB) end -= 1;
  return end;
}

/** Their number, and where the first ones stand, as many as the fixed columns have. */
function tabsOf(line: Uint8Array, end: number): { readonly count: number; readonly first: readonly number[] } {
  const first: number[] = [];
  let at = 0;
  for (; at < end && first.length <= FORMAT_COLUMN; at += 1) if (line[at] === TAB) first.push(at);
  // Half of inspection's time goes by here: nothing else is done in this loop.
  let count = first.length;
  for (; at < end; at += 1) if (line[at] === TAB) count += 1;
  return { count, first };
}

/** The specification wants GT first; htsjdk reads a record without GT as not called and throws on GT elsewhere. */
function genotypesTrouble(format: string | undefined): "no-genotypes" | "genotypes-not-first" | undefined {
  if (format === undefined) return undefined; // no FORMAT column: the header's finding says so
  const index = format.split(":").indexOf("GT");
  if (index === -1) return "no-genotypes";
  return index === 0 ? undefined : "genotypes-not-first";
}
