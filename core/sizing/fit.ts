/** Fits the model to measured runs: non-negative least squares of the errors relative to each run's total. */
import type { EngineRun } from "./engineRun.ts";
import { loadTerms, loadWork, treesTerms, treesWork } from "./engineWork.ts";
import type { PhaseSeconds } from "./estimate.ts";
import { nonNegativeLeastSquares } from "./nnls.ts";
import { phaseSeconds, reparseSeconds, totalSeconds } from "./phases.ts";
import type { EngineModel } from "./sizingData.ts";

/** A finished run: what it was and how long it took. */
export interface Observation {
  readonly run: EngineRun;
  readonly phases: PhaseSeconds;
  /** AWS instance type of the executors; absent on the reference machine. */
  readonly instanceType?: string;
}

export type FittedModel = Pick<
  EngineModel,
  "loadSeconds" | "treesSeconds" | "coreEfficiency" | "finishSeconds" | "localStartSeconds" | "rangeLow" | "rangeHigh"
>;

/**
 * Of runs on one machine.
 * @param before an earlier model, of whatever machine: what the runs do not tell is taken from it, at this machine's speed
 * @throws Error when there are fewer than four runs
 */
export function fitModel(observations: readonly Observation[], before?: WorkSeconds): FittedModel {
  if (observations.length < 4) throw new Error("Fewer than four runs tell too little to fit the model.");
  const settings = settingsOf(before && atSpeedOf(observations, before));
  const fits = settings.map((setting) => ({ setting, errors: errorsLeftOut(observations, setting) }));
  const { setting, errors } = fits.reduce((best, fit) => (squares(fit.errors) < squares(best.errors) ? fit : best));
  return { ...fitWith(observations, setting), ...rangeOf(errors) };
}

type Coefficients = Omit<FittedModel, "rangeLow" | "rangeHigh">;

type WorkSeconds = Pick<EngineModel, "loadSeconds" | "treesSeconds" | "coreEfficiency">;

/** What is not fitted but tried: the setting that foretells runs best that were left out. */
interface Setting {
  readonly coreEfficiency: number;
  /**
   * Pulls each coefficient to its earlier value, or else to nought, as this fraction of the runs would: kinds of work that come
   * together in the runs then share the seconds, instead of one of them taking all by chance.
   */
  readonly pull: number;
  readonly towards: Pick<WorkSeconds, "loadSeconds" | "treesSeconds"> | undefined;
}

/** Below an efficiency of 0.6 a second core would hardly help, above 0.8 compiler and collector would be idle; a few runs may say so by chance. */
function settingsOf(before: WorkSeconds | undefined): Setting[] {
  const efficiencies = before ? [before.coreEfficiency] : [0.6, 0.65, 0.7, 0.75, 0.8];
  const pulls = before ? [0.1, 0.3, 1, 3] : [0, 0.01, 0.03, 0.1];
  return efficiencies.flatMap((coreEfficiency) => pulls.map((pull) => ({ coreEfficiency, pull, towards: before })));
}

/** The earlier coefficients, all times the same factor: the median of how much longer the runs took than by them. */
function atSpeedOf(observations: readonly Observation[], before: WorkSeconds): WorkSeconds {
  const factors = observations.map(({ run, phases }) => {
    const expected = phaseSeconds(run, { ...unmeasured, ...before });
    return (phases.load + phases.trees) / (expected.load + expected.trees);
  });
  const factor = median(factors);
  return {
    coreEfficiency: before.coreEfficiency,
    loadSeconds: scaled(before.loadSeconds, factor),
    treesSeconds: scaled(before.treesSeconds, factor),
  };
}

function scaled<Term extends string>(seconds: Readonly<Record<Term, number>>, factor: number): Record<Term, number> {
  const entries = Object.entries<number>(seconds).map(([term, value]) => [term, value * factor]);
  return Object.fromEntries(entries) as Record<Term, number>;
}

/** The members of a model that no phase of the computing hangs on. */
const unmeasured = {
  date: "",
  source: "",
  awsStartSeconds: 0,
  localStartSeconds: 0,
  finishSeconds: 0,
  rangeLow: 1,
  rangeHigh: 1,
};

/** Logarithms of actual over expected total time, each run foretold by the others. */
function errorsLeftOut(observations: readonly Observation[], setting: Setting): number[] {
  return observations.map((left) => {
    const others = observations.filter((one) => one !== left);
    return Math.log(relativeTime(left, fitWith(others, setting)));
  });
}

/** Holds nineteen of twenty, so that of other runs nine of ten are within. */
function rangeOf(errors: readonly number[]): Pick<EngineModel, "rangeLow" | "rangeHigh"> {
  const rank = Math.min(errors.length, Math.ceil(0.95 * (errors.length + 1)));
  const spread = errors.map(Math.abs).toSorted((a, b) => a - b)[rank - 1] ?? 0;
  return { rangeLow: Math.exp(-spread), rangeHigh: Math.exp(spread) };
}

function fitWith(observations: readonly Observation[], { coreEfficiency, pull, towards }: Setting): Coefficients {
  const loads = observations.map(({ run }) => loadWork(run, coreEfficiency));
  const loadSeconds = fitted(
    loadTerms,
    loads,
    observations,
    { pull, towards: towards?.loadSeconds },
    ({ phases }) => phases.load,
  );
  const trees = observations.map(({ run }) => treesWork(run, coreEfficiency));
  const treesSeconds = fitted(
    treesTerms,
    trees,
    observations,
    { pull, towards: towards?.treesSeconds },
    ({ run, phases }) => phases.trees - reparseSeconds(run, { coreEfficiency, loadSeconds }),
  );
  return {
    loadSeconds,
    treesSeconds,
    coreEfficiency,
    finishSeconds: median(observations.map(({ phases }) => phases.finish)),
    localStartSeconds: median(observations.map(({ phases }) => phases.start)),
  };
}

/** Each run counts by its error relative to its total, and so a short load by little. */
function fitted<Term extends string>(
  terms: readonly Term[],
  work: readonly Readonly<Record<Term, number>>[],
  observations: readonly Observation[],
  { pull, towards }: { readonly pull: number; readonly towards: Readonly<Record<Term, number>> | undefined },
  seconds: (observation: Observation) => number,
): Record<Term, number> {
  const weights = observations.map(({ phases }) => 1 / totalSeconds(phases));
  const rows = work.map((counts, index) => terms.map((term) => counts[term] * (weights[index] ?? 0)));
  const aims = observations.map((observation, index) => seconds(observation) * (weights[index] ?? 0));
  const stiffness = terms.map((_, column) => Math.sqrt(pull) * Math.hypot(...rows.map((row) => row[column] ?? 0)));
  const springs = stiffness.map((value, column) => terms.map((_, other) => (other === column ? value : 0)));
  const rest = terms.map((term, column) => (stiffness[column] ?? 0) * (towards?.[term] ?? 0));
  const solution = nonNegativeLeastSquares([...rows, ...springs], [...aims, ...rest]);
  return Object.fromEntries(terms.map((term, index) => [term, solution[index] ?? 0])) as Record<Term, number>;
}

/** Of the whole run: 1.1 when it took a tenth longer than expected. */
function relativeTime({ run, phases }: Observation, coefficients: Coefficients): number {
  const expected = phaseSeconds(run, { ...unmeasured, ...coefficients });
  return totalSeconds(phases) / totalSeconds({ ...expected, start: phases.start });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function squares(values: readonly number[]): number {
  return values.reduce((total, value) => total + value ** 2, 0);
}
