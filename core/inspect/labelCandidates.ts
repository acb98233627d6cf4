/** Where nothing says which column holds the labels: the columns that could, for the choice to name one. */
import { holdsGenotype } from "../findings/found.ts";
import { labelValue } from "../labels/classes.ts";
import { covariateColumns } from "../labels/covariates.ts";
import type { MatchedSamples } from "../labels/matchSamples.ts";
import { type LabelRow, type TableHeader, tableCells } from "../labels/table.ts";
import { duplicates } from "../vcf/header.ts";
import type { LabelCandidate } from "./inspection.ts";
import { valueFindings } from "./labelValueFindings.ts";
import { ShownCells } from "./shownCells.ts";

/** Columns looked at: each costs as much as one that was named. */
const MAX_COLUMNS = 20;
/** Columns that these are chosen from, by their names. */
const MAX_NAMES = 2_000;

/**
 * Those whose cells are classes for every sample that counts, so that the run goes on with any of them; covariates such as sex
 * stand last. Of columns that are named as samples no more than three are offered, and none whose name holds a genotype: labelColumn
 * of analysis.json can still name it. Reads the text once.
 * @param rows all of the table's
 * @param matched those that count; undefined without a VCF
 * @param samples those of the VCF
 */
export function labelCandidates(
  text: string,
  header: TableHeader,
  rows: readonly LabelRow[],
  matched: MatchedSamples | undefined,
  samples: ReadonlySet<string> | undefined,
  onlyLabelled: boolean,
): LabelCandidate[] {
  const { columns } = header;
  const twice = new Set(duplicates(columns));
  const isNamed = (name: string) => name !== "" && !twice.has(name);
  const named = columns.flatMap((name, index) => (index > 0 && isNamed(name) ? [{ name, index }] : []));
  const covariates = new Set(covariateColumns(columns, ""));
  const ordered = [...named].sort((a, b) => Number(covariates.has(a.name)) - Number(covariates.has(b.name)));
  const cells = new ShownCells(samples);
  const isShown = ({ name }: { name: string }) => !holdsGenotype(name) && cells.take(name);
  const lookedAt = ordered.slice(0, MAX_NAMES).filter(isShown).slice(0, MAX_COLUMNS);
  const taken = tableCells(
    text,
    header,
    lookedAt.map(({ index }) => index),
  );
  const rowNumbers = new Map(rows.map((row, number) => [row, number]));
  return lookedAt.flatMap(({ name }, column) => {
    const labelOf = (row: LabelRow) => taken[rowNumbers.get(row) ?? -1]?.[column];
    const classes = classesOf(name, rows, matched, labelOf, onlyLabelled);
    return classes ? [{ column: name, classes }] : [];
  });
}

function classesOf(
  name: string,
  rows: readonly LabelRow[],
  matched: MatchedSamples | undefined,
  labelOf: (row: LabelRow) => string | undefined,
  onlyLabelled: boolean,
): readonly number[] | undefined {
  const first = (sample: string) => matched?.rows.get(sample) ?? matched?.rows.get(sample.trim());
  const contradicts = ({ row }: { row: LabelRow }) => {
    const before = first(row.sample);
    return before !== undefined && labelOf(before) !== labelOf(row);
  };
  if (matched?.repeated.some(contradicts)) return undefined;
  const counted = [...(matched ? matched.rows.values() : rows)]
    .map((row): readonly [string, LabelRow] => [row.sample, { ...row, label: labelOf(row) }])
    .filter(([, { label }]) => !onlyLabelled || labelValue(label).kind !== "missing");
  const { findings, classes } = valueFindings("", name, counted, new Set());
  if (classes === undefined || findings.some(({ severity }) => severity === "error")) return undefined;
  // Numbers of rows count from 0 too, and tell nothing apart.
  return classes.counts.every((count) => count === 1) ? undefined : classes.counts;
}
