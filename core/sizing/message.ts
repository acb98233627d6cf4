/** The estimate in plain words, as the researcher reads it in the notebook. */
import { thousands } from "../findings/found.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { SliceCounts } from "../matrix/convertSliceRows.ts";
import { DROP_REASONS, type DropReason } from "../matrix/filters.ts";
import { type CurvePoint, type Estimate, isOnAws, type Option } from "./estimate.ts";
import type { PrepareEstimate } from "./prepare.ts";
import type { Range } from "./range.ts";
import type { SearchLimits, SizingData } from "./sizingData.ts";

/** Above this, one task reading everything is worth a warning. */
const longLoadSeconds = 300;

/** A gzip file that takes one Lambda longer than this to prepare is worth a word. */
const longUncutSeconds = 60;

export function estimateMessage(
  { options, curve }: Pick<Estimate, "options" | "curve">,
  { samples, keptSamples, variants, vcfs }: Omit<Inspection, "findings">,
  preparing: Pick<PrepareEstimate, "uncut"> | SliceCounts,
  { search }: Pick<SizingData, "search">,
): string {
  const takeable = options.filter((option) => option.refusal === undefined);
  return [
    `${variants.exact ? "" : "About "}${thousands(variants.estimate)} variants of ${thousands(samples)} samples${keptSamples ? `, of which ${thousands(keptSamples.count)} are kept` : ""}.`,
    ...("uncut" in preparing
      ? preparing.uncut.filter(({ seconds }) => seconds >= longUncutSeconds).map(uncutSentence)
      : [preparedSentence(preparing)]),
    ...takeable.map(optionSentence),
    ...chunksSentence(takeable),
    ...options
      .filter((option) => option.refusal !== undefined)
      .map((option) => `${nameOf(option)} is not on offer: ${option.refusal}`),
    ...prepareAdvice(takeable, vcfs, search),
    ...alternatives(takeable, curve, search),
  ].join(" ");
}

function chunksSentence(takeable: readonly Option[]): string[] {
  const inChunks = takeable.filter(({ configuration }) => (configuration.chunks ?? 1) > 1);
  const chunks = Math.max(1, ...inChunks.map(({ configuration }) => configuration.chunks ?? 1));
  const places = new Set(inChunks.map(({ where }) => (isOnAws(where) ? "AWS" : "your own cluster")));
  return chunks > 1
    ? [
        `On ${[...places].join(" and ")} the forest grows in up to ${chunks} jobs, one after the other: a loss costs one of them at most, and the ranking shows after each.`,
      ]
    : [];
}

function uncutSentence({ file, seconds }: PrepareEstimate["uncut"][number]): string {
  return `${file} is gzip, not BGZF, and cannot be cut: preparing it takes one Lambda ${duration(seconds)} or so; bgzip would let many share the work.`;
}

/** Records kept and dropped, by reason, once the matrix is there. */
export function preparedSentence({ recordsIn, rowsOut, droppedBy, genotypes, missing }: SliceCounts): string {
  const dropped = DROP_REASONS.filter((reason) => droppedBy[reason] > 0).map(
    (reason) => `${thousands(droppedBy[reason])} ${dropWords[reason]}`,
  );
  const share = genotypes === 0 ? 0 : (100 * missing) / genotypes;
  const kept = `Prepared: ${thousands(rowsOut)} of ${thousands(recordsIn)} records are in the matrix`;
  return `${kept}${dropped.length > 0 ? `, left out were ${dropped.join(", ")}` : ""}; ${share.toFixed(2)} % of its genotypes are missing (wholly missing ones count as reference).`;
}

const dropWords: Record<DropReason, string> = {
  region: "outside the regions",
  "not-biallelic": "not biallelic",
  missing: "with too many missing genotypes",
  maf: "too rare",
};

/** Whether preparing first would pay, by the model, on the market that is the cheapest without; or else what shortens the load. */
function prepareAdvice(
  takeable: readonly Option[],
  vcfs: readonly { readonly compression: string }[],
  { worthwhileSaving }: SearchLimits,
): string[] {
  const direct = cheapest(takeable.filter(({ where, prepare }) => isOnAws(where) && !prepare));
  const prepared = cheapest(takeable.filter(({ where, prepare }) => isOnAws(where) && prepare));
  if (prepared && !direct)
    return ["Preparing first (converting to VariantSpark's fastest format, side by side) is the way onto AWS."];
  if (prepared && direct && pays(prepared, direct, worthwhileSaving))
    return [
      `Preparing first pays: ${duration(secondsOf(prepared))} and ${dollars(prepared.costUsd.expected)} in all instead of ${duration(secondsOf(direct))} and ${dollars(direct.costUsd.expected)}, and later runs of the same data skip it.`,
    ];
  const slow = takeable.find((option) => option.phases.load > longLoadSeconds);
  if (slow && vcfs.some((vcf) => vcf.compression !== "none"))
    return [
      "Most of the time goes into reading compressed VCF with one task per file: splitting the study by chromosome, or handing over plain .vcf, would shorten it.",
    ];
  return [];
}

