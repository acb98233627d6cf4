/**
 * A density smoothed: a Poisson regression with the log link on natural cubic splines, fitted by iteratively reweighted
 * least squares. Lindsey's method, as Efron uses it for local false discovery rates.
 */
import { solved } from "./linear.ts";

const maxSteps = 100;
const tolerance = 1e-8;

/**
 * @param observed density at points that lie evenly apart
 * @param knots degrees of freedom of the spline; the knots lie evenly too, the outer ones at the first and last point
 * @returns the fitted density at the same points
 */
export function smoothedDensity(observed: readonly number[], knots: number): number[] {
  const basis = cardinalSplines(observed.length, knots);
  const mean = observed.reduce((sum, value) => sum + value, 0) / observed.length;
  let fitted = observed.map((value) => (value + mean) / 2);
  let deviance = devianceOf(observed, fitted);
  for (let step = 0; step < maxSteps; step++) {
    const next = reweighted(basis, observed, fitted);
    if (next === undefined) break;
    fitted = next;
    const before = deviance;
    deviance = devianceOf(observed, fitted);
    if (Math.abs(before - deviance) <= tolerance) break;
  }
  return fitted;
}

function reweighted(basis: number[][], observed: readonly number[], fitted: readonly number[]): number[] | undefined {
  const size = basis[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = new Array<number>(size).fill(0);
  basis.forEach((row, at) => {
    const weight = fitted[at] ?? 0;
    const working = Math.log(weight) + ((observed[at] ?? 0) - weight) / weight;
    for (let i = 0; i < size; i++) {
      right[i] = (right[i] ?? 0) + weight * (row[i] ?? 0) * working;
      for (let j = 0; j < size; j++) {
        const line = matrix[i] ?? [];
        line[j] = (line[j] ?? 0) + weight * (row[i] ?? 0) * (row[j] ?? 0);
      }
    }
  });
  const weights = solved(matrix, right);
  return weights && basis.map((row) => Math.exp(row.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)));
}

function devianceOf(observed: readonly number[], fitted: readonly number[]): number {
  return observed.reduce((sum, y, at) => {
    const mu = fitted[at] ?? 0;
    return sum + 2 * ((y === 0 ? 0 : y * Math.log(y / mu)) - (y - mu));
  }, 0);
}

/** At each point the value of each natural spline that is 1 at one knot and 0 at all others. */
function cardinalSplines(points: number, knots: number): number[][] {
  const splines = Array.from({ length: knots }, (_, knot) => curvatures(knots, knot));
  return Array.from({ length: points }, (_, point) => {
    const at = (point / (points - 1)) * (knots - 1);
    return splines.map((curvature, knot) => splineAt(at, knot, curvature));
  });
}

/** Second derivatives at the knots, which lie 1 apart: 0 at the ends, and in between M₋ + 4M + M₊ = 6 (y₋ − 2y + y₊). */
function curvatures(knots: number, one: number): number[] {
  const inner = knots - 2;
  const y = (knot: number) => (knot === one ? 1 : 0);
  const matrix = Array.from({ length: inner }, (_, i) =>
    Array.from({ length: inner }, (__, j) => (i === j ? 4 : Math.abs(i - j) === 1 ? 1 : 0)),
  );
  const right = Array.from({ length: inner }, (_, i) => 6 * (y(i) - 2 * y(i + 1) + y(i + 2)));
  return [0, ...(solved(matrix, right) ?? []), 0];
}

function splineAt(at: number, one: number, curvature: readonly number[]): number {
  const left = Math.min(Math.floor(at), curvature.length - 2);
  const [a, b] = [left + 1 - at, at - left];
  const [from, to] = [left === one ? 1 : 0, left + 1 === one ? 1 : 0];
  const bend = (a ** 3 - a) * (curvature[left] ?? 0) + (b ** 3 - b) * (curvature[left + 1] ?? 0);
  return a * from + b * to + bend / 6;
}
