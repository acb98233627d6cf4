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
  const sentences = [
    `${variants.exact ? "" : "About "}${variants.estimate.toLocaleString("en-US")} variants of ${samples.toLocaleString("en-US")} samples.`,
    ...takeable.map(optionSentence),
    ...options
      .filter((option) => option.refusal !== undefined)
      .map((option) => `${labels[option.where]} is not on offer: ${option.refusal}`),
  ];
  const slow = takeable.find((option) => option.phases.load > longLoadSeconds);
  if (slow && vcfs.some((vcf) => vcf.compression !== "none"))
    sentences.push(
      "Most of the time goes into reading compressed VCF with one task per file: splitting the study by chromosome, or handing over plain .vcf, would shorten it.",
    );
  return sentences.join(" ");
}

const labels: Record<Option["where"], string> = {
  "aws-spot": "AWS on spot nodes",
  "aws-on-demand": "AWS on on-demand nodes",
  local: "Your own machine",
};

function optionSentence({ where, runSeconds, costUsd }: Option): string {
  const time = `${duration(runSeconds.low)} to ${duration(runSeconds.high)}`;
  return where === "local"
    ? `${labels[where]}: ${time}, free of charge.`
    : `${labels[where]}: ${time}, ${dollars(costUsd.low)} to ${dollars(costUsd.high)}.`;
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
