/** The findings as a linter prints them, and what the study is, as plain text. */
import { join, relative } from "node:path";
import { styleText } from "node:util";
import type { Severity } from "../../core/findings/catalogue.ts";
import type { Finding } from "../../core/findings/finding.ts";
import { counted, thousands } from "../../core/findings/found.ts";
import type { Inspection, VcfSummary } from "../../core/inspect/inspection.ts";
import type { Count } from "../../core/vcf/estimate.ts";
import { severityColours } from "../screen.ts";

/** "study/labels.csv:3: error: … [label-missing]" and the remedy below it. */
export function lintLines({ findings }: Pick<Inspection, "findings">, folder: string): string[] {
  return findings.flatMap((finding) => {
    const { severity, code, message, remedy } = finding;
    const head = `${placeOf(finding, folder)}${styleText(severityColours[severity], severity)}: ${message} ${styleText("dim", `[${code}]`)}`;
    return remedy ? [head, `    → ${remedy}`] : [head];
  });
}

/** "2 errors, 1 warning" */
export function verdictLine(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, prepares, warnings, infos] = [count("error"), count("prepare"), count("warning"), count("info")];
  const parts = [
    ...(errors > 0 ? [styleText("red", counted(errors, "error"))] : []),
    ...(prepares > 0 ? [styleText("magenta", `${prepares} to prepare for`)] : []),
    ...(warnings > 0 ? [styleText("yellow", counted(warnings, "warning"))] : []),
    ...(infos > 0 ? [styleText("cyan", `${infos} for information`)] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : styleText("green", "Nothing is wrong.");
}

/** What the study is: each VCF, all of them together, the labels, and what it cost to look. */
export function studyLines({ vcfs, samples, variants, cachedBytes, labels, reads, bytesRead }: Inspection): string[] {
  if (vcfs.length === 0) return [];
  return [
    ...vcfs.flatMap(vcfLines),
    `  study    ${counted(samples, "sample")} × ${countInWords(variants)} variants`,
    ...(cachedBytes !== undefined ? [`  memory   ${inWords(cachedBytes)} when all genotypes are cached`] : []),
    ...(labels ? [`  labels   column ${labels.column}: ${classesInWords(labels.classes)}`] : []),
    `  read     ${inWords(bytesRead)} in ${counted(reads, "read")}`,
  ];
}

function placeOf({ file, line, byteOffset }: Finding, folder: string): string {
  if (file === undefined) return "";
  const path = relative(process.cwd(), join(folder, file)) || file;
  if (line !== undefined) return `${path}:${line}: `;
  return byteOffset === undefined ? `${path}: ` : `${path}: byte ${byteOffset}: `;
}

function vcfLines(vcf: VcfSummary): string[] {
  const { file, fileFormat, compression, compressedBytes, records, countedBy, build, contigs = [] } = vcf;
  const packed = compression === "none" ? "plain" : compression;
  const source = countedBy === undefined ? "" : ` (counted by ${countedBy})`;
  const names = contigs.slice(0, 5).map(({ contig }) => contig);
  const more = contigs.length > names.length ? ` and ${contigs.length - names.length} more` : "";
  const where = names.length > 0 ? [`contigs ${names.join(", ")}${more}`] : [];
  const of = build ? [`${build.name}, ${build.chrPrefix ? "with" : "without"} chr`] : [];
  return [
    `  ${file}  ${fileFormat || "VCF"}, ${packed}, ${inWords(compressedBytes)}, ${countInWords(records)} records${source}`,
    ...[...where, ...of, ...shapeInWords(vcf)].map((fact) => `      ${fact}`),
  ];
}

function shapeInWords({ shape, compressedBytes, records }: VcfSummary): string[] {
  if (shape === undefined || records.estimate === 0) return [];
  const percent = (share: number) => `${(100 * share).toLocaleString("en", { maximumFractionDigits: 2 })} %`;
  const { multiAllelicShare, missingShare, haploidShare, formatKeys, genotypeBytes } = shape;
  return [
    `${inWords(compressedBytes / records.estimate)} per record; ${formatKeys.toFixed(1)} FORMAT keys, ${genotypeBytes.toFixed(1)} B per genotype`,
    `${percent(multiAllelicShare)} of the records multi-allelic; ${percent(missingShare)} of the genotypes missing, ${percent(haploidShare)} haploid`,
  ];
}

function countInWords({ estimate, exact, low, high }: Count): string {
  const interval = low === undefined || high === undefined ? "" : ` (${thousands(low)} – ${thousands(high)})`;
  return `${exact ? "" : "about "}${thousands(estimate)}${interval}`;
}

function classesInWords(classes: readonly number[]): string {
  return classes.map((count, label) => `${thousands(count)} of class ${label}`).join(", ");
}

export function inWords(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return `${(bytes / 1000 ** step).toLocaleString("en", { maximumFractionDigits: 1 })} ${units[step]}`;
}
