import fc from "fast-check";
import { expect, test } from "vitest";
import { nonNegativeLeastSquares } from "../../../core/sizing/nnls.ts";

const anyValue = fc.double({ min: -100, max: 100, noNaN: true });
const anySystem = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 15 })).chain(([columns, rows]) =>
  fc.record({
    rows: fc.array(fc.array(anyValue, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
    y: fc.array(anyValue, { minLength: rows, maxLength: rows }),
  }),
);

test("the solution of a system that has one with no negative member is found", () => {
  const rows = [
    [1, 0, 2],
    [0, 3, 1],
    [4, 1, 0],
    [1, 1, 1],
  ];
  const solution = nonNegativeLeastSquares(rows, [1 + 6, 3 * 2 + 3, 4 + 2, 6]);
  for (const [index, expected] of [1, 2, 3].entries()) expect(solution[index]).toBeCloseTo(expected, 9);
});

test("a coefficient that would be negative is nought, and the others make the best of it", () => {
  // y = 2a − b: without b the best a is 2·(1·1 + 2·1)/… = the projection of y on the first column alone.
  const rows = [
    [1, 1],
    [2, 1],
  ];
  const [a, b] = nonNegativeLeastSquares(rows, [1, 3]);
  expect(b).toBe(0);
  expect(a).toBeCloseTo((1 * 1 + 2 * 3) / 5, 12);
});

test("columns that differ by ten orders of magnitude are fitted alike", () => {
  const rows = [1, 2, 3, 4].map((value) => [value, value ** 2 * 1e10]);
  const [small, large] = nonNegativeLeastSquares(
    rows,
    [1, 2, 3, 4].map((value) => 5 * value + 7 * value ** 2),
  );
  expect(small).toBeCloseTo(5, 6);
  expect((large ?? 0) * 1e10).toBeCloseTo(7, 6);
});

test("a column of noughts, and one that is another's double, do no harm", () => {
  const solution = nonNegativeLeastSquares(
    [
      [1, 0, 2],
      [2, 0, 4],
    ],
    [3, 6],
  );
  expect(solution[1]).toBe(0);
  expect((solution[0] ?? 0) + 2 * (solution[2] ?? 0)).toBeCloseTo(3, 9);
});

test("nothing to fit gives nothing", () => {
  expect(nonNegativeLeastSquares([], [])).toEqual([]);
});

test("no coefficient of any system is negative, and none could go a step either way and do better", () => {
  fc.assert(
    fc.property(anySystem, ({ rows, y }) => {
      const solution = nonNegativeLeastSquares(rows, y);
      const error = squares(rows, y, solution);
      for (const [index, value] of solution.entries()) {
        expect(value).toBeGreaterThanOrEqual(0);
        for (const step of [-1e-3, 1e-3]) {
          const moved = solution.with(index, Math.max(0, value + step));
          expect(squares(rows, y, moved)).toBeGreaterThanOrEqual(error - 1e-6 * (1 + error));
        }
      }
    }),
  );
});

function squares(rows: readonly (readonly number[])[], y: readonly number[], b: readonly number[]): number {
  return rows.reduce((sum, row, index) => {
    const predicted = row.reduce((total, value, j) => total + value * (b[j] ?? 0), 0);
    return sum + (predicted - (y[index] ?? 0)) ** 2;
  }, 0);
}
