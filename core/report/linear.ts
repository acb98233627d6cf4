/** The solution of a small system of linear equations by elimination with pivots; undefined where there is none. */
export function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (let column = 0; column < rows.length; column++) {
    const pivot = pivotOf(rows, column);
    if (pivot === undefined) return undefined;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let at = column; at < row.length; at++) row[at] = (row[at] ?? 0) - factor * (pivot[at] ?? 0);
    }
  }
  const solution = rows.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1));
  return solution.every(Number.isFinite) ? solution : undefined;
}

/** The row with the largest member of that column, brought to its place. */
function pivotOf(rows: number[][], column: number): number[] | undefined {
  const sizes = rows.map((row, index) => (index < column ? -1 : Math.abs(row[column] ?? 0)));
  const largest = sizes.indexOf(Math.max(...sizes));
  const [pivot, moved] = [rows[largest], rows[column]];
  if (pivot === undefined || moved === undefined || pivot[column] === 0) return undefined;
  rows[largest] = moved;
  rows[column] = pivot;
  return pivot;
}
