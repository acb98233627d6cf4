/**
 * Learning from finished runs: how fast the cores of each AWS instance family are, and then the coefficients of the
 * engine's work. The calibrated model holds on to its values as if it had been seen in some runs more, so that one odd run
 * moves little; recent runs weigh more than old ones.
 */
import { loadTerms, loadWork, treesTerms, treesWork } from "./engineWork.ts";
import type { PhaseSeconds } from "./estimate.ts";
import type { Observation } from "./fit.ts";
import { nonNegativeLeastSquares } from "./nnls.ts";
import { phaseSeconds, reparseSeconds } from "./phases.ts";
import type { EngineModel, LearnedSpeed } from "./sizingData.ts";

/** Runs that are looked at; older ones are as good as forgotten. */
const longestHistory = 200;
/** What a run weighs by that of the one after it: half after fourteen runs. */
const fading = 0.95;
/** Runs that an assumed speed is worth. */
const speedPrior = 3;
/** Runs that each calibrated coefficient is worth; some four of them make up most of a run's time. */
const coefficientPrior = 2;
/** A run that took more than twice or less than half of what was expected had another cause, and counts as if it took that. */
const farthest = 2;

/**
 * @param calibrated the model of `npm run calibrate`: each learning starts from it, not from what was learned before
 * @param history in the order in which the runs finished; `run.speed` is the speed that was assumed for them
 */
export function learned(calibrated: EngineModel, history: readonly Observation[]): EngineModel {
  const recent = history.slice(-longestHistory);
  if (recent.length === 0) return calibrated;
  const weighed = recent.map((observation, index) => ({
    ...observation,
    weight: fading ** (recent.length - 1 - index),
  }));
  const speeds = learnedSpeeds(weighed, calibrated);
  const known = weighed.map((one) => withSpeed(one, speeds));
  return { ...calibrated, ...coefficients(known, calibrated), speeds: { ...calibrated.speeds, ...speeds } };
}

/** "r6a.4xlarge" is one of r6a. */
export function familyOf(instanceType: string): string {
  return instanceType.split(".")[0] ?? instanceType;
}

interface Weighed extends Observation {
  readonly weight: number;
}

/** The mean of the logarithms, so that twice as fast and half as fast even out. */
function learnedSpeeds(observations: readonly Weighed[], model: EngineModel): Record<string, LearnedSpeed> {
  const families = Map.groupBy(
    observations.filter(({ instanceType }) => instanceType !== undefined),
    ({ instanceType = "" }) => familyOf(instanceType),
  );
  const entries = [...families].map(([family, runs]) => {
    const weight = runs.reduce((sum, one) => sum + one.weight, 0);
    const assumed = Math.log(runs.at(-1)?.run.speed ?? 1);
    const seen = runs.reduce((sum, one) => sum + one.weight * Math.log(speedSeen(one, model)), 0);
    return [family, { speed: Math.exp((seen + speedPrior * assumed) / (weight + speedPrior)), weight }];
  });
  return Object.fromEntries(entries);
}

/** Of the phases in which the cores compute. */
function speedSeen({ run, phases }: Observation, model: EngineModel): number {
  const expected = computing(phaseSeconds({ ...run, speed: 1 }, model));
  return run.speed * within(expected / run.speed / Math.max(1e-3, computing(phases)), 1);
}

function withSpeed(observation: Weighed, speeds: Readonly<Record<string, LearnedSpeed>>): Weighed {
  const { instanceType, run } = observation;
  const speed = instanceType === undefined ? undefined : speeds[familyOf(instanceType)]?.speed;
  return speed === undefined ? observation : { ...observation, run: { ...run, speed } };
}

function coefficients(
  observations: readonly Weighed[],
  calibrated: EngineModel,
): Pick<EngineModel, "loadSeconds" | "treesSeconds"> {
  const { coreEfficiency } = calibrated;
  const expected = observations.map(({ run }) => phaseSeconds({ ...run, startSeconds: 0, speed: 1 }, calibrated));
  // Errors count by what was expected in all, on the reference core.
  const importances = observations.map(
    ({ weight }, index) => Math.sqrt(weight) / Math.max(1e-3, computing(expected[index])),
  );
  const loadSeconds = held(
    loadTerms,
    calibrated.loadSeconds,
    observations.map(({ run }) => loadWork(run, coreEfficiency)),
    observations.map(({ run, phases }, index) => within(phases.load * run.speed, expected[index]?.load ?? 0)),
    importances,
  );
  const treesSeconds = held(
    treesTerms,
    calibrated.treesSeconds,
    observations.map(({ run }) => treesWork(run, coreEfficiency)),
    observations.map(
      ({ run, phases }, index) =>
        within(phases.trees * run.speed, expected[index]?.trees ?? 0) - reparseSeconds(run, calibrated),
    ),
    importances,
  );
  return { loadSeconds, treesSeconds };
}

function computing(phases: PhaseSeconds | undefined): number {
  return phases === undefined ? 0 : phases.load + phases.trees;
}

function within(seen: number, expected: number): number {
  return Math.min(expected * farthest, Math.max(expected / farthest, seen));
}

/** Least squares with a spring of each coefficient to its calibrated value; one that was nought stays so. */
function held<Term extends string>(
  terms: readonly Term[],
  before: Readonly<Record<Term, number>>,
  work: readonly Readonly<Record<Term, number>>[],
  seconds: readonly number[],
  importances: readonly number[],
): Record<Term, number> {
  const used = terms.filter((term) => before[term] > 0);
  const stiffness = Math.sqrt(coefficientPrior);
  // In units of the calibrated coefficients: all are 1 before.
  const rows = work.map((counts, index) => used.map((term) => counts[term] * before[term] * (importances[index] ?? 0)));
  const springs = used.map((term) => used.map((other) => (other === term ? stiffness : 0)));
  const aims = [...seconds.map((value, index) => value * (importances[index] ?? 0)), ...used.map(() => stiffness)];
  const factors = nonNegativeLeastSquares([...rows, ...springs], aims);
  return Object.fromEntries(
    terms.map((term) => [term, before[term] * (used.includes(term) ? (factors[used.indexOf(term)] ?? 0) : 0)]),
  ) as Record<Term, number>;
}
