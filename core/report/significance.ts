/** Which variants pass the chosen local false discovery rate, and when that is not to be trusted. */
import { counted } from "../findings/found.ts";
import type { ImportanceTable } from "./importanceTable.ts";
import { bins, type LocalFdrBin, type LocalFdrFit, localFdr, misfit } from "./localFdr.ts";
import { variantName } from "./variantParts.ts";

export type Significance =
  | {
      readonly kind: "fitted";
      /** Variants of a local false discovery rate up to this pass. */
      readonly threshold: number;
      /** Only variants that trees split by at least so often are judged; absent when the counts are not known. */
      readonly splitsAtLeast?: number;
      /** Variants judged. */
      readonly variants: number;
      readonly passing: number;
      /** Variants of greater importance pass; absent where none does. */
      readonly importanceAbove?: number;
      /** Share of the passing ones that chance alone would let pass; absent where none does. */
      readonly falseShare?: number;
      /** Share of the judged variants without an effect. */
      readonly chanceShare: number;
      /** Why not to trust it, in plain words; empty when nothing speaks against it. */
      readonly doubts: readonly string[];
    }
  /** In plain words. */
  | { readonly kind: "not-possible"; readonly reason: string };

/** What is known about a row of the table; undefined for variants that are not judged. */
export interface Judged {
  readonly significance: Significance;
  /** The fit as a histogram; empty when none was possible. */
  readonly bins: readonly LocalFdrBin[];
  /** Splits of all trees; undefined too when they are not known. */
  splits(row: number): number | undefined;
  localFdr(row: number): number | undefined;
  variant(row: number): VariantSignificance | undefined;
}

export interface VariantSignificance {
  readonly splits?: number;
  readonly pValue: number;
  readonly localFdr: number;
  readonly passes: boolean;
}

/** As the engine's authors set it. */
const threshold = 0.05;
/** Minimums of splits that are tried, as in variant-spark 0.5.5. */
const minimums = [1, 2, 3, 4, 5, 10, 15, 20];
/** Two for each bin of the histogram: below that there is no shape to fit. */
const fewestVariants = 2 * bins;

/** @param splits how often the trees split by each variant, by name; undefined when the model was not kept */
export function judged(table: ImportanceTable, splits: ReadonlyMap<string, number> | undefined, trees: number): Judged {
  const counts = splits && countsOf(table, splits);
  const splitsAtLeast = counts && bestMinimum(table, counts);
  const logs = sortedLogs(table, counts, splitsAtLeast ?? 0);
  if (logs.length < fewestVariants)
    return notPossible(`Only ${counted(logs.length, "variant")} can be judged; it takes ${fewestVariants}.`);
  const fit = localFdr(logs, threshold);
  if (fit === undefined) return notPossible("No skew-normal distribution fits the importances.");
  const passing = fit.passAbove === undefined ? 0 : logs.length - firstAbove(logs, fit.passAbove);
  const { passAbove } = fit;
  const falseShare = passAbove === undefined ? undefined : (fit.tails.above(passAbove) * logs.length) / passing;
  const significance = {
    kind: "fitted" as const,
    threshold,
    ...(splitsAtLeast !== undefined && { splitsAtLeast }),
    variants: logs.length,
    passing,
    ...(passAbove !== undefined && { importanceAbove: Math.exp(passAbove) }),
    ...(falseShare !== undefined && { falseShare }),
    chanceShare: fit.chanceShare,
  };
  const doubts = doubtsOf(significance, fit.explained, trees);
  return {
    significance: { ...significance, doubts },
    bins: fit.bins,
    ...lookups(table, counts, splitsAtLeast ?? 0, fit),
  };
}

const nothing = { splits: () => undefined, localFdr: () => undefined, variant: () => undefined };

function notPossible(reason: string): Judged {
  return { significance: { kind: "not-possible", reason }, bins: [], ...nothing };
}

function countsOf(table: ImportanceTable, splits: ReadonlyMap<string, number>): Uint32Array {
  return new Uint32Array(table.rows).map((_, row) => splits.get(variantName(table.parts(row))) ?? 0);
}

