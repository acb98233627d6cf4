/**
 * Which importances are more than chance: the local false discovery rate of RFlocalfdr (Dunne et al. 2023, Comput Struct
 * Biotechnol J 21:4354, doi 10.1016/j.csbj.2023.08.033), which VariantSpark's authors published for it. The logarithms
 * of the importances are a mixture: most belong to variants without an effect, whose distribution, a skew-normal, is
 * fitted where the others are rare; where the mixture holds many times more than that, it is signal (Efron 2005). The
 * steps are those of variant-spark 0.5.5's varspark.stats.lfdr, which the tests compare with. Three things differ. The
 * final fit is also started from the first one's result: from the fixed start alone it may end in nowhere. Where no
 * bin's rate is as low as asked nothing passes: the original takes the bin that comes nearest. Up to the median of
 * chance the rate is 1: the original's falls again for importances that are too low for the skew-normal.
 */
import { histogramOf, quantile } from "./histogram.ts";
import { leastSquares } from "./leastSquares.ts";
import { density, densityGradient, type SkewNormal, type Tails, tails } from "./skewNormal.ts";
import { smoothedDensity } from "./splineDensity.ts";

export const bins = 120;
const splineKnots = 10;

export interface LocalFdrBin {
  /** Natural logarithm of the importance, at the bin's middle. */
  readonly logImportance: number;
  /** Densities: of the histogram, of the smoothed histogram, and of variants without an effect. */
  readonly observed: number;
  readonly smoothed: number;
  readonly chance: number;
  /** Probability that a variant of this bin has no effect; 1 up to the median of those without, however many lie there. */
  readonly localFdr: number;
}

export interface LocalFdrFit {
  readonly bins: readonly LocalFdrBin[];
  readonly chance: SkewNormal;
  readonly tails: Tails;
  /** Share of the variants without an effect. */
  readonly chanceShare: number;
  /** What of the histogram's variation below the fit's limit the skew-normal explains, at most 1. */
  readonly explained: number;
  /** Variants of a greater logarithm pass; undefined where none does. */
  readonly passAbove: number | undefined;
}

/** @param sorted logarithms of importances, ascending; undefined when no skew-normal can be fitted to them */
export function localFdr(sorted: Float64Array, threshold: number): LocalFdrFit | undefined {
  const histogram = histogramOf(sorted, bins);
  if (histogram === undefined) return undefined;
  const { middles, densities } = histogram;
  const first = skewNormalFit(middles, densities, startsFor(sorted));
  if (first === undefined) return undefined;
  const limit = tails(first).quantile(0.95);
  const below = middles.filter((x) => x < limit).length;
  const head = [middles.slice(0, below), densities.slice(0, below)] as const;
  const chance = skewNormalFit(...head, [fixedStart, first]);
  if (chance === undefined) return undefined;
  const smoothed = smoothedDensity(densities, splineKnots);
  const chances = middles.map((x) => density(chance, x));
  const chanceTails = tails(chance);
  const chanceShare = chanceShareOf(sorted, chanceTails);
  const perDensity = sum(chances) / sum(smoothed);
  const median = chanceTails.quantile(0.5);
  const rates = smoothed.map((value, at) => {
    const rate = (chanceShare * (chances[at] ?? 0)) / (perDensity * value);
    return (middles[at] ?? 0) > median ? Math.min(rate, 1) : 1;
  });
  return {
    bins: middles.map((logImportance, at) => ({
      logImportance,
      observed: densities[at] ?? 0,
      smoothed: smoothed[at] ?? 0,
      chance: chances[at] ?? 0,
      localFdr: rates[at] ?? 1,
    })),
    chance,
    tails: chanceTails,
    chanceShare,
    explained: explainedBy(chances.slice(0, below), head[1]),
    passAbove: cutoff(middles, rates, median, threshold),
  };
}

