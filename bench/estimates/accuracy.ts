/** How far the model is off, on runs that it has not seen. */

import { cachedBytes, cachesWhole, heldPartitions } from "../../core/sizing/cache.ts";
import { phaseSeconds, secondsRange, totalSeconds } from "../../core/sizing/phases.ts";
import type { EngineModel } from "../../core/sizing/sizingData.ts";
import type { MeasuredRun } from "../../local/calibrate/measureRun.ts";
import { randomOf } from "../../local/calibrate/random.ts";

export interface Accuracy {
  /** Of each run that took long enough to count, absolute. */
  readonly errorPct: Readonly<Record<"load" | "trees" | "total", readonly number[]>>;
  readonly rangeCoveragePct: number;
  /** The largest of all runs that cached everything. */
  readonly cachedBytesErrorPct: number;
  /** Runs of which the model says rightly whether all was cached. */
  readonly fitsRight: number;
}

/** Shorter runs are of no interest: nobody waits for them. */
const leastSeconds = 20;

export function accuracyOf(heldOut: readonly MeasuredRun[], all: readonly MeasuredRun[], model: EngineModel): Accuracy {
  const long = heldOut.filter(({ phases }) => totalSeconds(phases) > leastSeconds);
  const covered = long.filter(({ run, phases }) => {
    const { low, high } = secondsRange(phaseSeconds(local(run, model), model), model);
    return totalSeconds(phases) >= low && totalSeconds(phases) <= high;
  });
  // Of a cache that is too small, which partitions find room is a matter of which tasks meet.
  const whole = all.filter(({ log }) => log.cachedFraction === 1);
  const errors = (phase: (phases: MeasuredRun["phases"]) => number) =>
    long.map(({ run, phases }) => 100 * Math.abs(phase(phaseSeconds(local(run, model), model)) / phase(phases) - 1));
  return {
    errorPct: { load: errors(({ load }) => load), trees: errors(({ trees }) => trees), total: errors(totalSeconds) },
    rangeCoveragePct: (100 * covered.length) / long.length,
    cachedBytesErrorPct: 100 * Math.max(...whole.map((run) => Math.abs(heldBytes(run) / run.log.cachedBytes - 1))),
    fitsRight: all.filter(({ run, log }) => cachesWhole(run) === (log.cachedFraction === 1)).length,
  };
}

/** The start is the model's too. */
function local(run: MeasuredRun["run"], { localStartSeconds }: EngineModel): MeasuredRun["run"] {
  return { ...run, startSeconds: localStartSeconds };
}

function heldBytes({ run }: MeasuredRun): number {
  return (cachedBytes(run.size) * heldPartitions(run)) / run.size.partitions;
}

/** A row of the table. */
export function predictionOf(measured: MeasuredRun, model: EngineModel): string[] {
  const { gridRun, run, phases, log } = measured;
  const { cohort, forest } = gridRun;
  const predicted = phaseSeconds(local(run, model), model);
  const { low, high } = secondsRange(predicted, model);
  return [
    `${cohort.format} ${cohort.variants} × ${cohort.samples}, ${forest.trees} trees by ${forest.batchSize}, ${gridRun.cores} cores`,
    ...[phases.load, predicted.load, phases.trees, predicted.trees].map((seconds) => seconds.toFixed(1)),
    ...[totalSeconds(phases), totalSeconds(predicted)].map((seconds) => seconds.toFixed(1)),
    `${low.toFixed(0)} – ${high.toFixed(0)}`,
    ...[log.cachedBytes, heldBytes(measured)].map((bytes) => (bytes / 1e6).toFixed(1)),
  ];
}

/** Of each two neighbours of the grid, which are of a kind, one goes to either half. */
export function halves<T>(runs: readonly T[], seed: number): readonly [T[], T[]] {
  const random = randomOf(seed);
  const knownOfPair = Array.from({ length: Math.ceil(runs.length / 2) }, () => Number(random() < 0.5));
  const isKnown = (index: number) => knownOfPair[index >> 1] === index % 2;
  return [runs.filter((_, index) => isKnown(index)), runs.filter((_, index) => !isKnown(index))];
}

/** By the nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
}
