import type { Finding } from "../findings/finding.ts";
import { counted, found, quoted, someNames } from "../findings/found.ts";
import { duplicates, HEADER_LINES_SEARCHED, SUPPORTED_FILE_FORMATS, type VcfColumns } from "../vcf/header.ts";
import type { VcfHead } from "./readHead.ts";

/** What is wrong with the header; `columns` is undefined if there is no #CHROM line. */
export function headerFindings(file: string, head: VcfHead, columns: VcfColumns | undefined): Finding[] {
  return columns
    ? [...formatFindings(file, head), ...metaFindings(file, head), ...columnsFindings(file, head, columns)]
    : [noColumnsLine(file, head)];
}

function noColumnsLine(file: string, { scanned, inflated, isWhole, bytes }: VcfHead): Finding {
  const stray = scanned.strayLine;
  if (stray?.isBlank) {
    return found(
      "vcf-header-blank-line",
      { file, line: stray.line },
      `${file}: line ${stray.line} is empty, and no #CHROM line came before it.`,
    );
  }
  if (stray) {
    const message = `${file}: line ${stray.line} does not start with #, and no #CHROM line came before it.`;
    return found("vcf-columns-line-missing", { file, line: stray.line }, message);
  }
  if (isWhole && inflated.kind !== "stopped") {
    const message = `${file} ends after ${counted(scanned.headerLines, "line")} without a #CHROM line.`;
    return found("vcf-columns-line-missing", { file, line: scanned.headerLines }, message);
  }
  const read = `${counted(bytes, "byte")}, of ${counted(scanned.textBytes, "byte")} of text in ${counted(scanned.headerLines, "whole line")}`;
  return found("vcf-header-too-long", { file }, `${file}: no #CHROM line ends within the first ${read}.`);
}

function formatFindings(file: string, { scanned }: VcfHead): Finding[] {
  const { fileFormat } = scanned;
  if (fileFormat === undefined) {
    return [
      found(
        "vcf-fileformat-missing",
        { file, line: 1 },
        `${file}: none of the header's lines is ##fileformat=VCFv4.x.`,
      ),
    ];
  }
  if (SUPPORTED_FILE_FORMATS.includes(fileFormat)) return [];
  const message = `${file} is ${quoted(fileFormat)}, which VariantSpark cannot read.`;
  const isNewer = /^VCFv4\.[4-9]$/.test(fileFormat);
  const own = isNewer
    ? {}
    : ({ severity: "error", remedy: "Convert it to VCF 4.2: vcf-convert or bcftools." } as const);
  return [found("vcf-version-unsupported", { file, line: 1 }, message, own)];
}

function metaFindings(file: string, { scanned: { metaTrouble } }: VcfHead): Finding[] {
  if (metaTrouble === undefined) return [];
  const { line, reason } = metaTrouble;
  return [found("vcf-meta-line-unreadable", { file, line }, `${file}, line ${line}: ${reason}.`)];
}

function columnsFindings(file: string, { scanned }: VcfHead, columns: VcfColumns): Finding[] {
  const findings: Finding[] = [];
  const line = scanned.headerLines;
  const where = { file, line };
  const add = (code: Finding["code"], message: string) =>
    findings.push(found(code, where, `${file}, line ${line}: ${message}`));
  if (line > HEADER_LINES_SEARCHED) {
    add(
      "vcf-header-beyond-line-500",
      `the #CHROM line is line ${line} of the file; VariantSpark gives up after line 500.`,
    );
  }
  if (columns.wrongColumn) {
    const { index, expected, found: seen } = columns.wrongColumn;
    // Of a line without tabs that is the beginning; further on are samples.
    const shown = seen.length > 20 ? `${seen.slice(0, 20)}…` : seen;
    add("vcf-columns-wrong", `column ${index + 1} should be ${quoted(expected)} and is ${quoted(shown)}.`);
    return findings;
  }
  if (columns.samples.length === 0) add("vcf-no-samples", "the #CHROM line names no sample.");
  else if (!columns.hasFormat)
    add("vcf-format-missing", `column 9 should be "FORMAT" and is ${quoted(columns.samples[0] ?? "")}.`);
  const nameless = columns.samples.indexOf("");
  if (nameless !== -1) add("vcf-sample-name-empty", `sample ${nameless + 1} of the #CHROM line has an empty name.`);
  const twice = duplicates(columns.samples).filter((name) => name !== "");
  if (twice.length > 0)
    add("vcf-samples-duplicate", `${counted(twice.length, "sample")} named more than once: ${someNames(twice)}.`);
  return findings;
}