/** How far the best skew-normal is from the lower three quarters of the importances: what a minimum of splits is chosen by. */
export function misfit(sorted: Float64Array): number | undefined {
  const histogram = histogramOf(sorted, bins);
  if (histogram === undefined) return undefined;
  const limit = quantile(sorted, 0.75);
  const below = histogram.middles.filter((x) => x < limit).length;
  const [middles, densities] = [histogram.middles.slice(0, below), histogram.densities.slice(0, below)];
  const fit = skewNormalFit(middles, densities, startsFor(sorted));
  return fit && sum(middles.map((x, at) => (density(fit, x) - (densities[at] ?? 0)) ** 2));
}

/** The start that the original always tries. */
const fixedStart: SkewNormal = { shape: 1, location: 1, scale: 2 };

/** The fixed start, one about the mean, and one by the moments in place of the original's maximum likelihood. */
function startsFor(sorted: Float64Array): SkewNormal[] {
  const mean = sum(sorted) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((squares, z) => squares + (z - mean) * (z - mean), 0) / sorted.length);
  const cubes = sorted.reduce((total, z) => total + (z - mean) * (z - mean) * (z - mean), 0);
  const skewness = cubes / sorted.length / deviation ** 3;
  const power = Math.min(Math.abs(skewness), 0.99) ** (2 / 3);
  const delta = Math.sign(skewness) * Math.sqrt(((Math.PI / 2) * power) / (power + ((4 - Math.PI) / 2) ** (2 / 3)));
  const scale = deviation / Math.sqrt(1 - (2 * delta ** 2) / Math.PI);
  return [
    fixedStart,
    { shape: 1, location: mean, scale: 2 },
    {
      shape: delta / Math.sqrt(1 - delta ** 2),
      location: mean - scale * delta * Math.sqrt(2 / Math.PI),
      scale,
    },
  ];
}

function skewNormalFit(
  middles: readonly number[],
  densities: readonly number[],
  starts: readonly SkewNormal[],
): SkewNormal | undefined {
  const fits = starts.flatMap(({ shape, location, scale }) => {
    const fit = leastSquares([shape, location, scale], ([a = 0, b = 0, c = 0]) => {
      if (!(c > 0)) return undefined;
      const distribution = { shape: a, location: b, scale: c };
      const gradients = middles.map((x) => densityGradient(distribution, x));
      return {
        values: gradients.map(([value], at) => value - (densities[at] ?? 0)),
        gradients: gradients.map(([, ...gradient]) => gradient),
      };
    });
    return fit && Number.isFinite(fit.squares) ? [fit] : [];
  });
  const best = fits.toSorted((one, other) => one.squares - other.squares)[0];
  const [shape, location, scale] = best?.parameters ?? [];
  return shape === undefined || location === undefined || scale === undefined ? undefined : { shape, location, scale };
}

/** With p the share of the chance distribution below each importance: a mean of min(n/i · p, 1) weighted by rank i. */
function chanceShareOf(sorted: Float64Array, { below }: Tails): number {
  const n = sorted.length;
  let weighted = 0;
  for (let at = 0; at < n; at++) weighted += (at + 1) * Math.min((n / (at + 1)) * below(sorted[at] ?? 0), 1);
  return (weighted / n / (n + 1)) * 2;
}

function explainedBy(chances: readonly number[], densities: readonly number[]): number {
  const mean = sum(densities) / densities.length;
  const all = sum(densities.map((value) => (value - mean) ** 2));
  return 1 - sum(densities.map((value, at) => (value - (chances[at] ?? 0)) ** 2)) / all;
}

/** The middle of the bin, above the chance distribution's median, whose rate is nearest to the threshold. */
function cutoff(
  middles: readonly number[],
  rates: readonly number[],
  median: number,
  threshold: number,
): number | undefined {
  const upper = middles.flatMap((x, at) => (x > median ? [{ x, rate: rates[at] ?? 1 }] : []));
  if (!upper.some(({ rate }) => rate <= threshold)) return undefined;
  return upper.reduce((best, bin) => (Math.abs(bin.rate - threshold) < Math.abs(best.rate - threshold) ? bin : best)).x;
}

function sum(values: readonly number[] | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