/** It saves so much of time or cost, and does not lose as much of the other. */
function pays(prepared: Option, direct: Option, saving: number): boolean {
  const time = secondsOf(prepared) / secondsOf(direct);
  const cost = prepared.costUsd.expected / direct.costUsd.expected;
  return Math.min(time, cost) <= 1 - saving && Math.max(time, cost) < 1 + saving;
}

/** What another choice on the curve of the cheapest AWS option would bring, faster and cheaper. */
function alternatives(takeable: readonly Option[], curve: readonly CurvePoint[], limits: SearchLimits): string[] {
  const option = cheapest(takeable.filter(({ where }) => isOnAws(where)));
  if (option === undefined) return [];
  const points = curve.filter(({ where, prepare }) => where === option.where && prepare === option.prepare);
  const seconds = secondsOf(option);
  const usd = option.costUsd.expected;
  const faster = points
    .filter((point) => seconds / point.seconds.expected >= limits.worthNamingFactor)
    .toSorted((a, b) => a.costUsd.expected - b.costUsd.expected)[0];
  const cheaper = points
    .filter((point) => usd / point.costUsd.expected >= limits.worthNamingFactor)
    .toSorted((a, b) => a.seconds.expected - b.seconds.expected)[0];
  const words = [
    ...(faster
      ? [
          `${factor(seconds / faster.seconds.expected)} as fast for ${costFactor(faster.costUsd.expected / usd)} with ${on(faster)} (deadlineHours)`,
        ]
      : []),
    ...(cheaper
      ? [
          `${costFactor(cheaper.costUsd.expected / usd)} in ${factor(cheaper.seconds.expected / seconds)} the time with ${on(cheaper)} (budgetUsd)`,
        ]
      : []),
  ];
  return words.length > 0 ? [`${labels[option.where]} could also be ${words.join(", or ")}.`] : [];
}

function on({ nodes, instanceType }: CurvePoint): string {
  return `${nodes} ${nodes === 1 ? "node" : "nodes"} of ${instanceType}`;
}

function factor(value: number): string {
  return Math.abs(value - 2) < 0.1 ? "twice" : `${value.toFixed(1)} times`;
}

function costFactor(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : 1)} × the cost`;
}

function cheapest(options: readonly Option[]): Option | undefined {
  return options.toSorted((a, b) => a.costUsd.expected - b.costUsd.expected)[0];
}

function secondsOf({ prepareSeconds, runSeconds }: Option): number {
  return prepareSeconds.expected + runSeconds.expected;
}

function nameOf({ where, prepare }: Option): string {
  return `${labels[where]}${prepare ? ", prepared first," : ""}`;
}

const labels: Record<Option["where"], string> = {
  "aws-spot": "AWS on spot nodes",
  "aws-on-demand": "AWS on on-demand nodes",
  cluster: "Your own cluster",
  local: "Your own machine",
};

function optionSentence(option: Option): string {
  const { where, prepare, prepareSeconds, runSeconds, costUsd } = option;
  const time = `${duration(runSeconds.low + prepareSeconds.low)} to ${duration(runSeconds.high + prepareSeconds.high)}`;
  const price = where === "cluster" && costUsd.high === 0 ? "no charge from AWS" : cost(costUsd, " to ");
  return `${labels[where]}${prepare ? ", prepared first" : ""}: ${time}, ${price}.`;
}

export function nodesOfCluster(nodes: number): string {
  return `${nodes} ${nodes === 1 ? "node" : "nodes"} of your cluster`;
}

/** Whole seconds, minutes or hours, rounded as a person would say it. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Both ends of a cost with that between them, where there is anything to tell apart. */
export function cost({ low, high }: Range, between: string): string {
  if (high === 0) return "free of charge";
  return high < 0.001 ? "under $0.001" : `${dollars(low)}${between}${dollars(high)}`;
}

export function dollars(usd: number): string {
  return `$${usd < 0.1 ? usd.toFixed(3) : usd.toFixed(2)}`;
}

/** Bytes in GiB, whole from ten on. */
export function gib(bytes: number): string {
  const value = bytes / 2 ** 30;
  return `${value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 })} GiB`;
}
