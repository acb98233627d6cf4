/** The alleles that ALT lists, of which "." is none: a dot, or nothing, between commas does not count, as in htsjdk. */

const COMMA = 44;
const DOT = 46;

/** Alleles in ALT, which lies in [start, end). */
export function countAlternates(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let from = start; from < end; ) {
    const to = alleleEnd(bytes, from, end);
    if (isAllele(bytes, from, to)) count += 1;
    from = to + 1;
  }
  return count;
}

export function isAllele(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && !(end === start + 1 && bytes[start] === DOT);
}

export function alleleEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== COMMA) at += 1;
  return at;
}
