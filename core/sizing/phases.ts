/**
 * How long VariantSpark takes, phase by phase: its work, counted, times the seconds that each kind of work took in measured
 * runs. The coefficients come from `npm run calibrate`; docs/estimates.md tells the model in words.
 */
import type { EngineRun } from "./engineRun.ts";
import { loadTerms, loadWork, reparsed, taskShare, treesTerms, treesWork } from "./engineWork.ts";
import type { PhaseSeconds } from "./estimate.ts";
import type { Range } from "./range.ts";
import type { EngineModel } from "./sizingData.ts";

/** Expected seconds. */
export function phaseSeconds(run: EngineRun, model: EngineModel): PhaseSeconds {
  const loading = loadWork(run, model.coreEfficiency);
  const growing = treesWork(run, model.coreEfficiency);
  const load = loadTerms.reduce((sum, term) => sum + loading[term] * model.loadSeconds[term], 0);
  const trees = treesTerms.reduce((sum, term) => sum + growing[term] * model.treesSeconds[term], 0);
  return {
    start: run.startSeconds,
    load: load / run.speed,
    trees: (trees + reparseSeconds(run, model)) / run.speed,
    finish: model.finishSeconds,
  };
}

/** The cliff: partitions for which there is no memory are parsed again in every pass. */
export function reparseSeconds(run: EngineRun, model: Pick<EngineModel, "coreEfficiency" | "loadSeconds">): number {
  const { passes, partitions } = reparsed(run);
  if (partitions <= 0) return 0;
  const { samples, variants, uncompressedBytes, partitions: all } = run.size;
  const { textBytes, textGenotypes, textVariants, matrixGenotypes, matrixVariants } = model.loadSeconds;
  const genotypes = samples * variants;
  const parse =
    uncompressedBytes > 0
      ? uncompressedBytes * textBytes + genotypes * textGenotypes + variants * textVariants
      : genotypes * matrixGenotypes + variants * matrixVariants;
  const shareOfParse = taskShare(run, partitions, model.coreEfficiency) / all;
  return passes * shareOfParse * parse;
}

/** Where nine of ten runs end. */
export function secondsRange(phases: PhaseSeconds, { rangeLow, rangeHigh }: EngineModel): Range {
  const expected = totalSeconds(phases);
  return { low: expected * rangeLow, expected, high: expected * rangeHigh };
}

export function totalSeconds({ start, load, trees, finish }: PhaseSeconds): number {
  return start + load + trees + finish;
}
