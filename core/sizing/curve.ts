/**
 * What more money buys: the candidates that no other beats in both time and cost, and the choices among them. Everything
 * is judged by the upper end of its range, because that is what a researcher approves.
 */
import type { Candidate } from "./search.ts";

/** What the researcher will not go beyond. */
export interface Bounds {
  readonly deadlineSeconds: number;
  readonly budgetUsd: number;
}

/** From the fastest and dearest to the slowest and cheapest. */
export function paretoCurve(candidates: readonly Candidate[]): Candidate[] {
  const curve: Candidate[] = [];
  for (const candidate of candidates.toSorted(fasterFirst)) {
    const last = curve.at(-1);
    if (last === undefined || candidate.costUsd.high < last.costUsd.high) curve.push(candidate);
  }
  return curve;
}

/** (a) */
export function cheapestWithin(candidates: readonly Candidate[], deadlineSeconds: number): Candidate | undefined {
  return first(
    candidates.filter(({ seconds }) => seconds.high <= deadlineSeconds),
    cheaperFirst,
  );
}

/** (b) */
export function fastestWithin(candidates: readonly Candidate[], budgetUsd: number): Candidate | undefined {
  return first(
    candidates.filter(({ costUsd }) => costUsd.high <= budgetUsd),
    fasterFirst,
  );
}

/**
 * (c) Where time × cost is least: to the fast side of it, one per cent less time costs more than one per cent more money;
 * to the cheap side, less.
 */
export function knee(candidates: readonly Candidate[]): Candidate | undefined {
  const product = ({ seconds, costUsd }: Candidate) => seconds.high * costUsd.high;
  return first(candidates, (a, b) => product(a) - product(b) || fasterFirst(a, b));
}

/**
 * The knee, moved along the curve as far as the bounds ask for. The budget counts more than the deadline; what is nearest
 * is chosen when a bound cannot be kept. So a larger budget never makes the choice slower, nor a later deadline dearer.
 */
export function choose(
  candidates: readonly Candidate[],
  { deadlineSeconds, budgetUsd }: Bounds,
): Candidate | undefined {
  const balanced = knee(candidates);
  if (balanced === undefined) return undefined;
  const punctual =
    balanced.seconds.high <= deadlineSeconds
      ? balanced
      : (cheapestWithin(candidates, deadlineSeconds) ?? first(candidates, fasterFirst));
  if (punctual !== undefined && punctual.costUsd.high <= budgetUsd) return punctual;
  return fastestWithin(candidates, budgetUsd) ?? first(candidates, cheaperFirst);
}

function fasterFirst(a: Candidate, b: Candidate): number {
  return a.seconds.high - b.seconds.high || a.costUsd.high - b.costUsd.high || fewerNodesFirst(a, b);
}

function cheaperFirst(a: Candidate, b: Candidate): number {
  return a.costUsd.high - b.costUsd.high || a.seconds.high - b.seconds.high || fewerNodesFirst(a, b);
}

function fewerNodesFirst(a: Candidate, b: Candidate): number {
  return a.configuration.nodes - b.configuration.nodes;
}

function first(candidates: readonly Candidate[], order: (a: Candidate, b: Candidate) => number): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || order(candidate, best) < 0 ? candidate : best),
    undefined,
  );
}
