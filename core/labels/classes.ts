/** From the cells of the label column to classes 0..k-1. */

/** What one cell says: a class, nothing, or something that is no whole number. */
export type LabelValue = { readonly kind: "class"; readonly label: number } | { readonly kind: "missing" | "text" };

const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "."]);

/** "1" and "1.0" (as pandas writes a column that once had gaps) are the class 1. */
export function labelValue(cell: string | undefined): LabelValue {
  const text = (cell ?? "").trim();
  if (MISSING.has(text.toLowerCase())) return { kind: "missing" };
  return /^[+-]?\d{1,9}(\.0+)?$/.test(text) ? { kind: "class", label: Number(text) || 0 } : { kind: "text" };
}

export interface LabelClasses {
  /** Distinct labels, ascending. */
  readonly labels: readonly number[];
  /** Samples of each, in the same order. */
  readonly counts: readonly number[];
  /** Whether the labels are 0, 1, … k-1, as VariantSpark wants them. */
  readonly countFrom0: boolean;
}

export function labelClasses(values: readonly number[]): LabelClasses {
  const samplesByLabel = new Map<number, number>();
  for (const label of values) samplesByLabel.set(label, (samplesByLabel.get(label) ?? 0) + 1);
  const classes = [...samplesByLabel].sort(([a], [b]) => a - b);
  return {
    labels: classes.map(([label]) => label),
    counts: classes.map(([, count]) => count),
    countFrom0: classes.every(([label], index) => label === index),
  };
}

/** Share of the samples that the rarest class has. */
export function rarestShare({ counts }: LabelClasses): number {
  return Math.min(...counts) / counts.reduce((sum, count) => sum + count, 0);
}
