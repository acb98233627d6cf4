/** Runs of the engine of any size, and a model with round coefficients, for tests of what is expected of them. */
import fc from "fast-check";
import type { EngineRun } from "../../../core/sizing/engineRun.ts";
import type { EngineModel } from "../../../core/sizing/sizingData.ts";

/** Of the order of what was measured. */
export const roundModel: EngineModel = {
  date: "2026-11-24",
  source: "made up",
  awsStartSeconds: 180,
  localStartSeconds: 4,
  loadSeconds: {
    once: 2,
    textBytes: 2e-8,
    textGenotypes: 1e-8,
    matrixGenotypes: 4e-9,
    textVariants: 4e-6,
    matrixVariants: 2e-6,
    tasks: 0.1,
  },
  treesSeconds: {
    once: 3,
    passes: 0.02,
    tasks: 0.005,
    draws: 8e-9,
    evaluations: 2e-7,
    evaluatedSamples: 2e-9,
    splitSamples: 2e-7,
    listSteps: 1e-9,
  },
  finishSeconds: 0.3,
  coreEfficiency: 0.8,
  rangeLow: 0.8,
  rangeHigh: 1.25,
};

/** From a gene of a handful of samples to the genomes of a biobank, with memory for all of it. */
export const anyRun: fc.Arbitrary<EngineRun> = fc.record({
  size: fc.record({
    samples: fc.integer({ min: 2, max: 500_000 }),
    variants: fc.integer({ min: 1, max: 100_000_000 }),
    uncompressedBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000_000_000_000 })),
    partitions: fc.integer({ min: 1, max: 10_000 }),
  }),
  forest: fc.record(
    {
      trees: fc.integer({ min: 1, max: 10_000 }),
      mtryFraction: fc.integer({ min: 1, max: 1_000 }).map((thousandths) => thousandths / 1_000),
      batchSize: fc.integer({ min: 1, max: 1_000 }),
      maxDepth: fc.integer({ min: 1, max: 100 }),
      minNodeSize: fc.integer({ min: 1, max: 100 }),
    },
    { requiredKeys: ["trees", "mtryFraction", "batchSize"] },
  ),
  labelImpurity: fc.integer({ min: 1, max: 80 }).map((hundredths) => hundredths / 100),
  executors: fc.integer({ min: 1, max: 256 }),
  coresPerExecutor: fc.integer({ min: 1, max: 32 }),
  executorMemoryMiB: fc.constant(1e9),
  startSeconds: fc.integer({ min: 0, max: 600 }),
  speed: fc.integer({ min: 5, max: 30 }).map((tenths) => tenths / 10),
});

/** 20 trees of 1,000 samples and 200,000 variants from the matrix, on two cores that hold them. */
export function runOf(changes: Partial<EngineRun>): EngineRun {
  return {
    size: { samples: 1_000, variants: 200_000, uncompressedBytes: 0, partitions: 16 },
    forest: { trees: 20, mtryFraction: 0.01, batchSize: 20 },
    executors: 1,
    coresPerExecutor: 2,
    executorMemoryMiB: 2_048,
    startSeconds: 4,
    speed: 1,
    ...changes,
  };
}
