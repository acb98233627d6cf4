import { describe, expect, test } from "vitest";
import { driverHeapMiB, executorWorkingMiB } from "../../../core/sizing/forestMemory.ts";
import type { Forest } from "../../../core/study/analysis.ts";

const cohort = { samples: 10_000, variants: 1_000_000 };
const forest: Forest = { trees: 500, mtryFraction: 0.1, batchSize: 100 };
const GiB = 1024;

describe("the driver", () => {
  test("of a cohort as large as the 1000 Genomes project's is a small one", () => {
    expect(driverHeapMiB({ samples: 2_504, variants: 1_000_000 }, forest)).toBeLessThanOrEqual(2 * GiB);
  });

  test.each([
    { case: "larger batches", more: { ...forest, batchSize: 500 }, of: cohort },
    { case: "more trees", more: { ...forest, trees: 10_000 }, of: cohort },
    { case: "more samples", more: forest, of: { ...cohort, samples: 100_000 } },
  ])("needs more memory for $case", ({ more, of }) => {
    expect(driverHeapMiB(of, more)).toBeGreaterThan(driverHeapMiB(cohort, forest));
  });

  test("needs less for shallow trees", () => {
    const large = { ...cohort, samples: 100_000 };
    expect(driverHeapMiB(large, { ...forest, maxDepth: 5 })).toBeLessThan(driverHeapMiB(large, forest));
  });

  test("has at least the samples of a batch twice, in 4 bytes each", () => {
    const large = { ...cohort, samples: 500_000 };
    expect(driverHeapMiB(large, forest)).toBeGreaterThan((2 * 4 * 500_000 * 100) / 2 ** 20);
  });
});

test("an executor needs a result or two for each of its cores", () => {
  const one = executorWorkingMiB(cohort, forest, 1);
  expect(executorWorkingMiB(cohort, forest, 16)).toBeGreaterThan(one);
  expect(executorWorkingMiB(cohort, forest, 16)).toBeLessThan(16 * one);
});
