/**
 * Looks into every file of a study and says all that is wrong with it, before anything is paid for. Each VCF costs at
 * most 12 reads and 12 MiB, whatever its size; the labels table is read whole. Thrown are only errors of `open` and of
 * its byte sources: what the bytes say becomes findings.
 */
import { type Finding, isRejected } from "../findings/finding.ts";
import { found, quoted } from "../findings/found.ts";
import { samplesDigest } from "../matrix/manifestDigest.ts";
import type { Analysis } from "../study/analysis.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { StudyFolder, StudyObject } from "../study/study.ts";
import { cohortFindings } from "./cohortFindings.ts";
import type { Inspection } from "./inspection.ts";
import { type InspectedLabels, inspectLabels } from "./inspectLabels.ts";
import { type InspectedVcf, inspectVcf } from "./inspectVcf.ts";
import { ReadMeter } from "./meter.ts";
import { filterFindings, type VcfSamples } from "./sampleFindings.ts";

export interface InspectedStudy {
  readonly inspection: Inspection;
  /** `sample,label` for exactly the samples that the filters keep of the VCF, in its order; only if no finding is an error. */
  readonly normalizedLabels?: string;
}

export type Open = (object: StudyObject) => Promise<ByteSource>;

export async function inspectStudy(
  files: StudyFolder & { readonly prefix: string },
  analysis: Pick<Analysis, "labelColumn" | "filters">,
  open: Open,
): Promise<InspectedStudy> {
  const meter = new ReadMeter();
  const fileOf = (object: StudyObject) => object.key.slice(files.prefix.length);
  const sourceOf = async (object: StudyObject) => meter.metered(await open(object));

  const vcfs: InspectedVcf[] = [];
  for (const object of files.vcfs) vcfs.push(await inspectVcf(fileOf(object), object, await sourceOf(object)));
  const vcfSamples = samplesOf(vcfs);
  const labels = await inspectTables(files, fileOf, sourceOf, analysis, vcfSamples);

  const ofVcfs = files.vcfs.length === 0 ? [noVcf(files, fileOf)] : vcfs.flatMap(({ findings }) => findings);
  const ofFilters = vcfSamples ? filterFindings(vcfSamples, analysis.filters ?? {}) : [];
  const findings = [...ofVcfs, ...cohortFindings(vcfs), ...ofFilters, ...labels.findings];
  const needsPreparing = findings.find(({ severity }) => severity === "prepare")?.message;
  const kept = keptSamples(vcfSamples, labels);
  const inspection = {
    findings,
    ...totals(vcfs),
    ...(labels.summary && { labels: labels.summary }),
    ...(needsPreparing !== undefined && { needsPreparing }),
    ...(kept && { keptSamples: kept }),
    ...costs(meter),
  };
  if (isRejected(findings) || labels.normalizedLabels === undefined) return { inspection };
  return { inspection, normalizedLabels: labels.normalizedLabels };
}

/** The samples of the first VCF whose header could be read. */
function samplesOf(vcfs: readonly InspectedVcf[]): VcfSamples | undefined {
  for (const { file, samples } of vcfs) if (samples && samples.length > 0) return { file, samples };
  return undefined;
}

/** Equal samples make one matrix, whichever labels table or list named them. */
function keptSamples(vcf: VcfSamples | undefined, { samples }: InspectedLabels): Inspection["keptSamples"] {
  if (!vcf || !samples || samples.length === vcf.samples.length) return undefined;
  return { count: samples.length, digest: samplesDigest(samples) };
}

async function inspectTables(
  { labelTables }: StudyFolder,
  fileOf: (object: StudyObject) => string,
  sourceOf: (object: StudyObject) => Promise<ByteSource>,
  { labelColumn, filters }: Pick<Analysis, "labelColumn" | "filters">,
  vcf: VcfSamples | undefined,
): Promise<InspectedLabels> {
  const [table, ...others] = labelTables;
  if (table === undefined)
    return { findings: [found("no-labels", {}, "No file of the folder is named .csv, .tsv or .txt.")] };
  if (others.length > 0) {
    const names = labelTables.slice(0, 10).map((object) => quoted(fileOf(object)));
    const more = labelTables.length > names.length ? ` and ${labelTables.length - names.length} more` : "";
    return { findings: [found("several-labels-tables", {}, `The folder holds ${names.join(", ")}${more}.`)] };
  }
  return inspectLabels(fileOf(table), await sourceOf(table), labelColumn, vcf, filters);
}

function noVcf({ others }: StudyFolder, fileOf: (object: StudyObject) => string): Finding {
  const names = others.slice(0, 3).map((object) => quoted(fileOf(object)));
  const seen =
    names.length > 0
      ? ` It holds ${names.join(", ")}${others.length > 3 ? ` and ${others.length - 3} more` : ""}.`
      : "";
  return found("no-vcf", {}, `No file of the folder is named .vcf, .vcf.gz or .vcf.bgz.${seen}`);
}

function totals(vcfs: readonly InspectedVcf[]): Pick<Inspection, "vcfs" | "samples" | "variants"> {
  const summaries = vcfs.flatMap(({ summary }) => (summary ? [summary] : []));
  const estimate = summaries.reduce((sum, { records }) => sum + records.estimate, 0);
  const exact = summaries.length === vcfs.length && summaries.every(({ records }) => records.exact);
  return { vcfs: summaries, samples: summaries[0]?.sampleCount ?? 0, variants: { estimate, exact } };
}

function costs({ reads, bytesRead }: ReadMeter): Pick<Inspection, "reads" | "bytesRead"> {
  return { reads, bytesRead };
}
