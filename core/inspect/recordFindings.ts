import type { Finding } from "../findings/finding.ts";
import { found } from "../findings/found.ts";
import type { RecordTrouble } from "../vcf/records.ts";
import type { VcfHead } from "./readHead.ts";

/** What is wrong with the records of the part read from the start of the file. */
export function recordFindings(
  file: string,
  { scanned, isWhole, inflated }: VcfHead,
  headerColumns: number,
): Finding[] {
  const findings = scanned.troubles.map((trouble) =>
    troubleFinding(trouble, headerColumns, { file, line: trouble.line }, `${file}, line ${trouble.line}`),
  );
  const isRead = isWhole && inflated.kind === "complete";
  if (scanned.records === 0 && isRead) {
    findings.push(found("vcf-no-records", { file }, `${file} ends after its header of ${scanned.headerLines} lines.`));
  }
  if (isRead && scanned.isUnterminated && scanned.records > 0) findings.push(unterminated(file));
  return findings;
}

export function troubleFinding(
  trouble: Omit<RecordTrouble, "line">,
  headerColumns: number,
  where: Pick<Finding, "file" | "line" | "byteOffset">,
  place: string,
): Finding {
  switch (trouble.kind) {
    case "blank":
      return found("vcf-blank-line", where, `${place}: a line is empty.`);
    case "columns":
      return found(
        "vcf-record-columns",
        where,
        `${place}: the record has ${trouble.columns} columns, the #CHROM line ${headerColumns}.`,
      );
    case "position":
      return found("vcf-record-position", where, `${place}: the record's second column, POS, is no number.`);
    case "no-genotypes":
      return found("vcf-genotypes-missing", where, `${place}: the record's FORMAT has no GT.`);
    case "genotypes-not-first":
      return found("vcf-genotypes-not-first", where, `${place}: the record's FORMAT has GT, but not first.`);
    case "genotype":
      return found(
        "vcf-genotype-invalid",
        where,
        `${place}: a genotype is written in a wrong way, or names an allele that ALT does not list.`,
      );
    case "unreadable":
      return found("vcf-record-unreadable", where, `${place}: ${trouble.reason}.`);
    case "malformed":
      return found("vcf-record-malformed", where, `${place}: ${trouble.reason}.`);
    case "unsorted":
      return found(
        "vcf-records-unsorted",
        where,
        `${place}: the record stands behind one of a later position or of another contig.`,
      );
    case "duplicate":
      return found("vcf-variants-duplicate", where, `${place}: a record before it holds the same variant.`);
  }
}

export function unterminated(file: string): Finding {
  return found("vcf-last-line-unterminated", { file }, `${file} ends within its last line: no line end follows it.`);
}
