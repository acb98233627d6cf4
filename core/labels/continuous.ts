/** A phenotype that was measured, such as a height, where VariantSpark wants classes: what thresholds would cut it into. */

export interface Threshold {
  /** Values of at least this become 1, the others 0. */
  readonly from: number;
  /** Samples that would become 1. */
  readonly above: number;
}

/** A class that is named by a number is one of a few. */
const MOST_CLASSES = 10;

/** The number that a cell holds, with a decimal point or comma; undefined if it holds none. */
export function measuredValue(cell: string): number | undefined {
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell.replace(",", ".")) : undefined;
}

/** Whether these are measurements rather than the names of classes: many different numbers, or mostly fractions. */
export function isContinuous(values: readonly number[]): boolean {
  const distinct = new Set(values).size;
  const fractions = values.filter((value) => !Number.isInteger(value)).length;
  return distinct > MOST_CLASSES || (distinct > 2 && 2 * fractions > values.length);
}

/** The median and the upper quartile, each only if both classes get samples; ascending. */
export function thresholds(values: readonly number[]): Threshold[] {
  const ascending = values.toSorted((a, b) => a - b);
  const [median, quartile] = [0.5, 0.75].map((share) => ascending[Math.floor(share * ascending.length)]);
  const distinct = new Set([median, quartile].flatMap((from) => (from === undefined ? [] : [from])));
  return [...distinct]
    .map((from) => ({ from, above: values.filter((value) => value >= from).length }))
    .filter(({ above }) => above > 0 && above < values.length);
}
