import { describe, expect, test } from "vitest";
import { type Stability, stabilityOf } from "../../../core/report/stability.ts";

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
