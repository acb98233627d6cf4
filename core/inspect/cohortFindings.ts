import type { Finding } from "../findings/finding.ts";
import { counted, found, quoted, someNames } from "../findings/found.ts";
import type { GenomeBuild } from "../vcf/build.ts";
import type { ContigSpan } from "../vcf/recordTally.ts";
import type { VcfSummary } from "./inspection.ts";
import type { InspectedVcf } from "./inspectVcf.ts";

/** What is wrong between the VCFs of a study. */
export function cohortFindings(vcfs: readonly InspectedVcf[]): Finding[] {
  return [...samplesFindings(vcfs), ...contigFindings(vcfs), ...buildFindings(vcfs)];
}

/** The build of all files, if it is the same in all that tell one. */
export function sharedBuild(summaries: readonly VcfSummary[]): GenomeBuild | undefined {
  const [first, ...others] = summaries.flatMap(({ build }) => (build ? [build] : []));
  return first && others.every((other) => isSame(first, other)) ? first : undefined;
}

/** Whether the VCFs hold the samples of the first one, in the same order: VariantSpark compares the lists (CompositeFeatueSource of 0.5.5). */
function samplesFindings(vcfs: readonly InspectedVcf[]): Finding[] {
  const [first, ...others] = vcfs.flatMap(({ file, samples }) =>
    samples && samples.length > 0 ? [{ file, samples }] : [],
  );
  if (!first) return [];
  return others.flatMap((other) => differenceFindings(first, other));
}

/** Pieces of a contig in files of their own are in order; only positions of one that lie among those of another are not. */
function contigFindings(vcfs: readonly InspectedVcf[]): Finding[] {
  const known = new Map<string, { file: string; span: ContigSpan }[]>();
  const findings: Finding[] = [];
  for (const { file, spans = [] } of vcfs) {
    const twice = spans.flatMap((span) => {
      const before = known.get(span.contig) ?? [];
      known.set(span.contig, [...before, { file, span }]);
      const other = before.find((earlier) => overlaps(earlier.span, span));
      return other ? [{ span, other: other.file }] : [];
    });
    const [first] = twice;
    if (!first) continue;
    const more = twice.length > 1 ? `, and ${counted(twice.length - 1, "further contig")}` : "";
    const message = `${file}: its positions on ${quoted(first.span.contig)} lie among those of ${first.other}${more}.`;
    findings.push(found("vcfs-contig-twice", { file }, message));
  }
  return findings;
}

function buildFindings(vcfs: readonly InspectedVcf[]): Finding[] {
  const [first, ...others] = vcfs.flatMap(({ file, summary }) =>
    summary?.build ? [{ file, build: summary.build }] : [],
  );
  const other = first && others.find(({ build }) => !isSame(first.build, build));
  if (!other) return [];
  const message = `${other.file} has the chromosomes of ${inWords(other.build)}, ${first.file} those of ${inWords(first.build)}.`;
  return [found("vcfs-builds-differ", { file: other.file }, message)];
}

function overlaps(a: ContigSpan, b: ContigSpan): boolean {
  return a.firstPos <= b.lastPos && b.firstPos <= a.lastPos;
}

function isSame(a: GenomeBuild, b: GenomeBuild): boolean {
  return a.name === b.name && a.chrPrefix === b.chrPrefix;
}

function inWords({ name, chrPrefix }: GenomeBuild): string {
  return `${name} (named ${chrPrefix ? "chr1" : "1"}, …)`;
}

interface Named {
  readonly file: string;
  readonly samples: readonly string[];
}

function differenceFindings(first: Named, { file, samples }: Named): Finding[] {
  const missing = notIn(first.samples, samples);
  const additional = notIn(samples, first.samples);
  if (missing.length > 0 || additional.length > 0) {
    const lacks = missing.length > 0 ? [`lacks ${counted(missing.length, "sample")} of ${first.file}`] : [];
    const adds =
      additional.length > 0 ? [`has ${counted(additional.length, "sample")} that ${first.file} has not`] : [];
    const names = someNames([...missing, ...additional]);
    return [found("vcfs-samples-differ", { file }, `${file} ${[...lacks, ...adds].join(" and ")}: ${names}.`)];
  }
  const at = first.samples.findIndex((name, index) => samples[index] !== name);
  if (at === -1) return [];
  const message = `${file}: sample ${at + 1} is ${quoted(samples[at] ?? "")}, in ${first.file} it is ${quoted(first.samples[at] ?? "")}.`;
  return [found("vcfs-sample-order-differs", { file }, message)];
}

function notIn(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}
