import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cachedBytes, type DataSize, phaseSeconds, totalSeconds } from "../../../core/sizing/phases.ts";
import type { Analysis } from "../../../core/study/analysis.ts";
import { anyAnalysis, anySize, defaults, sizingData } from "./inputs.ts";

const { model } = sizingData;
const measured: DataSize = { samples: 2504, variants: 17_010, uncompressedBytes: 171_000_000, partitions: 1 };
const anyCores = fc.integer({ min: 1, max: 2_048 });
const more = fc.integer({ min: 0, max: 1_000_000 });

test("the cache of 17,010 variants of 2,504 samples takes the 42.4 MiB that were measured, within 5 %", () => {
  const measuredBytes = 42.4 * 1024 * 1024;
  expect(cachedBytes(measured) / measuredBytes).toBeGreaterThan(0.95);
  expect(cachedBytes(measured) / measuredBytes).toBeLessThan(1.05);
});

test("the cache takes at least one byte per genotype, and more for more", () => {
  fc.assert(
    fc.property(anySize, more, (size, extra) => {
      const bytes = cachedBytes(size);
      expect(bytes).toBeGreaterThan(size.samples * size.variants);
      expect(cachedBytes({ ...size, samples: size.samples + extra })).toBeGreaterThanOrEqual(bytes);
      expect(cachedBytes({ ...size, variants: size.variants + extra })).toBeGreaterThanOrEqual(bytes);
    }),
  );
});

describe("time never gets less", () => {
  const growing: Record<string, (size: DataSize, analysis: Analysis, extra: number) => [DataSize, Analysis]> = {
    "more trees": (size, analysis, extra) => [size, { ...analysis, trees: analysis.trees + extra }],
    "more samples": (size, analysis, extra) => [{ ...size, samples: size.samples + extra }, analysis],
    "more variants": (size, analysis, extra) => [{ ...size, variants: size.variants + extra }, analysis],
    "more text to parse": (size, analysis, extra) => [
      { ...size, uncompressedBytes: size.uncompressedBytes + extra },
      analysis,
    ],
    "deeper trees": (size, analysis, extra) => [size, { ...analysis, maxDepth: (analysis.maxDepth ?? 50) + extra }],
  };

  test.each(Object.entries(growing))("with %s", (_, grow) => {
    fc.assert(
      fc.property(anySize, anyAnalysis, anyCores, more, (size, analysis, cores, extra) => {
        const [largerSize, largerAnalysis] = grow(size, analysis, extra);
        const before = seconds(size, analysis, cores);
        expect(seconds(largerSize, largerAnalysis, cores)).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe("time never gets more", () => {
  test("with more cores for the same input", () => {
    fc.assert(
      fc.property(anySize, anyAnalysis, anyCores, more, (size, analysis, cores, extra) => {
        expect(seconds(size, analysis, cores + extra)).toBeLessThanOrEqual(seconds(size, analysis, cores));
      }),
    );
  });

  test("with a larger batch, which saves passes", () => {
    fc.assert(
      fc.property(anySize, anyAnalysis, anyCores, more, (size, analysis, cores, extra) => {
        const larger = { ...analysis, batchSize: analysis.batchSize + extra };
        expect(seconds(size, larger, cores)).toBeLessThanOrEqual(seconds(size, analysis, cores));
      }),
    );
  });
});

test("cores beyond the tasks that the input has are of no use", () => {
  fc.assert(
    fc.property(anySize, anyAnalysis, more, (size, analysis, extra) => {
      expect(seconds(size, analysis, size.partitions + extra)).toBe(seconds(size, analysis, size.partitions));
    }),
  );
});

test("every phase of any study is a time: finite, and not below nought", () => {
  fc.assert(
    fc.property(anySize, anyAnalysis, anyCores, (size, analysis, cores) => {
      const phases = Object.values(phaseSeconds(size, analysis, cores, model.awsStartSeconds, model));
      expect(phases).toHaveLength(4);
      for (const phase of phases) expect(phase).toSatisfy((value: number) => Number.isFinite(value) && value >= 0);
    }),
  );
});

test("phases are as computed by hand for 2,504 samples on 2 cores, one of which reads the one gzip file", () => {
  const coefficients = {
    ...model,
    parseSecondsPerByte: 5e-8,
    loadStartSeconds: 3,
    treeSecondsPerGenotype: 4e-10,
    passSeconds: 0.05,
    finishSeconds: 5,
  };
  const { start, load, trees, finish } = phaseSeconds(measured, defaults, 2, 6, coefficients);
  // 3 s, and twice 171 MB at 5e-8 s per byte.
  expect(load).toBeCloseTo(20.1, 6);
  // ceil(log2 2504) + 4 = 16 levels; 5 batches × 16 levels × 2 passes × 0.05 s = 8 s,
  // and 17,010 × 2,504 genotypes × 500 trees × 16 levels × 4e-10 s = 136.298 s.
  expect(trees).toBeCloseTo(8 + 136.297728, 6);
  expect({ start, finish }).toEqual({ start: 6, finish: 5 });
  expect(totalSeconds({ start, load, trees, finish })).toBeCloseTo(175.397728, 6);
});

test.each([
  { samples: 1, levels: 5 },
  { samples: 2, levels: 5 },
  { samples: 1024, levels: 14 },
  { samples: 1025, levels: 15 },
  { samples: 1025, maxDepth: 3, levels: 3 },
  { samples: 1024, maxDepth: 900, levels: 14 },
])("trees over $samples samples have $levels levels when maxDepth is $maxDepth", ({ samples, levels, ...limit }) => {
  const passesOnly = { ...model, treeSecondsPerGenotype: 0, passSeconds: 1 };
  const oneBatch = { ...defaults, trees: 100, batchSize: 100, ...limit };
  expect(phaseSeconds({ ...measured, samples }, oneBatch, 1, 0, passesOnly).trees).toBe(2 * levels);
});

function seconds(size: DataSize, analysis: Analysis, cores: number): number {
  return totalSeconds(phaseSeconds(size, analysis, cores, model.awsStartSeconds, model));
}
