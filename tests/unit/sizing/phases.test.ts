import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EngineRun } from "../../../core/sizing/engineRun.ts";
import { phaseSeconds, secondsRange, totalSeconds } from "../../../core/sizing/phases.ts";
import { anyRun, roundModel, runOf } from "./engineRuns.ts";
import { sizingData } from "./inputs.ts";

const more = fc.integer({ min: 0, max: 1_000_000 });
const models = [
  { name: "the published model", model: sizingData.model },
  { name: "a model in which all work costs something", model: roundModel },
];

describe.each(models)("by $name", ({ model }) => {
  const seconds = (run: EngineRun) => totalSeconds(phaseSeconds(run, model));
  const notBelow = (run: EngineRun, before: EngineRun) => {
    // Sums of the same terms in another order differ in the last digits.
    expect(seconds(run)).toBeGreaterThanOrEqual(seconds(before) * (1 - 1e-9));
  };

  const growing: Record<string, (run: EngineRun, extra: number) => EngineRun> = {
    "more trees": (run, extra) => ({ ...run, forest: { ...run.forest, trees: run.forest.trees + extra } }),
    "more samples": (run, extra) => ({ ...run, size: { ...run.size, samples: run.size.samples + extra } }),
    "more variants": (run, extra) => ({ ...run, size: { ...run.size, variants: run.size.variants + extra } }),
    "more text to parse": ({ size, ...run }, extra) => ({
      ...run,
      size: { ...size, uncompressedBytes: size.uncompressedBytes > 0 ? size.uncompressedBytes + extra : 0 },
    }),
    "deeper trees": ({ forest, ...run }, extra) => ({
      ...run,
      forest: { ...forest, maxDepth: (forest.maxDepth ?? 50) + extra },
    }),
    "a slower core": (run, extra) => ({ ...run, speed: run.speed / (1 + extra / 1e5) }),
  };

  test.each(Object.entries(growing))("%s never take less time", (_, grow) => {
    fc.assert(fc.property(anyRun, more, (run, extra) => notBelow(grow(run, extra), grow(run, 0))));
  });

  test("more executors with the same partitions never take more time", () => {
    fc.assert(
      fc.property(anyRun, fc.integer({ min: 0, max: 1_000 }), (run, extra) =>
        notBelow(run, { ...run, executors: run.executors + extra }),
      ),
    );
  });

  test("cores beyond the tasks of the input are of no use", () => {
    fc.assert(
      fc.property(anyRun, more, (run, extra) => {
        const enough = { ...run, executors: run.size.partitions, coresPerExecutor: 1 };
        expect(seconds({ ...enough, executors: enough.executors + extra })).toBe(seconds(enough));
      }),
    );
  });

  test("every phase of any run is a time: finite, and not below nought", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        for (const phase of Object.values(phaseSeconds(run, model)))
          expect(phase).toSatisfy((value: number) => Number.isFinite(value) && value >= 0);
      }),
    );
  });

  test("memory for a part of the data costs time, and less memory more", () => {
    const roomy = runOf({ executorMemoryMiB: 2_048 });
    const tight = runOf({ executorMemoryMiB: 500 });
    const tighter = runOf({ executorMemoryMiB: 400 });
    expect(seconds(tight)).toBeGreaterThan(seconds(roomy));
    expect(seconds(tighter)).toBeGreaterThan(seconds(tight));
  });
});

test("the load is both parses of the text, on two cores that each do four fifths, and what it costs in any case", () => {
  const run = runOf({ size: { samples: 1_000, variants: 10_000, uncompressedBytes: 40_000_000, partitions: 4 } });
  // 3 and then 4 partitions on 2 cores: two tasks each time, and so 4 of 4 quarters of the data, at 0.8.
  const data = 40e6 * 2e-8 + 10e6 * 1e-8 + 10_000 * 4e-6;
  expect(phaseSeconds(run, roundModel).load).toBeCloseTo(2 + data / 0.8 + 4 * 0.1, 9);
});

test("start and finish are taken as they are given", () => {
  const { start, finish } = phaseSeconds(runOf({ startSeconds: 77 }), roundModel);
  expect({ start, finish }).toEqual({ start: 77, finish: 0.3 });
});

test("the range goes from the model's low to its high factor about the total", () => {
  const range = secondsRange({ start: 10, load: 20, trees: 60, finish: 10 }, roundModel);
  expect(range).toEqual({ low: 80, expected: 100, high: 125 });
});
