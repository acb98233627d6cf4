/** The estimate in plain words, as the researcher reads it in the notebook. */
import type { Inspection } from "../inspect/inspection.ts";
import type { Option } from "./estimate.ts";

/** Above this, one task reading everything is worth a warning. */
const longLoadSeconds = 300;

export function estimateMessage(
  options: readonly Option[],
  { samples, variants, vcfs }: Omit<Inspection, "findings">,
): string {
  const takeable = options.filter((option) => option.refusal === undefined);
  return [
    `${variants.exact ? "" : "About "}${variants.estimate.toLocaleString("en-US")} variants of ${samples.toLocaleString("en-US")} samples.`,
    ...takeable.map(optionSentence),
    ...options
      .filter((option) => option.refusal !== undefined)
      .map((option) => `${nameOf(option)} is not on offer: ${option.refusal}`),
    ...advice(takeable, vcfs),
  ].join(" ");
}

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
  const cost = where === "local" ? "free of charge" : `${dollars(costUsd.low)} to ${dollars(costUsd.high)}`;
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
