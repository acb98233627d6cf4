/**
 * The labels table as text: rows of cells separated by comma, tab or semicolon, quoted as in RFC 4180. Reads the header
 * first and then only the two columns that matter, for a table may have hundreds of others.
 */
import { CsvError, type Options, parse } from "csv-parse/sync";

type Separator = "," | "\t" | ";";

/** Comma first, which is taken where none of them occurs. */
export const SEPARATORS: readonly Separator[] = [",", "\t", ";"];

export interface TableHeader {
  readonly separator: Separator;
  readonly columns: readonly string[];
}

export interface LabelRow {
  readonly sample: string;
  /** Trimmed; undefined if no column was chosen or the row is too short. */
  readonly label: string | undefined;
  /** 1-based line on which the row ends. */
  readonly line: number;
  readonly width: number;
}

/** A quote where none may be. */
export class MalformedTable extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`quotes on line ${line}`);
    this.line = line;
  }
}

/** undefined if the text has no line that is not empty. Throws MalformedTable. */
export function tableHeader(text: string): TableHeader | undefined {
  const separator = separatorOf(text);
  const [columns] = parsed(text, { ...options(separator), to: 1 });
  return columns && { separator, columns: columns.map((name) => name.trim()) };
}

/** Rows behind the header. Throws MalformedTable. */
export function tableRows(text: string, header: TableHeader, labelColumn: number | undefined): LabelRow[] {
  return recordsOf(text, header, (cells, line) => {
    const label = labelColumn === undefined ? undefined : cells[labelColumn]?.trim();
    return { sample: cells[0] ?? "", label, line, width: cells.length };
  });
}

/** The cells of these columns, row by row behind the header; trimmed, undefined where a row is too short. Throws MalformedTable. */
export function tableCells(
  text: string,
  header: TableHeader,
  columns: readonly number[],
): (readonly (string | undefined)[])[] {
  return recordsOf(text, header, (cells) => columns.map((column) => cells[column]?.trim()));
}

/** What is taken of each row behind the header; csv-parse keeps nothing of the row itself. */
function recordsOf<Taken>(
  text: string,
  { separator }: TableHeader,
  take: (cells: readonly string[], line: number) => Taken,
): Taken[] {
  const taken: Taken[] = [];
  const onRecord = (cells: string[], { lines }: { lines: number }) => {
    taken.push(take(cells, lines));
    return null;
  };
  parsed(text, { ...options(separator), on_record: onRecord });
  return taken.slice(1);
}

/** The separator that occurs most in the first line, outside quotes; comma if there is none. */
function separatorOf(text: string): Separator {
  const firstLine = (/[^\r\n]+/.exec(text)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const count = (separator: Separator) => firstLine.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

function options(delimiter: Separator): Options {
  return {
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  };
}

function parsed(text: string, parseOptions: Options): string[][] {
  try {
    return parse(text, parseOptions);
  } catch (error) {
    if (error instanceof CsvError) throw new MalformedTable(Number(error["lines"] ?? 1));
    throw error;
  }
}
