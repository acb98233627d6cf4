export interface Histogram {
  readonly middles: readonly number[];
  /** They add up to 1 over the bins' width. */
  readonly densities: readonly number[];
}

/** Bins of one width from the least to the greatest value; undefined when these are the same. */
export function histogramOf(sorted: Float64Array, bins: number): Histogram | undefined {
  const [least = 0, greatest = 0] = [sorted[0], sorted.at(-1)];
  if (!(greatest > least)) return undefined;
  const width = (greatest - least) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    const bin = binOf(value, least, width, bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    middles: counts.map((_, bin) => least + (bin + 0.5) * width),
    densities: counts.map((count) => count / sorted.length / width),
  };
}

function binOf(value: number, least: number, width: number, bins: number): number {
  return Math.min(Math.floor((value - least) / width), bins - 1);
}

/** With the values in between interpolated. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
