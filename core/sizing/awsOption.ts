/** What is offered on one market of AWS: the knee of the curve, moved by the researcher's deadline and budget. */
import type { Analysis } from "../study/analysis.ts";
import { executorsOf, inputBytes, roomFor, totalCores } from "./configuration.ts";
import { totalUsd } from "./cost.ts";
import { type Bounds, choose, paretoCurve } from "./curve.ts";
import type { CurvePoint, Option } from "./estimate.ts";
import { driverHeapMiB } from "./forestMemory.ts";
import type { Input } from "./input.ts";
import { largestDriverMiB, smallestBatch } from "./layout.ts";
import { gib } from "./message.ts";
import type { PrepareEstimate } from "./prepare.ts";
import { nothing, sumOf } from "./range.ts";
import { type Candidate, largestCandidate, type Market, searchConfigurations } from "./search.ts";
import type { SizingData } from "./sizingData.ts";

/** More points than a plot needs would only swell the run's record. */
const maxCurvePoints = 12;

export interface MarketOffer {
  readonly option: Option;
  readonly curve: readonly CurvePoint[];
}

/** @param prepare what making the matrix takes, when that comes first */
export function awsOffer(
  where: Market,
  input: Input,
  analysis: Analysis,
  data: SizingData,
  prepare?: Omit<PrepareEstimate, "refusal">,
): MarketOffer {
  const candidates = searchConfigurations(where, input, analysis, data);
  const chosen = choose(candidates, boundsOf(analysis, data, prepare));
  const curve = thinned(paretoCurve(candidates), chosen);
  const refusal = chosen ? undefined : tooLarge(where, input, analysis, data);
  const shown = chosen ?? largestCandidate(where, input, analysis, data);
  return {
    option: optionOf(where, shown, prepare, refusal),
    curve: curve.map((candidate) => pointOf(where, candidate, prepare, candidate === chosen)),
  };
}

/** What is left of deadline and budget after preparing. */
function boundsOf(
  { deadlineHours, budgetUsd = Number.POSITIVE_INFINITY }: Analysis,
  { search }: SizingData,
  prepare: Omit<PrepareEstimate, "refusal"> | undefined,
): Bounds {
  return {
    deadlineSeconds: (deadlineHours ?? search.patienceHours) * 3600 - (prepare?.seconds.high ?? 0),
    budgetUsd: budgetUsd - (prepare ? totalUsd(prepare.costParts).high : 0),
  };
}

function optionOf(
  where: Market,
  { configuration, phases, seconds, costParts: runParts }: Candidate,
  prepare: Omit<PrepareEstimate, "refusal"> | undefined,
  refusal: string | undefined,
): Option {
  const costParts = { ...runParts, ...prepare?.costParts };
  return {
    where,
    prepare: prepare !== undefined,
    prepareSeconds: prepare?.seconds ?? nothing,
    runSeconds: seconds,
    costUsd: totalUsd(costParts),
    costParts,
    phases,
    configuration,
    ...(refusal !== undefined && { refusal }),
  };
}

function pointOf(
  where: Market,
  { configuration, seconds, costUsd }: Candidate,
  prepare: Omit<PrepareEstimate, "refusal"> | undefined,
  offered: boolean,
): CurvePoint {
  return {
    where,
    prepare: prepare !== undefined,
    seconds: prepare ? sumOf([prepare.seconds, seconds]) : seconds,
    costUsd: prepare ? sumOf([totalUsd(prepare.costParts), costUsd]) : costUsd,
    instanceType: configuration.instanceTypes[0] ?? "",
    nodes: configuration.nodes,
    cores: totalCores(configuration),
    offered,
  };
}

/** Both ends, the offered one, and the others evenly. */
function thinned(curve: readonly Candidate[], offered: Candidate | undefined): Candidate[] {
  const step = (curve.length - 1) / (maxCurvePoints - 1);
  const kept = new Set(
    curve.length <= maxCurvePoints
      ? curve
      : Array.from({ length: maxCurvePoints }, (_, index) => curve[Math.round(index * step)]),
  );
  return curve.filter((candidate) => kept.has(candidate) || candidate === offered);
}

/** Why no configuration holds the study. */
function tooLarge(where: Market, input: Input, analysis: Analysis, data: SizingData): string {
  const forest = { ...analysis, batchSize: smallestBatch(analysis) };
  const driverMiB = driverHeapMiB(input, forest);
  if (driverMiB > largestDriverMiB(data))
    return `The forest needs a driver of ${gib(driverMiB * 2 ** 20)}, and the node for drivers has room for ${gib(largestDriverMiB(data) * 2 ** 20)}: fewer trees, a smaller batchSize or a maxDepth would do.`;
  const bytes = inputBytes(input, 1);
  const { configuration } = largestCandidate(where, input, analysis, data);
  const capacity = roomFor(executorsOf(configuration), configuration.executorMemoryMiB);
  return capacity >= bytes
    ? "The genotypes of a compressed file, which one task reads, do not fit into one executor: prepare the study first, split it by chromosome, or hand over plain .vcf."
    : `The genotypes do not fit into the memory of the largest configuration on offer: they take ${gib(bytes)}, it caches ${gib(capacity)}.`;
}
