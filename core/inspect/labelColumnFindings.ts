/** What is wrong with the header and the columns of the labels table. */
import type { Finding } from "../findings/finding.ts";
import { counted, found, quoted, thousands } from "../findings/found.ts";
import type { ChosenColumn } from "../labels/column.ts";
import { covariateColumns } from "../labels/covariates.ts";
import type { LabelRow, TableHeader } from "../labels/table.ts";
import type { LabelCandidate } from "./inspection.ts";
import type { VcfSamples } from "./sampleFindings.ts";
import { looksTransposed, ShownCells, TRANSPOSED_REMEDY } from "./shownCells.ts";

const COLUMNS_SHOWN = 20;
const CANDIDATES_SHOWN = 10;

/** What findings about its columns need to know. */
export interface LabelTable {
  readonly file: string;
  readonly header: TableHeader;
  /** Those of the VCF; undefined without one. */
  readonly samples: ReadonlySet<string> | undefined;
  /** Whether rows name some of them, so that columns are most probably no samples. */
  readonly hasSamples: boolean;
}

export function labelHeaderFindings(
  file: string,
  { columns }: TableHeader,
  vcf: VcfSamples | undefined,
  samples: ReadonlySet<string> | undefined,
): Finding[] {
  const [first = ""] = columns;
  if (!vcf || !samples?.has(first)) return [];
  const message = `${file}, line 1: ${quoted(first)} is a sample of ${vcf.file}, not the name of a column.`;
  return [found("labels-header-missing", { file, line: 1 }, message, ifTransposed(columns, samples))];
}

/** Not the cell itself where it holds many names, parted by what is no separator. */
export function oneColumnFindings(
  file: string,
  { columns: [only = ""] }: TableHeader,
  { kind }: ChosenColumn,
): Finding[] {
  if (kind !== "one-column") return [];
  const words = only.split(/[^\p{L}\p{N}]+/u);
  const shown = words.length > 3 ? `of ${counted(words.length, "word")}` : quoted(only);
  return [found("labels-one-column", { file, line: 1 }, `${file}, line 1: there is one column only, ${shown}.`)];
}

export function columnFindings(table: LabelTable, { kind }: ChosenColumn, wanted = ""): Finding[] {
  const { file, header, samples } = table;
  const cells = new ShownCells(samples);
  const name = cells.shown(wanted);
  const unknown = (message: string) =>
    found("label-column-unknown", { file, line: 1 }, message, ifTransposed(header.columns, samples));
  switch (kind) {
    case "chosen":
    case "not-chosen": // said once the cells were seen
    case "one-column":
      return [];
    case "unknown":
      return [unknown(`${file} has no column ${name}; it has ${otherColumns(table, cells)}.`)];
    case "is-sample":
      return [unknown(`${file}: ${name} is the column of the samples; the others are ${otherColumns(table, cells)}.`)];
    case "twice":
      return [found("label-column-twice", { file, line: 1 }, `${file} has more than one column ${name}.`)];
  }
}

/** A question as long as some column can be taken, and else an error. */
export function notChosenFinding(table: LabelTable, candidates: readonly LabelCandidate[]): Finding {
  const { file, header, samples } = table;
  const cells = new ShownCells(samples);
  const count = counted(header.columns.length - 1, "column");
  const message = `${file} has ${count} besides the samples: ${otherColumns(table, cells)}.`;
  const where = { file, line: 1 };
  if (candidates.length === 0) {
    const remedy =
      "Add a column with the classes 0, 1, … for every sample, and name it as labelColumn in analysis.json.";
    const none = `${message} None of those looked at holds classes that count from 0.`;
    const own = { severity: "error", remedy, ...ifTransposed(header.columns, samples) } as const;
    return found("label-column-not-chosen", where, none, own);
  }
  const classes = candidates
    .slice(0, CANDIDATES_SHOWN)
    .map(({ column, classes: counts }) => `${cells.shown(column)} (${classesInWords(counts)})`);
  const more = candidates.length > classes.length ? ` and ${candidates.length - classes.length} more` : "";
  return found("label-column-not-chosen", where, `${message} The labels can be: ${classes.join(", ")}${more}.`);
}

function otherColumns({ header: { columns }, hasSamples }: LabelTable, cells: ShownCells): string {
  return cells.list(columns.slice(1), hasSamples ? COLUMNS_SHOWN : undefined);
}

function ifTransposed(columns: readonly string[], samples: ReadonlySet<string> | undefined): { remedy?: string } {
  return looksTransposed(columns, samples) ? { remedy: TRANSPOSED_REMEDY } : {};
}

function classesInWords(counts: readonly number[]): string {
  const shown = counts.slice(0, 4).map((count, label) => `${thousands(count)} of class ${label}`);
  return counts.length > shown.length ? `${counts.length} classes` : shown.join(", ");
}

export function covariateFindings({ file, header, samples }: LabelTable, labelColumn: string): Finding[] {
  const covariates = covariateColumns(header.columns, labelColumn);
  if (covariates.length === 0) return [];
  const shown = new ShownCells(samples).list(covariates, 5);
  const message = `${file}: VariantSpark does not use ${counted(covariates.length, "covariate")}: ${shown}.`;
  return [found("labels-covariates-unused", { file, line: 1 }, message)];
}

export function widthFindings(file: string, { columns }: TableHeader, rows: readonly LabelRow[]): Finding[] {
  const uneven = rows.filter(({ width }) => width !== columns.length);
  const [first] = uneven;
  if (!first) return [];
  const message = `${file}: ${counted(uneven.length, "row")} of another width than the header's ${columns.length} columns, first line ${first.line} with ${first.width}.`;
  return [found("labels-rows-uneven", { file, line: first.line }, message)];
}
