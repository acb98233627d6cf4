/** Reads the labels table whole and holds it against the samples of the VCF. */
import type { Finding } from "../findings/finding.ts";
import { counted, found } from "../findings/found.ts";
import { chooseColumn } from "../labels/column.ts";
import { keptOf, matchSamples } from "../labels/matchSamples.ts";
import { normalizedLabels } from "../labels/normalizedLabels.ts";
import { type LabelRow, MalformedTable, SEPARATORS, tableHeader, tableRows } from "../labels/table.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { LabelCandidate, LabelsSummary } from "./inspection.ts";
import { labelCandidates } from "./labelCandidates.ts";
import {
  columnFindings,
  covariateFindings,
  type LabelTable,
  labelHeaderFindings,
  notChosenFinding,
  oneColumnFindings,
  widthFindings,
} from "./labelColumnFindings.ts";
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
  const samples = vcf && new Set(vcf.samples);
  const findings = [...labelHeaderFindings(file, header, vcf, samples), ...oneColumnFindings(file, header, column)];
  // Without a header or a second column every row would look wrong: the cause is reported, not each effect.
  if (findings.some(({ code }) => code === "labels-header-missing" || code === "labels-one-column"))
    return { findings };
  const rows = tableRows(text, header, column.index);
  const wanted = filters.samples && new Set(filters.samples);
  const onlyLabelled = filters.onlyLabelled ?? false;
  const matched = samples && keptOf(matchSamples(rows, samples), wanted, onlyLabelled && column.kind === "chosen");
  const table: LabelTable = { file, header, samples, hasSamples: matched !== undefined && matched.rows.size > 0 };
  findings.push(...columnFindings(table, column, wantedColumn));
  if (rows.length === 0) {
    findings.push(found("labels-without-rows", { file }, `${file} ends after its header.`));
    return { findings };
  }
  findings.push(...widthFindings(file, header, rows));
  if (vcf && samples && matched) findings.push(...sampleFindings(file, vcf, samples, matched, filters));
  if (column.kind === "not-chosen") {
    const candidates = labelCandidates(text, header, rows, matched, samples, onlyLabelled);
    const asked = notChosenFinding(table, candidates);
    return { findings: [asked, ...findings], ...(candidates.length > 0 && { candidates }) };
  }
  if (column.kind !== "chosen") return { findings };
  findings.push(...covariateFindings(table, column.name));

  const labelled: Iterable<readonly [string, LabelRow]> = matched
    ? matched.rows
    : rows.map((row) => [row.sample, row] as const);
  const values = valueFindings(file, column.name, [...labelled], samples);
  findings.push(...values.findings);
  if (!values.classes || findings.some(({ severity }) => severity === "error")) return { findings };
  const summary = { file, column: column.name, classes: values.classes.counts };
  const labels = matched && { normalizedLabels: normalizedLabels(values.labels), samples: [...values.labels.keys()] };
  return { findings, summary, ...labels };
}
