/** Against the numbers of variant-spark 0.5.5's own implementation; golden/localFdr.py tells how they were made. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { localFdr } from "../../../core/report/localFdr.ts";
import { tails } from "../../../core/report/skewNormal.ts";

interface Golden {
  readonly chr22: { readonly importances: readonly number[]; readonly splits: readonly number[] };
  readonly simulated: { readonly logs: readonly number[] };
  readonly cases: readonly GoldenCase[];
  readonly tails: readonly {
    readonly shape: number;
    readonly x: number;
    readonly below: number;
    readonly above: number;
  }[];
}

interface GoldenCase {
  readonly name: "chr22" | "simulated";
  readonly minimum: number;
  readonly judged: number;
  readonly shape: number;
  readonly location: number;
  readonly scale: number;
  readonly chanceShare: number;
  readonly falseShare: number;
  readonly passing: number;
  readonly observed: readonly number[];
  readonly smoothed: readonly number[];
  readonly localFdr: readonly number[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/localFdr.json", import.meta.url), "utf8"));

describe.each(golden.cases)("of $name, variants with $minimum splits or more,", (expected) => {
  const logs = logsOf(expected);
  const fit = localFdr(logs, 0.05);
  if (fit === undefined) throw new Error("no fit");

  test("the histogram and its smoothed form are the original's", () => {
    expect(logs).toHaveLength(expected.judged);
    expectClose(
      fit.bins.map(({ observed }) => observed),
      expected.observed,
      1e-9,
    );
    expectClose(
      fit.bins.map(({ smoothed }) => smoothed),
      expected.smoothed,
      1e-5,
    );
  });

  test("chance is distributed as the original says", () => {
    const { shape, location, scale } = fit.chance;
    expectClose([shape, location, scale], [expected.shape, expected.location, expected.scale], 1e-3);
    expect(fit.chanceShare).toBeCloseTo(expected.chanceShare, 5);
  });

  test("the local false discovery rates and what passes are the original's", () => {
    const median = fit.tails.quantile(0.5);
    const first = fit.bins.findIndex(({ logImportance }) => logImportance > median);
    const rates = fit.bins.map((bin) => bin.localFdr);
    expectClose(rates.slice(first), expected.localFdr.slice(first), 2e-4);
    expect(rates.slice(0, first).every((rate) => rate === 1)).toBe(true);
    const { passAbove = Number.POSITIVE_INFINITY } = fit;
    const passing = logs.filter((log) => log > passAbove).length;
    expect(passing).toBe(expected.passing);
    expect((fit.tails.above(passAbove) * logs.length) / passing).toBeCloseTo(expected.falseShare, 5);
  });
});

test("nothing passes where no bin's rate is as low as asked", () => {
  const chance = tails({ shape: 2, location: -9, scale: 1 });
  const logs = Float64Array.from({ length: 5_000 }, (_, index) => chance.quantile((index + 0.5) / 5_000));
  const fit = localFdr(logs, 0.001);
  expect(fit?.passAbove).toBeUndefined();
  expect(fit?.explained).toBeGreaterThan(0.99);
});

test("importances that are all the same have no distribution", () => {
  expect(localFdr(new Float64Array(500).fill(-3), 0.05)).toBeUndefined();
});

test.each(golden.tails)("a skew-normal of shape $shape has SciPy's tails at $x", ({ shape, x, below, above }) => {
  const found = tails({ shape, location: 0, scale: 1 });
  expect(found.below(x)).toBeCloseTo(below, 10);
  expect(found.above(x)).toBeCloseTo(above, 10);
  if (above > 1e-12) expect(found.above(x) / above).toBeCloseTo(1, 4);
});

function logsOf({ name, minimum }: GoldenCase): Float64Array {
  const { chr22, simulated } = golden;
  if (name === "simulated") return Float64Array.from(simulated.logs).sort();
  const kept = chr22.importances.filter((_, row) => (chr22.splits[row] ?? 0) >= minimum);
  return Float64Array.from(kept, Math.log).sort();
}

function expectClose(found: readonly number[], expected: readonly number[], difference: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? Number.NaN))).toBeLessThanOrEqual(difference);
  });
}
