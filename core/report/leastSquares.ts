/** Levenberg–Marquardt (Marquardt 1963) for a handful of parameters. */
import { solved } from "./linear.ts";

/** Residuals at some parameters and, of each, its derivative by each parameter. */
export interface Residuals {
  readonly values: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

export interface Fit {
  readonly parameters: readonly number[];
  /** Sum of the squared residuals. */
  readonly squares: number;
}

const maxSteps = 500;
const tolerance = 1e-14;

/** `residuals` answers undefined where parameters make no sense; such a step is not taken. */
export function leastSquares(
  start: readonly number[],
  residuals: (parameters: readonly number[]) => Residuals | undefined,
): Fit | undefined {
  let parameters = start;
  let at = residuals(parameters);
  if (at === undefined) return undefined;
  let damping = 1e-3;
  for (let step = 0; step < maxSteps && damping < 1e12; step++) {
    const change = stepOf(at, damping);
    const tried = change && parameters.map((value, index) => value - (change[index] ?? 0));
    const there = tried && residuals(tried);
    if (tried === undefined || there === undefined || !(squaresOf(there) < squaresOf(at))) {
      damping *= 4;
      continue;
    }
    const gained = squaresOf(at) - squaresOf(there);
    [parameters, at, damping] = [tried, there, Math.max(damping / 5, 1e-12)];
    if (gained <= tolerance * squaresOf(at)) break;
  }
  return { parameters, squares: squaresOf(at) };
}

/** (JᵀJ + damping · diag JᵀJ)⁻¹ Jᵀr */
function stepOf({ values, gradients }: Residuals, damping: number): number[] | undefined {
  const size = gradients[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = new Array<number>(size).fill(0);
  gradients.forEach((gradient, row) => {
    for (let i = 0; i < size; i++) {
      right[i] = (right[i] ?? 0) + (gradient[i] ?? 0) * (values[row] ?? 0);
      for (let j = 0; j < size; j++) {
        const line = matrix[i] ?? [];
        line[j] = (line[j] ?? 0) + (gradient[i] ?? 0) * (gradient[j] ?? 0);
      }
    }
  });
  matrix.forEach((line, i) => {
    line[i] = (line[i] ?? 0) * (1 + damping) + 1e-300;
  });
  return solved(matrix, right);
}

function squaresOf({ values }: Residuals): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
