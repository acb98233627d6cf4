import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EngineRun } from "../../../core/sizing/engineRun.ts";
import type { Observation } from "../../../core/sizing/fit.ts";
import { learned } from "../../../core/sizing/learn.ts";
import { phaseSeconds, totalSeconds } from "../../../core/sizing/phases.ts";
import { anyRun, roundModel } from "./engineRuns.ts";

const awsRun: EngineRun = {
  size: { samples: 10_000, variants: 1_000_000, uncompressedBytes: 0, partitions: 64 },
  forest: { trees: 500, mtryFraction: 0.01, batchSize: 100 },
  executors: 4,
  coresPerExecutor: 8,
  executorMemoryMiB: 50_000,
  startSeconds: 180,
  speed: 1,
};

/** As long as the model expects when a core has `speed` times the reference's. */
function finished(run: EngineRun, speed: number, instanceType?: string): Observation {
  const phases = phaseSeconds({ ...run, speed }, roundModel);
  return { run, phases, ...(instanceType !== undefined && { instanceType }) };
}

function repeated(observation: Observation, times: number): Observation[] {
  return Array.from({ length: times }, () => observation);
}

test("of no runs nothing is learned", () => {
  expect(learned(roundModel, [])).toBe(roundModel);
});

describe("an instance family whose cores are half as fast again as assumed", () => {
  const fast = finished(awsRun, 1.5, "r7g.4xlarge");
  const speedAfter = (times: number) => learned(roundModel, repeated(fast, times)).speeds?.["r7g"]?.speed ?? 0;

  test("moves by a quarter of the way with the first run, in logarithms", () => {
    expect(speedAfter(1)).toBeCloseTo(1.5 ** (1 / 4), 6);
  });

  test("is known after some thirty", () => {
    expect(speedAfter(2)).toBeGreaterThan(speedAfter(1));
    expect(speedAfter(30)).toBeGreaterThan(1.35);
    expect(speedAfter(30)).toBeLessThanOrEqual(1.5);
  });

  test("is learned from all its sizes, and says nothing of another family", () => {
    const { speeds } = learned(roundModel, [fast, finished(awsRun, 1.5, "r7g.8xlarge")]);
    expect(Object.keys(speeds ?? {})).toEqual(["r7g"]);
    expect(speeds?.["r7g"]?.weight).toBeCloseTo(1.95, 9);
  });
});

test("runs as expected leave the coefficients where they are", () => {
  const model = learned(roundModel, repeated(finished(awsRun, 1), 20));
  for (const [term, seconds] of Object.entries(model.treesSeconds))
    expect(seconds / roundModel.treesSeconds[term as keyof typeof roundModel.treesSeconds]).toBeCloseTo(1, 6);
});

test("recent runs weigh more than old ones", () => {
  const slow = finished(awsRun, 0.8);
  const quick = finished(awsRun, 1.25);
  const expected = (history: Observation[]) => totalSeconds(phaseSeconds(awsRun, learned(roundModel, history)));
  const ten = (one: Observation) => repeated(one, 10);
  expect(expected([...ten(slow), ...ten(quick)])).toBeLessThan(expected([...ten(quick), ...ten(slow)]));
});

test("many runs that took twice as long move the expectation most of the way", () => {
  const before = totalSeconds(phaseSeconds(awsRun, roundModel));
  const slow = finished(awsRun, 0.5);
  const after = totalSeconds(phaseSeconds(awsRun, learned(roundModel, repeated(slow, 100))));
  expect(after).toBeGreaterThan(before);
  expect(Math.abs(after / totalSeconds(slow.phases) - 1)).toBeLessThan(
    Math.abs(before / totalSeconds(slow.phases) - 1) / 2,
  );
});

test("one run, however odd, moves no expectation by more than two thirds, and no coefficient below nought", () => {
  fc.assert(
    fc.property(anyRun, fc.double({ min: 0.1, max: 10, noNaN: true }), (run, speed) => {
      const model = learned(roundModel, [finished({ ...run, speed: 1 }, speed)]);
      for (const value of [...Object.values(model.loadSeconds), ...Object.values(model.treesSeconds)])
        expect(value).toBeGreaterThanOrEqual(0);
      const change = totalSeconds(phaseSeconds(awsRun, model)) / totalSeconds(phaseSeconds(awsRun, roundModel));
      expect(change).toBeGreaterThan(0.6);
      expect(change).toBeLessThan(1 / 0.6);
    }),
  );
});
