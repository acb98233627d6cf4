/**
 * Least squares with no coefficient below nought, by Lawson and Hanson (Solving Least Squares Problems, 1974, chapter
 * 23): columns enter one by one as long as that lowers the error, and leave when their coefficient would fall below nought.
 */

/**
 * Coefficients b ≥ 0 that minimise |A b − y|². Columns may differ by many orders of magnitude: they are scaled within.
 * A column of noughts gets 0.
 * @param rows of A, all of the same length
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], y: readonly number[]): number[] {
  const columns = rows[0]?.length ?? 0;
  const scales = Array.from({ length: columns }, (_, j) => Math.sqrt(sum(rows.map((row) => at(row, j) ** 2))) || 1);
  const scaled = rows.map((row) => row.map((value, j) => value / at(scales, j)));
  const gram = Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => sum(scaled.map((row) => at(row, i) * at(row, j)))),
  );
  const moments = Array.from({ length: columns }, (_, j) => sum(scaled.map((row, i) => at(row, j) * at(y, i))));
  return solve(gram, moments).map((value, j) => value / at(scales, j));
}

function solve(gram: readonly (readonly number[])[], moments: readonly number[]): number[] {
  const columns = moments.length;
  const tolerance = 1e-10 * Math.max(1e-300, ...moments.map(Math.abs));
  const passive = new Set<number>();
  let solution: number[] = moments.map(() => 0);
  // Each column enters a few times at most; the bound only guards against rounding that goes in circles.
  for (let round = 0; round < 10 * columns; round += 1) {
    const gradient = moments.map((moment, j) => moment - sum(solution.map((value, i) => value * at(gram[j], i))));
    const entering = range(columns)
      .filter((j) => !passive.has(j) && at(gradient, j) > tolerance)
      .toSorted((i, j) => at(gradient, j) - at(gradient, i))[0];
    if (entering === undefined) break;
    passive.add(entering);
    solution = withinBounds(gram, moments, solution, passive);
  }
  return solution;
}

/** Goes from `solution` towards the free solution of the passive columns, and drops those that reach nought on the way. */
function withinBounds(
  gram: readonly (readonly number[])[],
  moments: readonly number[],
  from: readonly number[],
  passive: Set<number>,
): number[] {
  let solution = [...from];
  while (passive.size > 0) {
    const free = freeSolution(gram, moments, [...passive]);
    const negative = [...passive].filter((j) => at(free, j) <= 0);
    if (negative.length === 0) return free;
    const step = Math.min(...negative.map((j) => at(solution, j) / (at(solution, j) - at(free, j) || 1)));
    solution = solution.map((value, j) => value + step * (at(free, j) - value));
    for (const j of negative) {
      if (at(solution, j) > 1e-14) continue;
      solution[j] = 0;
      passive.delete(j);
    }
  }
  return solution;
}

/** Of the columns alone, by Gauss's elimination with pivots; a column that the others span gets 0. */
function freeSolution(
  gram: readonly (readonly number[])[],
  moments: readonly number[],
  columns: readonly number[],
): number[] {
  const system = columns.map((i) => [...columns.map((j) => at(gram[i], j)), at(moments, i)]);
  const size = columns.length;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const best = range(size)
      .slice(pivot)
      .reduce((row, other) => (Math.abs(at(system[other], pivot)) > Math.abs(at(system[row], pivot)) ? other : row));
    [system[pivot], system[best]] = [system[best] ?? [], system[pivot] ?? []];
    const head = at(system[pivot], pivot);
    if (Math.abs(head) < 1e-12) continue;
    for (const row of range(size).filter((other) => other !== pivot)) {
      const factor = at(system[row], pivot) / head;
      system[row] = (system[row] ?? []).map((value, j) => value - factor * at(system[pivot], j));
    }
  }
  const solution = moments.map(() => 0);
  for (const [row, column] of columns.entries()) {
    const head = at(system[row], row);
    solution[column] = Math.abs(head) < 1e-12 ? 0 : at(system[row], size) / head;
  }
  return solution;
}

function at(values: readonly number[] | undefined, index: number): number {
  return values?.[index] ?? 0;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
