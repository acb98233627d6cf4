import { expect, test } from "vitest";
import type { EngineRun } from "../../../core/sizing/engineRun.ts";
import { loadWork, reparsed, treesWork } from "../../../core/sizing/engineWork.ts";
import { treeShape } from "../../../core/sizing/treeShape.ts";

const run: EngineRun = {
  size: { samples: 1_000, variants: 5_000, uncompressedBytes: 20_000_000, partitions: 4 },
  forest: { trees: 200, mtryFraction: 0.1, batchSize: 50, maxDepth: 9 },
  executors: 1,
  coresPerExecutor: 1,
  executorMemoryMiB: 2_048,
  startSeconds: 0,
  speed: 1,
};

test("one core parses four partitions once and three once more, for zipWithIndex leaves the last out", () => {
  expect(loadWork(run, 0.7)).toEqual({
    once: 1,
    textBytes: 35_000_000,
    textGenotypes: 8_750_000,
    textVariants: 8_750,
    matrixGenotypes: 0,
    matrixVariants: 0,
    tasks: 7,
  });
});

test("the matrix is counted by genotypes, not by bytes", () => {
  const matrix = loadWork({ ...run, size: { ...run.size, uncompressedBytes: 0 } }, 0.7);
  expect(matrix).toMatchObject({ textBytes: 0, textGenotypes: 0, matrixGenotypes: 8_750_000, matrixVariants: 8_750 });
});

test("a single partition is parsed once, by a core whose neighbour has nothing to do", () => {
  const single = { ...run, size: { ...run.size, partitions: 1 }, coresPerExecutor: 2 };
  expect(loadWork(single, 0.7)).toMatchObject({ textBytes: 20_000_000, tasks: 1 });
});

test("four batches of ten levels are eighty passes of four tasks each", () => {
  expect(treesWork(run, 0.7)).toMatchObject({ passes: 80, tasks: 320 });
});

test("every variant draws for every node, and a tenth is evaluated", () => {
  const { nodes, visits } = treeShape({
    samples: 1_000,
    candidates: 500,
    impurity: 1,
    maxDepth: 9,
    minNodeSize: 1,
  });
  const { draws, evaluations, evaluatedSamples } = treesWork(run, 0.7);
  expect(draws / (5_000 * 200 * nodes)).toBeCloseTo(1, 9);
  expect(evaluations / draws).toBeCloseTo(0.1, 9);
  expect(evaluatedSamples / (500 * 200 * visits)).toBeCloseTo(1, 9);
});

test("two cores halve what they compute, at their efficiency, and leave the driver's work as it is", () => {
  const one = treesWork(run, 0.8);
  const two = treesWork({ ...run, coresPerExecutor: 2 }, 0.8);
  expect(two.draws / one.draws).toBeCloseTo(0.5 / 0.8, 9);
  expect([two.splitSamples, two.listSteps, two.passes]).toEqual([one.splitSamples, one.listSteps, one.passes]);
});

test("a batch of twice as many trees takes four times the steps through its list, half as often", () => {
  const steps = (batchSize: number) => treesWork({ ...run, forest: { ...run.forest, batchSize } }, 0.8).listSteps;
  expect(steps(100) / steps(50)).toBeCloseTo(2, 9);
});

test("partitions without room are parsed again in each pass", () => {
  expect(reparsed(run)).toEqual({ passes: 80, partitions: 0 });
  expect(reparsed({ ...run, executorMemoryMiB: 300 })).toEqual({ passes: 80, partitions: 4 });
});