/**
 * Variants that few trees used have importances of their own distribution, with several peaks: the minimum of splits is
 * the one with which the rest is nearest to a skew-normal.
 */
function bestMinimum(table: ImportanceTable, counts: Uint32Array): number {
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (const minimum of minimums) {
    const logs = sortedLogs(table, counts, minimum);
    const off = logs.length < fewestVariants ? undefined : misfit(logs);
    if (off === undefined || off >= least) continue;
    [best, least] = [minimum, off];
  }
  return best;
}

/** Corrected importances (AIR) may be 0 or less; these have no logarithm and are not judged. */
function sortedLogs(table: ImportanceTable, counts: Uint32Array | undefined, minimum: number): Float64Array {
  const logs = new Float64Array(table.rows);
  let length = 0;
  for (let row = 0; row < table.rows; row++)
    if (isJudged(table, row, counts, minimum)) logs[length++] = Math.log(table.importances[row] ?? 1);
  return logs.subarray(0, length).sort();
}

function isJudged(table: ImportanceTable, row: number, counts: Uint32Array | undefined, minimum: number): boolean {
  return (table.importances[row] ?? 0) > 0 && (counts === undefined || (counts[row] ?? 0) >= minimum);
}

function firstAbove(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function lookups(
  table: ImportanceTable,
  counts: Uint32Array | undefined,
  minimum: number,
  fit: LocalFdrFit,
): Pick<Judged, "splits" | "localFdr" | "variant"> {
  const [first, second] = [fit.bins[0]?.logImportance ?? 0, fit.bins[1]?.logImportance ?? 1];
  const rates = fit.bins.map(({ localFdr }) => Number(localFdr.toPrecision(6)));
  const splits = (row: number) => counts?.[row];
  const localFdr = (row: number) => {
    if (!isJudged(table, row, counts, minimum)) return undefined;
    const bin = Math.round((Math.log(table.importances[row] ?? 1) - first) / (second - first));
    return rates[Math.min(Math.max(bin, 0), bins - 1)];
  };
  const variant = (row: number) => {
    const rate = localFdr(row);
    if (rate === undefined) return undefined;
    const log = Math.log(table.importances[row] ?? 1);
    const passes = fit.passAbove !== undefined && log > fit.passAbove;
    const known = counts && { splits: counts[row] ?? 0 };
    return { ...known, pValue: fit.tails.above(log), localFdr: rate, passes };
  };
  return { splits, localFdr, variant };
}

/** Limits beyond which we say that the rate may be wrong; where no source has one, ours, named as such in docs/report.md. */
const limits = { trees: 500, variants: 10 * bins, explained: 0.9, chanceShare: 0.8, falseShare: 0.2 };

function doubtsOf(
  fitted: Omit<Extract<Significance, { kind: "fitted" }>, "doubts">,
  explained: number,
  trees: number,
): string[] {
  const { splitsAtLeast, variants, chanceShare, falseShare = 0 } = fitted;
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  const doubts: [boolean, string][] = [
    [
      trees < limits.trees,
      `${trees} trees are few: with another seed other variants may pass. Take ${limits.trees} or more.`,
    ],
    [
      splitsAtLeast === undefined,
      "How often trees split by each variant is not known, so variants that one tree used by chance are judged too; their importances seldom follow one distribution.",
    ],
    [
      variants < limits.variants,
      `Only ${counted(variants, "variant")} could be judged, fewer than ten for each of the histogram's ${bins} bins.`,
    ],
    [
      explained < limits.explained,
      `The distribution of chance explains only ${percent(Math.max(explained, 0))} of the histogram's shape: see whether the two curves lie on each other.`,
    ],
    [
      chanceShare < limits.chanceShare,
      `${percent(1 - chanceShare)} of the variants look like signal; the method takes it that few are.`,
    ],
    [
      falseShare > limits.falseShare,
      `Chance alone would let pass ${percent(Math.min(falseShare, 1))} of as many as pass.`,
    ],
  ];
  return doubts.flatMap(([holds, doubt]) => (holds ? [doubt] : []));
}
