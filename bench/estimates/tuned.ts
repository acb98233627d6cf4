/** The batch size and the number of partitions that the model thinks best, for one run of the grid. */
import { phaseSeconds, totalSeconds } from "../../core/sizing/phases.ts";
import type { EngineModel } from "../../core/sizing/sizingData.ts";
import type { GridRun } from "../../local/calibrate/grid.ts";

/** VariantSpark grows 10 trees at a time, and Spark packs small files into as few partitions as there are cores. */
export function tunedRuns(model: EngineModel, cores: number): { readonly standard: GridRun; readonly tuned: GridRun } {
  const cohort = { variants: 50_000, samples: 200, format: "matrix", parts: 4, seed: 1 } as const;
  const forest = { trees: 300, mtryFraction: 0.005, batchSize: 10, seed: 13 };
  const standard: GridRun = { cohort, label: "balanced", forest, cores, memoryMiB: 2048, defaultSplits: true };
  const candidates = [10, 20, 30, 50, 100, 150, 300].flatMap((batchSize) =>
    [1, 2, 3, 4, 6, 8].map((rounds) => ({ batchSize, parts: rounds * cores })),
  );
  const seconds = ({ batchSize, parts: partitions }: { batchSize: number; parts: number }) => {
    const size = { samples: cohort.samples, variants: cohort.variants, uncompressedBytes: 0, partitions };
    const machine = { executors: 1, coresPerExecutor: cores, executorMemoryMiB: 2048, startSeconds: 0, speed: 1 };
    return totalSeconds(phaseSeconds({ size, forest: { ...forest, batchSize }, ...machine }, model));
  };
  const best = candidates.reduce((least, one) => (seconds(one) < seconds(least) ? one : least));
  const { defaultSplits: _, ...rest } = standard;
  return {
    standard,
    tuned: { ...rest, cohort: { ...cohort, parts: best.parts }, forest: { ...forest, batchSize: best.batchSize } },
  };
}
