/**
 * What makes two records hold the same variant, however many bases around it each of them repeats: 123 TAT TGT is 124 A G. Common
 * bases go from the end first, then from the beginning (Tan et al. 2015, Bioinformatics 31:2202), without the reference that shifting
 * repeats to the left would take.
 */

/** Longer alleles are told apart as they are written. */
const MAX_BASES = 1_000;
const BASES = /^[ACGTN]+$/i;
/** Beside other alleles they stand for whatever else there may be. */
const PLACEHOLDERS = ["*", ".", "<*>", "<NON_REF>"];

/** The variants of a record, one for each allele of ALT, with the position at which each begins. */
export function variantKeys(pos: number, ref: string, alternates: string): ReadonlyMap<string, number> {
  const keys = new Map<string, number>();
  const all = alternates.split(",");
  for (const alternate of all) {
    if (all.length > 1 && PLACEHOLDERS.includes(alternate)) continue;
    const isPlain = ref.length + alternate.length <= MAX_BASES && BASES.test(ref) && BASES.test(alternate);
    if (isPlain) {
      const variant = trimmed(pos, ref.toUpperCase(), alternate.toUpperCase());
      keys.set(`${variant.pos} ${variant.ref} ${variant.alternate}`, variant.pos);
    } else keys.set(`${pos} ${ref} ${alternate}`, pos);
  }
  return keys;
}

function trimmed(pos: number, ref: string, alternate: string): { pos: number; ref: string; alternate: string } {
  const least = Math.min(ref.length, alternate.length) - 1;
  let suffix = 0;
  while (suffix < least && ref.at(-1 - suffix) === alternate.at(-1 - suffix)) suffix += 1;
  let prefix = 0;
  while (prefix < least - suffix && ref[prefix] === alternate[prefix]) prefix += 1;
  return {
    pos: pos + prefix,
    ref: ref.slice(prefix, ref.length - suffix),
    alternate: alternate.slice(prefix, alternate.length - suffix),
  };
}
