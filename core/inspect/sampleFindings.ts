import type { Finding } from "../findings/finding.ts";
import { counted, found, someNames, thousands } from "../findings/found.ts";
import type { MatchedSamples } from "../labels/matchSamples.ts";
import type { MatrixFilters } from "../matrix/filters.ts";
import { ShownCells } from "./shownCells.ts";

/** The filters that choose samples. */
export type SampleFilters = Pick<MatrixFilters, "samples" | "onlyLabelled">;

export interface VcfSamples {
  /** The file whose order of samples counts. */
  readonly file: string;
  readonly samples: readonly string[];
}

/** Names in `filters.samples` that are none of the VCF's: a slip of the pen that would shrink the cohort in silence. */
export function filterFindings({ file, samples }: VcfSamples, { samples: wanted = [] }: SampleFilters): Finding[] {
  if (wanted.length === 0) return [];
  const known = new Set(samples);
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return [];
  const message = `filters.samples names ${counted(unknown.length, "sample")} that ${file} does not hold: ${new ShownCells(known).list(unknown)}.`;
  return [found("filter-samples-unknown", { file: "analysis.json" }, message)];
}

/** What does not fit between the rows of the labels table and the samples of the VCF. */
export function sampleFindings(
  file: string,
  vcf: VcfSamples,
  samples: ReadonlySet<string>,
  matched: MatchedSamples,
  { onlyLabelled }: SampleFilters,
): Finding[] {
  const { unlabelled, strangers, repeated } = matched;
  const findings: Finding[] = [];
  if (unlabelled.length > 0) {
    const message = `${counted(unlabelled.length, "sample")} of ${vcf.file} (of ${thousands(vcf.samples.length)}, named in its #CHROM line) ${have(unlabelled)} no ${onlyLabelled ? "label" : "row"} in ${file}`;
    const leftOut = { severity: "warning", remedy: "If they should take part, give them a label." } as const;
    findings.push(
      onlyLabelled
        ? found(
            "samples-without-label",
            { file },
            `${message} and will be left out: ${someNames(unlabelled)}.`,
            leftOut,
          )
        : found("samples-without-label", { file }, `${message}: ${someNames(unlabelled)}.`),
    );
  }
  const [stranger] = strangers;
  if (stranger) {
    const names = new ShownCells(samples).list(strangers.map(({ sample }) => sample));
    const message = `${file}: ${counted(strangers.length, "row")} ${have(strangers)} no sample in ${vcf.file}, first line ${stranger.line}: ${names}.`;
    findings.push(found("labels-without-sample", { file, line: stranger.line }, message));
  }
  return [...findings, ...repeatedFindings(file, repeated)];
}

function repeatedFindings(file: string, repeated: MatchedSamples["repeated"]): Finding[] {
  const differing = repeated.filter(({ differs }) => differs);
  const shown = differing.length > 0 ? differing : repeated;
  const [first] = shown;
  if (!first) return [];
  const names = someNames([...new Set(shown.map(({ row }) => row.sample))]);
  const labels = differing.length > 0 ? "another label than in their first row" : "the same label";
  const message = `${file}: ${counted(shown.length, "row")} that repeat a sample with ${labels}, first line ${first.row.line}: ${names}.`;
  const severity = differing.length > 0 ? "error" : "warning";
  return [found("label-sample-twice", { file, line: first.row.line }, message, { severity })];
}

function have(things: readonly unknown[]): string {
  return things.length === 1 ? "has" : "have";
}
