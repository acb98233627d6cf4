/** Reads the labels table whole and holds it against the samples of the VCF. */
import type { Finding } from "../findings/finding.ts";
import { counted, found, quoted, thousands } from "../findings/found.ts";
import { type ChosenColumn, chooseColumn } from "../labels/column.ts";
import { covariateColumns } from "../labels/covariates.ts";
import { keptOf, matchSamples } from "../labels/matchSamples.ts";
import { normalizedLabels } from "../labels/normalizedLabels.ts";
import {
  type LabelRow,
  MalformedTable,
  SEPARATORS,
  type TableHeader,
  tableHeader,
  tableRows,
} from "../labels/table.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { LabelCandidate, LabelsSummary } from "./inspection.ts";
import { labelCandidates } from "./labelCandidates.ts";
import { valueFindings } from "./labelValueFindings.ts";
import { contentName } from "./magic.ts";
import { type SampleFilters, sampleFindings, type VcfSamples } from "./sampleFindings.ts";

export interface InspectedLabels {
  readonly findings: readonly Finding[];
  /** Both only if the labels can be used. */
  readonly summary?: LabelsSummary;
  /** Where the column is to be chosen still; at least one. */
  readonly candidates?: readonly LabelCandidate[];
  readonly normalizedLabels?: string;
  /** Samples that those labels are of, in the VCF's order. */
  readonly samples?: readonly string[];
}

const MAX_TABLE_BYTES = 64 * 2 ** 20;
const MAX_ROWS = 2_000_000;
const MAX_COLUMNS = 100_000;
const [LF, CR] = [10, 13];

/** Costs one read of the whole table. Without a VCF's samples every row counts as one. */
export async function inspectLabels(
  file: string,
  source: ByteSource,
  wantedColumn: string | undefined,
  vcf: VcfSamples | undefined,
  filters: SampleFilters = {},
): Promise<InspectedLabels> {
  if (source.byteLength === 0) return failed("empty-file", file, `${file} has no bytes.`);
  if (source.byteLength > MAX_TABLE_BYTES)
    return failed("labels-too-large", file, `${file} has ${source.byteLength} bytes.`);
  const bytes = await source.slice(0, source.byteLength);
  const excess = excessOf(bytes);
  if (excess !== undefined) return failed("labels-too-large", file, `${file} has ${excess}.`);
  const kind = contentName(bytes);
  if (kind !== undefined) return failed("labels-not-text", file, `${file} is ${kind}, not a table.`);
  try {
    const inspected = inspectTable(file, new TextDecoder().decode(bytes), wantedColumn, vcf, filters);
    return { ...inspected, findings: [...encodingFindings(file, bytes), ...inspected.findings] };
  } catch (error) {
    if (!(error instanceof MalformedTable)) throw error;
    const message = `${file}, line ${error.line}: a quote is opened or closed at the wrong place, here or before.`;
    return { findings: [found("labels-malformed", { file, line: error.line }, message)] };
  }
}

/** More rows or columns than any cohort has: 64 MiB of the shortest ones would take minutes and gigabytes to take apart. */
function excessOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines = 1 + Math.max(occurrences(text, LF), occurrences(text, CR));
  if (lines > MAX_ROWS) return counted(lines, "line");
  const ends = [LF, CR].map((end) => text.indexOf(end)).filter((at) => at !== -1);
  const firstLine = text.subarray(0, Math.min(text.length, ...ends));
  const columns = 1 + Math.max(...SEPARATORS.map((separator) => occurrences(firstLine, separator.charCodeAt(0))));
  return columns > MAX_COLUMNS ? counted(columns, "column") : undefined;
}

function occurrences(text: Buffer, byte: number): number {
  let count = 0;
  for (let at = text.indexOf(byte); at !== -1; at = text.indexOf(byte, at + 1)) count += 1;
  return count;
}

function failed(code: Finding["code"], file: string, message: string): InspectedLabels {
  return { findings: [found(code, { file }, message)] };
}

function encodingFindings(file: string, bytes: Uint8Array): Finding[] {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return [];
  } catch {
    return [found("labels-not-utf8", { file }, `${file} holds bytes that are no UTF-8 text.`)];
  }
}

