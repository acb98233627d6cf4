/**
 * Genotypes as a sequenced cohort has them: three variants of four are rarer than 0.5 %, one of ten is common. Carriers are
 * drawn at random, in Hardy-Weinberg proportion. Each row depends on the seed and its index alone.
 */
import { randomOf } from "./random.ts";

/** @param dosages one byte 0, 1 or 2 per sample; what it held is replaced */
export function drawRow(seed: number, row: number, dosages: Uint8Array): void {
  const random = randomOf(Math.imul(seed, 0x9e3779b1) + Math.imul(row + 1, 0x85ebca6b));
  dosages.fill(0);
  const haplotypes = 2 * dosages.length;
  const carriers = isCausal(row) ? 0.6 * dosages.length : alleleCount(random, haplotypes);
  const carried = new Set<number>();
  while (carried.size < carriers) carried.add(Math.floor(random() * haplotypes));
  for (const haplotype of carried) dosages[haplotype >> 1] = (dosages[haplotype >> 1] ?? 0) + 1;
}

/** Three common variants (allele frequency 0.3) act on the phenotype. */
function isCausal(row: number): boolean {
  return CAUSAL_ROWS.includes(row);
}

const CAUSAL_ROWS = [101, 211, 307];

/**
 * Class of each sample: the causal variants add up, weakly beside the noise, and the upper `cases` of the samples are
 * class 1.
 * @param cases fraction of the samples, (0, 1)
 */
export function labelsOf(seed: number, samples: number, cases: number): Uint8Array {
  const random = randomOf(seed + 1);
  const liability = Float64Array.from({ length: samples }, () => gaussian(random));
  const dosages = new Uint8Array(samples);
  for (const row of CAUSAL_ROWS) {
    drawRow(seed, row, dosages);
    for (const [sample, dosage] of dosages.entries()) liability[sample] = (liability[sample] ?? 0) + 0.4 * dosage;
  }
  const threshold = liability.toSorted()[Math.floor(samples * (1 - cases))] ?? 0;
  return Uint8Array.from(liability, (value) => Number(value >= threshold));
}

/** Log-uniform within each class of frequency. */
function alleleCount(random: () => number, haplotypes: number): number {
  const kind = random();
  const [low, high] = kind < 0.76 ? [0, 0.005] : kind < 0.9 ? [0.005, 0.05] : [0.05, 0.5];
  const from = Math.max(1, low * haplotypes);
  return Math.floor(from * Math.max(1, (high * haplotypes) / from) ** random());
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
