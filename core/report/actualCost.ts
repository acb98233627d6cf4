/**
 * What a run has cost, part by part: for each attempt the time that its nodes were there and that its pods asked for memory and
 * cores, at the prices of the day; and the preparing, when this run did it. AWS bills hours later and by account, so these are
 * computed, each from what the record knows; where it knows only a bound, from that.
 */
import { chosenOption } from "../run/chosenOption.ts";
import type { Attempt, Run, RunState } from "../run/run.ts";
import { shapeOf } from "../run/spent.ts";
import { nodeParts, podParts } from "../sizing/cost.ts";
import { type Configuration, type CostPart, isOnAws, type Where } from "../sizing/estimate.ts";
import { convertConcurrency, lambdaUsd, s3Usd } from "../sizing/prepare.ts";
import { exactly } from "../sizing/range.ts";
import type { InstanceShape, SizingData } from "../sizing/sizingData.ts";

export interface ActualCost {
  /** US dollars. */
  readonly parts: Readonly<Partial<Record<CostPart, number>>>;
  /** What they rest on, in words. */
  readonly basis: string;
}

/** EC2 bills an instance (On-Demand pricing page), and EMR on EKS a pod (EMR pricing page), for a minute at least. */
const leastSeconds = 60;

export type Pricing = Pick<SizingData, "prices" | "shapes">;

/** undefined when the nodes are in the catalogue no more. */
export function actualCost(run: Run, data: Pricing, now: Date): ActualCost | undefined {
  const parts = actualParts(run, data, now);
  return parts && { parts, basis: basisOf(run, data) };
}

/** The sum of the parts, also of a run that came to no result; undefined as above. */
export function actualUsd(run: Run, data: Pricing, now: Date): number | undefined {
  const parts = actualParts(run, data, now);
  return parts && sumOf(parts);
}

export function sumOf(parts: ActualCost["parts"]): number {
  return Object.values(parts).reduce((sum, usd) => sum + usd, 0);
}

function actualParts(run: Run, data: Pricing, now: Date): ActualCost["parts"] | undefined {
  const costs = attemptsOf(run, now).map((attempt) => attemptCost(attempt, data));
  if (!costs.every((cost) => cost !== undefined)) return undefined;
  return added([...costs, preparing(run, data, now)]);
}

/** What was paid for under one configuration, as it is billed. */
interface PaidTime {
  readonly where: Where;
  readonly configuration: Configuration;
  readonly nodeSeconds: number;
  readonly podSeconds: number;
}

/**
 * Each attempt begins where the one before ended when it keeps its nodes, so no second is counted twice; of nodes that serve several, the
 * least that is billed is counted with the last.
 */
function attemptsOf(run: Run, now: Date): PaidTime[] {
  const { attempts, nodeGroup, history } = run;
  if (attempts === undefined || attempts.length === 0) {
    const hadNodes = nodeGroup !== undefined || history.some(({ state }) => state === "Provision");
    return hadNodes ? [onlyAttempt(run, now)] : [];
  }
  const served = new Map<string, number>();
  return attempts.map((attempt, index) => {
    const { option, begunAt, endedAt, nodeGroup } = attempt;
    const seconds = secondsBetween(begunAt, endedAt, now);
    const before = served.get(nodeGroup) ?? 0;
    served.set(nodeGroup, before + seconds);
    const isLast = attempts[index + 1]?.nodeGroup !== nodeGroup;
    return {
      where: option.where,
      configuration: option.configuration,
      nodeSeconds: isLast ? billed(before + seconds) - before : seconds,
      podSeconds: billed(index === attempts.length - 1 ? jobSeconds(run, now) : earlierPodSeconds(attempt, now)),
    };
  });
}

function onlyAttempt(run: Run, now: Date): PaidTime {
  const { where, configuration } = chosenOption(run);
  const begun = run.nodeGroup?.createdAt ?? run.history.find(({ state }) => state === "Provision")?.at;
  const nodeSeconds = secondsBetween(begun, run.nodeGroup?.releasedAt, now);
  return { where, configuration, nodeSeconds: billed(nodeSeconds), podSeconds: billed(jobSeconds(run, now)) };
}

