/** What the cells of the label column say, over the samples that count. */
import type { Finding } from "../findings/finding.ts";
import { counted, found, isGenotype, quoted, thousands } from "../findings/found.ts";
import { type LabelClasses, labelClasses, labelValue, rarestShare } from "../labels/classes.ts";
import { isContinuous, measuredValue, thresholds } from "../labels/continuous.ts";
import type { LabelRow } from "../labels/table.ts";
import { ShownCells } from "./shownCells.ts";

export interface LabelValues {
  readonly findings: readonly Finding[];
  /** Label of each sample, in the order given; complete only without an error among the findings. */
  readonly labels: ReadonlyMap<string, number>;
  readonly classes?: LabelClasses;
}

const RARE_SHARE = 0.05;

/** @param samples those of the VCF, of which no message names more than three */
export function valueFindings(
  file: string,
  column: string,
  rows: readonly (readonly [sample: string, row: LabelRow])[],
  samples: ReadonlySet<string> | undefined,
): LabelValues {
  const labels = new Map<string, number>();
  const missing: LabelRow[] = [];
  const texts: LabelRow[] = [];
  for (const [sample, row] of rows) {
    const value = labelValue(row.label);
    if (value.kind === "class") labels.set(sample, value.label);
    else (value.kind === "missing" ? missing : texts).push(row);
  }
  const named = { file, column, samples };
  const ofMissing = missingFindings(named, missing);
  const continuous = continuousFinding(named, [...labels.values()], texts);
  if (continuous) return { findings: [...ofMissing, continuous], labels };
  const cellFindings = [...ofMissing, ...textFindings(named, texts)];
  if (labels.size === 0) return { findings: cellFindings, labels };
  const classes = labelClasses([...labels.values()]);
  const ofClasses = texts.length > 0 ? [] : classFindings(named, classes);
  return { findings: [...cellFindings, ...ofClasses], labels, classes };
}

/** The column that the findings are about. */
interface NamedColumn {
  readonly file: string;
  readonly column: string;
  readonly samples: ReadonlySet<string> | undefined;
}

function missingFindings({ file, column, samples }: NamedColumn, missing: readonly LabelRow[]): Finding[] {
  const first = firstByLine(missing);
  if (!first) return [];
  const cells = new ShownCells(samples);
  const names = cells.list(missing.map(({ sample }) => sample));
  const message = `${file}: ${counted(missing.length, "sample")} without a value in column ${cells.shown(column)}, first line ${first.line}: ${names}.`;
  return [found("label-missing", { file, line: first.line }, message)];
}

/**
 * @param classes whole numbers among the cells
 * @param texts the other cells that are not empty
 */
function continuousFinding(
  { file, column, samples }: NamedColumn,
  classes: readonly number[],
  texts: readonly LabelRow[],
): Finding | undefined {
  const measured = texts.map(({ label }) => measuredValue(label ?? ""));
  const values = [...classes, ...measured.filter((value) => value !== undefined)];
  if (measured.includes(undefined) || !isContinuous(values)) return undefined;
  if (texts.length === 0 && areNumbered(labelClasses(classes).labels)) return undefined;
  const first = firstByLine(texts);
  const range = `${least(values)} to ${-least(values.map((value) => -value))}`;
  const commas = texts.some(({ label }) => label?.includes(",")) ? ", some with a decimal comma" : "";
  const name = new ShownCells(samples).shown(column);
  const message = `${file}: column ${name} holds ${thousands(new Set(values).size)} different numbers, ${range}${commas}.`;
  return found("label-continuous", { file, ...(first && { line: first.line }) }, message, offer(values));
}

/** From 0 or 1 without gaps. */
function areNumbered(labels: readonly number[]): boolean {
  const [first = 0] = labels;
  return (first === 0 || first === 1) && labels.every((label, index) => label === first + index);
}

/** A cohort may have more samples than a call can have arguments. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function offer(values: readonly number[]): { remedy?: string } {
  const cuts = thresholds(values).map(
    ({ from, above }) => `from ${from} on (${counted(above, "sample")}, ${thousands(values.length - above)} below)`,
  );
  if (cuts.length === 0) return {};
  return {
    remedy: `Add a column of classes and name it as labelColumn: 0, and 1 ${cuts.join(", or ")}; or leave out the middle and compare both ends.`,
  };
}

function textFindings({ file, column, samples }: NamedColumn, texts: readonly LabelRow[]): Finding[] {
  const first = firstByLine(texts);
  if (!first) return [];
  const values = [...new Set(texts.map(({ label }) => label ?? ""))].sort(controlFirst);
  const where = { file, line: first.line };
  const cells = new ShownCells(samples);
  const place = `${file}, line ${first.line}: column ${cells.shown(column)} holds ${cells.shown(first.label ?? "")}, which is no whole number`;
  const [zero, one] = values;
  const areShown = values.length === 2 && values.every((value) => !isGenotype(value) && cells.take(value));
  if (areShown && zero !== undefined && one !== undefined) {
    const remedy = `Write 0 for ${quoted(zero)} and 1 for ${quoted(one)} throughout the column.`;
    return [
      found("label-not-integer", where, `${place}; its texts are ${quoted(zero)} and ${quoted(one)}.`, { remedy }),
    ];
  }
  return [found("label-not-integer", where, `${place} (${counted(texts.length, "such cell")}).`)];
}

/** Names of the healthy class come first, else alphabetical order. */
function controlFirst(a: string, b: string): number {
  const isControl = (text: string) =>
    /^(controls?|ctrl|unaffected|healthy|no|n|false|f|negative|neg|absent|wild.?type|wt)$/i.test(text);
  return Number(isControl(b)) - Number(isControl(a)) || (a < b ? -1 : 1);
}

function classFindings({ file, column, samples }: NamedColumn, classes: LabelClasses): Finding[] {
  const { labels, counts } = classes;
  const name = new ShownCells(samples).shown(column);
  const listed = labels.slice(0, 5).map((label, index) => `${label} (${counted(counts[index] ?? 0, "sample")})`);
  const shown = `${listed.join(", ")}${labels.length > 5 ? ` and ${labels.length - 5} more` : ""}`;
  const where = { file };
  if (labels.length === 1) {
    return [found("label-one-class", where, `${file}: every sample has the label ${labels[0]} in column ${name}.`)];
  }
  if (!classes.countFrom0) {
    const message = `${file}: column ${name} holds ${shown}; with ${labels.length} classes the labels must be 0 to ${labels.length - 1}.`;
    const remedy = renumbering(labels);
    return [found("label-classes-not-from-0", where, message, remedy === undefined ? {} : { remedy })];
  }
  if (rarestShare(classes) >= RARE_SHARE) return [];
  return [found("label-classes-uneven", where, `${file}: column ${name} holds ${shown}.`)];
}

/** How to get to 0..k-1 from these labels; undefined if there are too many to list. */
function renumbering(labels: readonly number[]): string | undefined {
  if (labels.includes(-9))
    return "-9 is PLINK's mark for a missing phenotype: remove these samples from the VCF (bcftools view -S ^samples.txt), then number the classes from 0.";
  const isShifted = labels.every((label, index) => label === (labels[0] ?? 0) + index);
  if (isShifted) return `Subtract ${labels[0]} from every label.`;
  if (labels.length > 5) return undefined;
  return `Write ${labels.map((label, index) => `${index} for ${label}`).join(", ")}.`;
}

function firstByLine(rows: readonly LabelRow[]): LabelRow | undefined {
  return rows.reduce<LabelRow | undefined>((first, row) => (first && first.line < row.line ? first : row), undefined);
}
