/**
 * How far the order of a growing forest may be trusted: its chunks are put into two halves, odd and even, and the rankings
 * of the halves compared. Two halves of a forest are two forests of half the trees with different seeds, so their
 * agreement is what a second run would show, and the whole forest's is better (split-half reliability).
 */

/** Variants of each half that are compared. */
export const comparedVariants = 20;

export interface Stability {
  /** First variants of each half that are compared: 20, or as many as both have. */
  readonly compared: number;
  /** The share of those of one half that is among those of the other, 0 to 1. */
  readonly agreement: number;
  /** So many variants stand first in both halves, in whatever order. */
  readonly sameFirst: number;
  /** After each chunk from the second on. */
  readonly history: readonly { readonly trees: number; readonly agreement: number }[];
  /** More trees are not expected to change the first 20. */
  readonly hasConverged: boolean;
}

export const convergedAgreement = 0.9;
const convergedLooks = 2;
const fewestChunks = 4;

/**
 * @param odd, @param even names of the first variants of each half, the most important first; undefined while one of them is empty
 * @param trees grown so far
 */
export function stabilityOf(
  odd: readonly string[],
  even: readonly string[],
  trees: number,
  before: Stability | undefined,
): Stability | undefined {
  const compared = Math.min(comparedVariants, odd.length, even.length);
  if (compared === 0) return undefined;
  const agreement = shared(odd, even, compared) / compared;
  const history = [...(before?.history ?? []), { trees, agreement }];
  return {
    compared,
    agreement,
    sameFirst: lastWhere(compared, (length) => shared(odd, even, length) === length),
    history,
    hasConverged: converged(history),
  };
}

/** Trees from which on the ranking has been converged without a break; undefined when it is not. */
export function stableFrom(history: Stability["history"]): number | undefined {
  const parted = history.findLastIndex((_, at) => !converged(history.slice(0, at + 1)));
  return history[parted + 1]?.trees;
}

function converged(history: Stability["history"]): boolean {
  const looks = history.slice(-convergedLooks);
  return history.length >= fewestChunks - 1 && looks.every((look) => look.agreement >= convergedAgreement);
}

function shared(odd: readonly string[], even: readonly string[], length: number): number {
  const others = new Set(even.slice(0, length));
  return odd.slice(0, length).filter((name) => others.has(name)).length;
}

/** The largest number from 1 to `most` of which that is true, else 0. */
function lastWhere(most: number, isTrue: (length: number) => boolean): number {
  let last = most;
  while (last > 0 && !isTrue(last)) last--;
  return last;
}
