/** Arithmetic on figures with their interval: low with low, high with high, because they err together. */

/** A figure with the interval in which we expect the truth. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export const nothing: Range = { low: 0, expected: 0, high: 0 };

export function exactly(value: number): Range {
  return { low: value, expected: value, high: value };
}

export function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce(
    (sum, { low, expected, high }) => ({
      low: sum.low + low,
      expected: sum.expected + expected,
      high: sum.high + high,
    }),
    nothing,
  );
}

export function product(a: Range, b: Range): Range {
  return { low: a.low * b.low, expected: a.expected * b.expected, high: a.high * b.high };
}

export function times(range: Range, factor: number): Range {
  return product(range, exactly(factor));
}