function inspectTable(
  file: string,
  text: string,
  wantedColumn: string | undefined,
  vcf: VcfSamples | undefined,
  filters: SampleFilters,
): InspectedLabels {
  const header = tableHeader(text);
  if (header === undefined) return failed("empty-file", file, `${file} holds nothing but empty lines.`);
  const column = chooseColumn(header.columns, wantedColumn);
  const findings = [...headerFindings(file, header, vcf), ...columnFindings(file, header, column, wantedColumn)];
  // Without a header or a second column every row would look wrong: the cause is reported, not each effect.
  if (findings.some(({ code }) => code === "labels-header-missing" || code === "labels-one-column"))
    return { findings };
  const rows = tableRows(text, header, column.index);
  if (rows.length === 0) {
    findings.push(found("labels-without-rows", { file }, `${file} ends after its header.`));
    return { findings };
  }
  findings.push(...widthFindings(file, header, rows));
  const wanted = filters.samples && new Set(filters.samples);
  const onlyLabelled = filters.onlyLabelled ?? false;
  const matched = vcf && keptOf(matchSamples(rows, vcf.samples), wanted, onlyLabelled && column.kind === "chosen");
  if (vcf && matched) findings.push(...sampleFindings(file, vcf, matched, filters));
  if (column.kind === "not-chosen") {
    const candidates = labelCandidates(text, header, rows, matched, onlyLabelled);
    const asked = notChosenFinding(file, header, candidates);
    return { findings: [asked, ...findings], ...(candidates.length > 0 && { candidates }) };
  }
  if (column.kind !== "chosen") return { findings };
  findings.push(...covariateFindings(file, header, column.name));

  const labelled: Iterable<readonly [string, LabelRow]> = matched
    ? matched.rows
    : rows.map((row) => [row.sample, row] as const);
  const values = valueFindings(file, column.name, [...labelled]);
  findings.push(...values.findings);
  if (!values.classes || findings.some(({ severity }) => severity === "error")) return { findings };
  const summary = { file, column: column.name, classes: values.classes.counts };
  const labels = matched && { normalizedLabels: normalizedLabels(values.labels), samples: [...values.labels.keys()] };
  return { findings, summary, ...labels };
}

function headerFindings(file: string, { columns }: TableHeader, vcf: VcfSamples | undefined): Finding[] {
  const [first = ""] = columns;
  if (!vcf?.samples.includes(first)) return [];
  return [
    found(
      "labels-header-missing",
      { file, line: 1 },
      `${file}, line 1: ${quoted(first)} is a sample of ${vcf.file}, not the name of a column.`,
    ),
  ];
}

function columnFindings(file: string, { columns }: TableHeader, column: ChosenColumn, wanted = ""): Finding[] {
  const where = { file, line: 1 };
  const list = listed(columns.slice(1));
  switch (column.kind) {
    case "chosen":
    case "not-chosen": // said once the cells were seen
      return [];
    case "one-column":
      return [
        found("labels-one-column", where, `${file}, line 1: there is one column only, ${quoted(columns[0] ?? "")}.`),
      ];
    case "unknown":
      return [found("label-column-unknown", where, `${file} has no column ${quoted(wanted)}; it has ${list}.`)];
    case "is-sample":
      return [
        found(
          "label-column-unknown",
          where,
          `${file}: ${quoted(wanted)} is the column of the samples; the others are ${list}.`,
        ),
      ];
    case "twice":
      return [found("label-column-twice", where, `${file} has more than one column ${quoted(wanted)}.`)];
  }
}

/** A question as long as some column can be taken, and else an error. */
function notChosenFinding(file: string, { columns }: TableHeader, candidates: readonly LabelCandidate[]): Finding {
  const others = columns.slice(1);
  const message = `${file} has ${counted(others.length, "column")} besides the samples: ${listed(others)}.`;
  const where = { file, line: 1 };
  const [first] = candidates;
  if (first === undefined) {
    const remedy =
      "Add a column with the classes 0, 1, … for every sample, and name it as labelColumn in analysis.json.";
    const none = `${message} None of those looked at holds classes that count from 0.`;
    return found("label-column-not-chosen", where, none, { severity: "error", remedy });
  }
  const classes = candidates.map(({ column, classes: counts }) => `${quoted(column)} (${classesInWords(counts)})`);
  return found("label-column-not-chosen", where, `${message} The labels can be: ${classes.join(", ")}.`);
}

function classesInWords(counts: readonly number[]): string {
  const shown = counts.slice(0, 4).map((count, label) => `${thousands(count)} of class ${label}`);
  return counts.length > shown.length ? `${counts.length} classes` : shown.join(", ");
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).map(quoted).join(", ");
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}

function covariateFindings(file: string, { columns }: TableHeader, labelColumn: string): Finding[] {
  const covariates = covariateColumns(columns, labelColumn);
  if (covariates.length === 0) return [];
  const shown = covariates.slice(0, 5).map(quoted).join(", ");
  const more = covariates.length > 5 ? ` and ${covariates.length - 5} more` : "";
  const message = `${file}: VariantSpark does not use ${counted(covariates.length, "covariate")}: ${shown}${more}.`;
  return [found("labels-covariates-unused", { file, line: 1 }, message)];
}

function widthFindings(file: string, { columns }: TableHeader, rows: readonly LabelRow[]): Finding[] {
  const uneven = rows.filter(({ width }) => width !== columns.length);
  const [first] = uneven;
  if (!first) return [];
  const message = `${file}: ${counted(uneven.length, "row")} of another width than the header's ${columns.length} columns, first line ${first.line} with ${first.width}.`;
  return [found("labels-rows-uneven", { file, line: first.line }, message)];
}