function jobSeconds({ jobRun }: Run, now: Date): number {
  return secondsBetween(jobRun?.startedAt, jobRun?.finishedAt, now);
}

/** Until its end was seen: one that was given up ended with its attempt. */
function earlierPodSeconds({ job, endedAt }: Attempt, now: Date): number {
  return secondsBetween(job?.startedAt, job?.finishedAt ?? endedAt, now);
}

/** 0 for what never began. */
function secondsBetween(start: string | undefined, end: string | undefined, now: Date): number {
  if (start === undefined) return 0;
  return Math.max(0, (end === undefined ? now.getTime() : Date.parse(end)) - Date.parse(start)) / 1000;
}

function attemptCost(
  { where, configuration, nodeSeconds, podSeconds }: PaidTime,
  data: Pricing,
): ActualCost["parts"] | undefined {
  if (!isOnAws(where)) return {};
  const shape = shapeOf(configuration, data);
  if (shape === undefined) return undefined;
  const { nodes, cluster, disks } = nodeParts(where, configuration, shape, exactly(nodeSeconds), data.prices);
  const { driver, emr } = podParts(configuration, exactly(podSeconds), data.prices);
  return {
    nodes: nodes.expected,
    driver: driver.expected,
    emr: emr.expected,
    cluster: cluster.expected,
    disks: disks.expected,
  };
}

function billed(seconds: number): number {
  return seconds === 0 ? 0 : Math.max(seconds, leastSeconds);
}

/** A matrix that was there already cost this run nothing. As many Lambdas as may be at work were at work all the time, at most. */
function preparing(run: Run, { prices }: Pricing, now: Date): ActualCost["parts"] {
  const { slices, matrix, inspection } = run;
  const seconds = secondsIn(run, "Convert", now);
  if (slices === undefined || slices === 0 || matrix === undefined || seconds === 0) return {};
  const sliceSeconds = (seconds * Math.min(slices, convertConcurrency)) / slices;
  const readBytes = (inspection?.vcfs ?? []).reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  return {
    lambda: lambdaUsd(slices, sliceSeconds, prices),
    s3: s3Usd(slices, readBytes, matrix.bytes, prices),
  };
}

function secondsIn({ history }: Run, state: RunState, now: Date): number {
  return history.reduce(
    (sum, entry, index) => (entry.state === state ? sum + secondsBetween(entry.at, history[index + 1]?.at, now) : sum),
    0,
  );
}

function added(costs: readonly ActualCost["parts"][]): ActualCost["parts"] {
  const sum: Partial<Record<CostPart, number>> = {};
  for (const cost of costs)
    for (const [part, usd] of Object.entries(cost) as [CostPart, number][]) sum[part] = (sum[part] ?? 0) + usd;
  return sum;
}

function basisOf(run: Run, data: Pricing): string {
  const { where, configuration } = chosenOption(run);
  const { source, date } = data.prices;
  if (!isOnAws(where))
    return `${where === "cluster" ? "Your own cluster: no charge from AWS for its nodes. " : ""}Prices: ${source}, ${date}.`;
  const shape = shapeOf(configuration, data);
  const spot = where === "aws-spot" && shape ? ` Spot is taken at ${spotWords(shape, data)}.` : "";
  const until = run.nodeGroup?.releasedAt ? "" : " Nodes are counted until this report, before they were given back.";
  return `Prices: ${source}, ${date}.${spot}${until}`;
}

/** nodeHourUsd takes the middle of the types of the shape. */
function spotWords({ instanceTypes }: InstanceShape, { prices: { spotFraction } }: Pricing): string {
  const known = instanceTypes.filter(({ spotHourUsd }) => spotHourUsd !== undefined).length;
  const fraction = `${Math.round(100 * spotFraction.expected)} % of on-demand, the table's fraction`;
  if (known === 0) return fraction;
  const median = "the median of its price history";
  return known === instanceTypes.length
    ? median
    : `${median}, for ${instanceTypes.length - known} types at ${fraction}`;
}
