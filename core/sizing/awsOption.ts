/** What is offered on one market of AWS: the knee of the curve, moved by the researcher's deadline and budget. */
import type { Analysis } from "../study/analysis.ts";
import { totalCores } from "./configuration.ts";
import { totalUsd } from "./cost.ts";
import { type Bounds, choose, paretoCurve } from "./curve.ts";
import type { CurvePoint, Market, Option } from "./estimate.ts";
import type { Input } from "./input.ts";
import { optionOn } from "./optionOn.ts";
import type { PrepareEstimate } from "./prepare.ts";
import { sumOf } from "./range.ts";
import { type Candidate, searchConfigurations } from "./search.ts";
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
  return {
    option: optionOn(where, chosen, prepare, input, analysis, data),
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
