import type { Finding } from "../findings/finding.ts";
import { counted, found, quoted, someNames } from "../findings/found.ts";
import type { InspectedVcf } from "./inspectVcf.ts";

/** Whether the VCFs hold the samples of the first one, in the same order: VariantSpark compares the lists (CompositeFeatueSource of 0.5.5). */
export function cohortFindings(vcfs: readonly InspectedVcf[]): Finding[] {
  const [first, ...others] = vcfs.flatMap(({ file, samples }) =>
    samples && samples.length > 0 ? [{ file, samples }] : [],
  );
  if (!first) return [];
  return others.flatMap((other) => differenceFindings(first, other));
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
