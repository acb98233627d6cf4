/** The estimate in plain words, as the researcher reads it in the notebook. */
import type { Inspection } from "../inspect/inspection.ts";
import type { SliceCounts } from "../matrix/convertSlice.ts";
import { DROP_REASONS, type DropReason } from "../matrix/filters.ts";
import type { Option } from "./estimate.ts";
import type { PrepareEstimate } from "./prepare.ts";

/** Above this, one task reading everything is worth a warning. */
const longLoadSeconds = 300;

export function estimateMessage(
  options: readonly Option[],
  { samples, keptSamples, variants, vcfs }: Omit<Inspection, "findings">,
  preparing: Pick<PrepareEstimate, "uncut"> | SliceCounts,
): string {
  const takeable = options.filter((option) => option.refusal === undefined);
  return [
    `${variants.exact ? "" : "About "}${variants.estimate.toLocaleString("en-US")} variants of ${samples.toLocaleString("en-US")} samples${keptSamples ? `, of which ${keptSamples.count.toLocaleString("en-US")} are kept` : ""}.`,
    ...("uncut" in preparing ? preparing.uncut.map(uncutSentence) : [preparedSentence(preparing)]),
    ...takeable.map(optionSentence),
    ...options
      .filter((option) => option.refusal !== undefined)
      .map((option) => `${nameOf(option)} is not on offer: ${option.refusal}`),
    ...advice(takeable, vcfs),
  ].join(" ");
}

function uncutSentence({ file, seconds }: PrepareEstimate["uncut"][number]): string {
  return `${file} is gzip, not BGZF, and cannot be cut: preparing it takes one Lambda ${duration(seconds)} or so; bgzip would let many share the work.`;
}

/** Records kept and dropped, by reason, once the matrix is there. */
export function preparedSentence({ recordsIn, rowsOut, droppedBy, genotypes, missing }: SliceCounts): string {
  const dropped = DROP_REASONS.filter((reason) => droppedBy[reason] > 0).map(
    (reason) => `${droppedBy[reason].toLocaleString("en-US")} ${dropWords[reason]}`,
  );
  const share = genotypes === 0 ? 0 : (100 * missing) / genotypes;
  const kept = `Prepared: ${rowsOut.toLocaleString("en-US")} of ${recordsIn.toLocaleString("en-US")} records are in the matrix`;
  return `${kept}${dropped.length > 0 ? `, left out were ${dropped.join(", ")}` : ""}; ${share.toFixed(2)} % of its genotypes are missing (wholly missing ones count as reference).`;
}

const dropWords: Record<DropReason, string> = {
  region: "outside the regions",
  "not-biallelic": "not biallelic",
  missing: "with too many missing genotypes",
  maf: "too rare",
};

/** Whether preparing first would pay, or else whether the load could be shortened. */
function advice(takeable: readonly Option[], vcfs: readonly { readonly compression: string }[]): string[] {
  const direct = fastest(takeable.filter((option) => option.where !== "local" && !option.prepare));
  const prepared = fastest(takeable.filter((option) => option.prepare));
  if (prepared && !direct)
    return ["Preparing first (converting to VariantSpark's fastest format, side by side) is the way onto AWS."];
  if (prepared && direct && totalOf(prepared) < 0.9 * totalOf(direct))
    return [
      `Preparing first pays: ${duration(totalOf(prepared))} in all instead of ${duration(totalOf(direct))}, and later runs of the same data skip it.`,
    ];
  const slow = takeable.find((option) => option.phases.load > longLoadSeconds);
  if (slow && vcfs.some((vcf) => vcf.compression !== "none"))
    return [
      "Most of the time goes into reading compressed VCF with one task per file: splitting the study by chromosome, or handing over plain .vcf, would shorten it.",
    ];
  return [];
}

function fastest(options: readonly Option[]): Option | undefined {
  return options.toSorted((a, b) => totalOf(a) - totalOf(b))[0];
}

function totalOf({ prepareSeconds, runSeconds }: Option): number {
  return prepareSeconds.expected + runSeconds.expected;
}

function nameOf({ where, prepare }: Option): string {
  return `${labels[where]}${prepare ? ", prepared first," : ""}`;
}

const labels: Record<Option["where"], string> = {
  "aws-spot": "AWS on spot nodes",
  "aws-on-demand": "AWS on on-demand nodes",
  local: "Your own machine",
};

function optionSentence(option: Option): string {
  const { where, prepare, prepareSeconds, runSeconds, costUsd } = option;
  const time = `${duration(runSeconds.low + prepareSeconds.low)} to ${duration(runSeconds.high + prepareSeconds.high)}`;
  const cost = costUsd.high === 0 ? "free of charge" : `${dollars(costUsd.low)} to ${dollars(costUsd.high)}`;
  return `${labels[where]}${prepare ? ", prepared first" : ""}: ${time}, ${cost}.`;
}

/** Whole seconds, minutes or hours, rounded as a person would say it. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function dollars(usd: number): string {
  return `$${usd < 0.1 ? usd.toFixed(3) : usd.toFixed(2)}`;
}
