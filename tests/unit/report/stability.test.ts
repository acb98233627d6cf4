import { describe, expect, test } from "vitest";
import { type Stability, stabilityOf, stableFrom } from "../../../core/report/stability.ts";

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `v${from + at}`);

test("halves of which one is empty are not compared", () => {
  expect(stabilityOf(names(0, 20), [], 100, undefined)).toBeUndefined();
});

test.each([
  [names(0, 20), names(0, 20), 1, 20],
  [names(0, 20), names(0, 20).reverse(), 1, 20],
  [names(0, 20), names(20, 40), 0, 0],
  [names(0, 20), [...names(0, 5), ...names(30, 45)], 0.25, 5],
  // A short ranking is compared as far as it goes.
  [names(0, 4), [...names(0, 3), "x", ...names(50, 60)], 0.75, 3],
])("%j against %j", (odd, even, agreement, sameFirst) => {
  expect(stabilityOf(odd, even, 100, undefined)).toMatchObject({ agreement, sameFirst });
});

describe("a ranking has converged", () => {
  const afterLooks = (agreements: readonly number[]) =>
    agreements.reduce<Stability | undefined>(
      (before, agreement, at) =>
        stabilityOf(
          names(0, 20),
          [...names(0, 20 * agreement), ...names(50, 70 - 20 * agreement)],
          100 * (at + 2),
          before,
        ),
      undefined,
    );

  test.each([
    ["not before the fourth chunk", [1, 1], false],
    ["when its halves agreed twice in a row", [0.5, 0.9, 0.95], true],
    ["not when they agreed once", [0.9, 0.5, 0.95], false],
    ["not any more when they part again", [1, 1, 1, 0.5], false],
  ])("%s", (_, agreements, converged) => {
    expect(afterLooks(agreements)?.hasConverged).toBe(converged);
    expect(afterLooks(agreements)?.history.map(({ agreement }) => agreement)).toEqual(agreements);
  });
});

test.each([
  ["never looked", [], undefined],
  ["too early to say", [1, 1], undefined],
  ["from the fourth chunk on", [1, 1, 1, 0.95], 400],
  ["from the second of two good looks on", [0.5, 0.6, 0.9, 0.9], 500],
  ["not while its halves part again", [1, 1, 1, 0.5], undefined],
  ["from the last time on that they came together", [1, 1, 1, 0.5, 0.9, 0.95, 1], 700],
])("a ranking is stable: %s", (_, agreements, trees) => {
  expect(stableFrom(agreements.map((agreement, at) => ({ trees: 100 * (at + 2), agreement })))).toBe(trees);
});
