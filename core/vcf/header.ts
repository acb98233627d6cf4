/**
 * The line that starts with "#CHROM" (VCF specification §1.5): eight fixed columns, FORMAT, then the samples. What is
 * held against it is what htsjdk 2.21, which VariantSpark reads headers with, refuses; each case was tried on it.
 */

export interface VcfColumns {
  readonly samples: readonly string[];
  /** 0-based column of the first one that is not what the specification says, if any. */
  readonly wrongColumn: { readonly index: number; readonly expected: string; readonly found: string } | undefined;
  readonly hasFormat: boolean;
}

const FIXED_COLUMNS = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];

/** VariantSpark looks for the header in the first 500 lines and nowhere else (VCFSource.scala of 0.5.5). */
export const HEADER_LINES_SEARCHED = 500;

/** More columns are no cohort of today; 30 million of them, which 60 KB of gzip can hold, take all of a Lambda's memory. */
export const MOST_COLUMNS = 2_000_000;

/** Versions whose header htsjdk 2.21 reads; 3.x, 4.4 and 4.5 are refused as "not a supported version". */
export const SUPPORTED_FILE_FORMATS: readonly string[] = ["VCFv4.0", "VCFv4.1", "VCFv4.2", "VCFv4.3"];

export function vcfColumns(columnsLine: string): VcfColumns {
  const columns = withoutLastTabs(columnsLine).split("\t");
  const index = FIXED_COLUMNS.findIndex((name, at) => columns[at] !== name);
  const wrongColumn =
    index === -1 ? undefined : { index, expected: FIXED_COLUMNS[index] ?? "", found: columns[index] ?? "" };
  const hasFormat = columns[FIXED_COLUMNS.length] === "FORMAT";
  const samples = wrongColumn ? [] : columns.slice(FIXED_COLUMNS.length + (hasFormat ? 1 : 0));
  return { samples, wrongColumn, hasFormat };
}

/** A regular expression for this, /\t+$/, takes a minute for 200,000 tabs with a letter behind them. */
function withoutLastTabs(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\t") end -= 1;
  return line.slice(0, end);
}

/** Names that occur more than once, each once, in their order of appearance. */
export function duplicates(names: readonly string[]): string[] {
  if (new Set(names).size === names.length) return [];
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (seen.has(name) ? twice : seen).add(name);
  return [...twice];
}
