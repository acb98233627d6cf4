/**
 * Looks into every file of a study and says all that is wrong with it, before anything is paid for. Each VCF costs at
 * most 24 reads and 16 MiB, whatever its size, its index included; the labels table is read whole. Thrown are only errors of `open` and of
 * its byte sources: what the bytes say becomes findings.
 */
import { type IndexFile, indexesBeside } from "../bgzf/blockIndex.ts";
import { type Finding, isRejected } from "../findings/finding.ts";
import { found, quoted, titleOf } from "../findings/found.ts";
import { printable } from "../findings/printable.ts";
import { samplesDigest } from "../matrix/manifestDigest.ts";
import { cachedBytes } from "../sizing/cache.ts";
import type { Analysis } from "../study/analysis.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { StudyFolder, StudyObject } from "../study/study.ts";
import { countOfAll } from "../vcf/estimate.ts";
import { cohortFindings, sharedBuild } from "./cohortFindings.ts";
import type { GziFile } from "./indexedText.ts";
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
  const fileOf = (object: StudyObject) => printable(object.key.slice(files.prefix.length));
  const sourceOf = async (object: StudyObject) => meter.metered(await open(object));

  const vcfs: InspectedVcf[] = [];
  for (const object of files.vcfs) {
    const index = indexBeside(object, files, fileOf, sourceOf, [".tbi", ".csi"]);
    const gzi = indexBeside(object, files, fileOf, sourceOf, [".gzi"]);
    vcfs.push(await inspectVcf(fileOf(object), object, await sourceOf(object), index, gzi));
  }
  const vcfSamples = samplesOf(vcfs);
  const labels = await inspectTables(files, fileOf, sourceOf, analysis, vcfSamples);

  const ofVcfs = files.vcfs.length === 0 ? [noVcf(files, fileOf)] : vcfs.flatMap(({ findings }) => findings);
  const ofFilters = vcfSamples ? filterFindings(vcfSamples, analysis.filters ?? {}) : [];
  const ofFolder = uploadFindings(files, fileOf);
  const findings = [...ofFolder, ...ofVcfs, ...cohortFindings(vcfs), ...ofFilters, ...labels.findings];
  const prepareFirst = findings.find(({ severity }) => severity === "prepare");
  const kept = keptSamples(vcfSamples, labels);
  const inspection = {
    findings,
    ...totals(vcfs, kept?.count),
    ...(labels.summary && { labels: labels.summary }),
    ...(labels.candidates && { labelCandidates: labels.candidates }),
    ...(prepareFirst && { needsPreparing: `${titleOf(prepareFirst)}.` }),
    ...(kept && { keptSamples: kept }),
    ...costs(meter),
  };
  if (isRejected(findings) || labels.normalizedLabels === undefined) return { inspection };
  return { inspection, normalizedLabels: labels.normalizedLabels };
}

/** The index beside a VCF whose name has one of these ends. */
function indexBeside(
  vcf: StudyObject,
  { others }: StudyFolder,
  fileOf: (object: StudyObject) => string,
  sourceOf: (object: StudyObject) => Promise<ByteSource>,
  ends: readonly string[],
): (IndexFile & GziFile) | undefined {
  const object = indexesBeside(vcf.key, others).find(({ key }) => ends.some((end) => key.endsWith(end)));
  if (object === undefined) return undefined;
  const read = async (start = 0, end = object.size) => (await sourceOf(object)).slice(start, end);
  return { name: fileOf(object), byteLength: object.size, read };
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

/** What a copying program writes first and renames at last. */
const UNFINISHED =
  /(\.vcf(\.b?gz)?|\.csv|\.tsv|\.txt)(\.\w{6,10})?\.(part|partial|filepart|crdownload|download|tmp|temp|swp)$/i;

function uploadFindings({ others }: StudyFolder, fileOf: (object: StudyObject) => string): Finding[] {
  return others
    .map(fileOf)
    .filter((file) => UNFINISHED.test(file))
    .map((file) => found("upload-unfinished", { file }, `${file} is what a program writes while it copies.`));
}

function noVcf({ others }: StudyFolder, fileOf: (object: StudyObject) => string): Finding {
  const names = others.slice(0, 3).map((object) => quoted(fileOf(object)));
  const seen =
    names.length > 0
      ? ` It holds ${names.join(", ")}${others.length > 3 ? ` and ${others.length - 3} more` : ""}.`
      : "";
  return found("no-vcf", {}, `No file of the folder is named .vcf, .vcf.gz or .vcf.bgz.${seen}`);
}

function totals(
  vcfs: readonly InspectedVcf[],
  keptCount: number | undefined,
): Pick<Inspection, "vcfs" | "samples" | "variants" | "build" | "cachedBytes"> {
  const summaries = vcfs.flatMap(({ summary }) => (summary ? [summary] : []));
  const records = countOfAll(summaries.map((summary) => summary.records));
  const variants = summaries.length === vcfs.length ? records : { ...records, exact: false };
  const samples = summaries[0]?.sampleCount ?? 0;
  const build = sharedBuild(summaries);
  // Spark counts partitions of 400 rows to the last row.
  const partitions = Math.ceil(variants.estimate / 400);
  const size = { samples: keptCount ?? samples, variants: variants.estimate, uncompressedBytes: 0, partitions };
  return {
    vcfs: summaries,
    samples,
    variants,
    ...(build && { build }),
    ...(samples > 0 && variants.estimate > 0 && { cachedBytes: cachedBytes(size) }),
  };
}

function costs({ reads, bytesRead }: ReadMeter): Pick<Inspection, "reads" | "bytesRead"> {
  return { reads, bytesRead };
}
