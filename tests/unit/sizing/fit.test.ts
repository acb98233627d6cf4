import { describe, expect, test } from "vitest";
import type { EngineRun } from "../../../core/sizing/engineRun.ts";
import { fitModel, type Observation } from "../../../core/sizing/fit.ts";
import { phaseSeconds, totalSeconds } from "../../../core/sizing/phases.ts";
import { randomOf } from "../../../local/calibrate/random.ts";
import { roundModel } from "./engineRuns.ts";

/** Runs over the range of the bench's grid, of the durations that the model gives, times a noise. */
function observationsOf(count: number, noise: number): Observation[] {
  const random = randomOf(11);
  const between = (low: number, high: number) => Math.round(low * (high / low) ** random());
  return Array.from({ length: count }, () => {
    const samples = between(200, 10_000);
    const variants = between(1_000, 200_000);
    const isText = random() < 0.4;
    const run: EngineRun = {
      size: {
        samples,
        variants,
        uncompressedBytes: isText ? samples * variants * (random() < 0.3 ? 26 : 4) : 0,
        partitions: between(1, 32),
      },
      forest: { trees: between(20, 1_000), mtryFraction: 0.002 * 50 ** random(), batchSize: between(5, 200) },
      executors: 1,
      coresPerExecutor: random() < 0.5 ? 1 : 2,
      executorMemoryMiB: 10_000,
      startSeconds: roundModel.localStartSeconds,
      speed: 1,
    };
    const { start, load, trees, finish } = phaseSeconds(run, roundModel);
    const factor = () => Math.exp(noise * (2 * random() - 1));
    return { run, phases: { start, load: load * factor(), trees: trees * factor(), finish } };
  });
}

describe("of runs without noise", () => {
  const observations = observationsOf(60, 0);
  const fitted = { ...roundModel, ...fitModel(observations) };

  test("the efficiency of the cores is found again", () => {
    expect(fitted.coreEfficiency).toBeCloseTo(roundModel.coreEfficiency, 9);
  });

  test.each(Object.entries(roundModel.loadSeconds))("the load's coefficient of %s is found again", (term, seconds) => {
    expect(fitted.loadSeconds[term as keyof typeof fitted.loadSeconds] / seconds).toBeCloseTo(1, 3);
  });

  test("all times are foretold to a thousandth, and the range is as narrow", () => {
    for (const { run, phases } of observations)
      expect(totalSeconds(phaseSeconds(run, fitted)) / totalSeconds(phases)).toBeCloseTo(1, 3);
    expect(fitted.rangeHigh).toBeLessThan(1.01);
  });
});

describe("of noisy runs", () => {
  const observations = observationsOf(60, 0.3);
  const fitted = { ...roundModel, ...fitModel(observations) };

  test("no coefficient is negative", () => {
    for (const value of [...Object.values(fitted.loadSeconds), ...Object.values(fitted.treesSeconds)])
      expect(value).toBeGreaterThanOrEqual(0);
  });

  test("the range is wide enough for nine of ten", () => {
    const within = observations.filter(({ run, phases }) => {
      const ratio = totalSeconds(phases) / totalSeconds(phaseSeconds(run, fitted));
      return ratio >= fitted.rangeLow && ratio <= fitted.rangeHigh;
    });
    expect(within.length / observations.length).toBeGreaterThanOrEqual(0.85);
    expect(fitted.rangeLow).toBeGreaterThan(0.5);
  });
});

describe("of six runs on a machine that is half as fast, with an earlier model", () => {
  const halved = (observation: Observation): Observation => {
    const { start, load, trees, finish } = observation.phases;
    return { ...observation, phases: { start, load: 2 * load, trees: 2 * trees, finish } };
  };
  const six = observationsOf(6, 0.05).map(halved);
  const others = observationsOf(60, 0).slice(30).map(halved);
  const medianError = (coefficients: ReturnType<typeof fitModel>) => {
    const model = { ...roundModel, ...coefficients };
    const errors = others.map(({ run, phases }) =>
      Math.abs(Math.log(totalSeconds(phaseSeconds(run, model)) / totalSeconds(phases))),
    );
    return errors.toSorted((a, b) => a - b)[errors.length / 2] ?? Number.NaN;
  };

  test("others are foretold within 5 % in the median, though six runs cannot tell fifteen coefficients", () => {
    const withEarlier = medianError(fitModel(six, roundModel));
    expect(withEarlier).toBeLessThan(0.05);
    expect(withEarlier).toBeLessThan(medianError(fitModel(six)));
  });
});

test("three runs are too few", () => {
  expect(() => fitModel(observationsOf(3, 0))).toThrow("Fewer than four runs");
});
