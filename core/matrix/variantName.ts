/**
 * The name of a variable in VariantSpark: CHROM_POS_REF_ALT1|ALT2, bases in upper case. VariantSpark 0.5.5 leaves symbolic
 * alleles and breakends empty, so that a deletion and a duplication at one place have one name; here they keep theirs.
 */
import { alleleEnd, isAllele } from "../vcf/alternates.ts";

/** Where the first five columns of a record lie; [start, end) each. */
export interface SiteColumns {
  readonly chromStart: number;
  readonly chromEnd: number;
  readonly posStart: number;
  readonly posEnd: number;
  readonly refStart: number;
  readonly refEnd: number;
  readonly altStart: number;
  readonly altEnd: number;
}

const UNDERSCORE = 95;
const BAR = 124;
const DOT = 46;
const ZERO = 48;

/** The name as UTF-8. One buffer per call: it outlives the record. */
export function variantName(bytes: Uint8Array, site: SiteColumns): Uint8Array {
  const { chromStart, chromEnd, posEnd, refStart, refEnd, altStart, altEnd } = site;
  const posStart = firstDigit(bytes, site.posStart, posEnd);
  const length = chromEnd - chromStart + (posEnd - posStart) + (refEnd - refStart) + (altEnd - altStart) + 3;
  const name = new Uint8Array(length);
  let at = copy(bytes, chromStart, chromEnd, name, 0);
  name[at++] = UNDERSCORE;
  at = copy(bytes, posStart, posEnd, name, at);
  name[at++] = UNDERSCORE;
  at = copyAllele(bytes, refStart, refEnd, name, at);
  name[at++] = UNDERSCORE;
  return name.subarray(0, copyAlternates(bytes, altStart, altEnd, name, at));
}

/** htsjdk reads POS as a number: leading zeros are gone. */
function firstDigit(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end - 1 && bytes[at] === ZERO) at += 1;
  return at;
}

function copyAlternates(bytes: Uint8Array, start: number, end: number, name: Uint8Array, into: number): number {
  let at = into;
  for (let from = start; from < end; ) {
    const to = alleleEnd(bytes, from, end);
    if (isAllele(bytes, from, to)) {
      if (at > into) name[at++] = BAR;
      at = copyAllele(bytes, from, to, name, at);
    }
    from = to + 1;
  }
  return at;
}

function copyAllele(bytes: Uint8Array, start: number, end: number, name: Uint8Array, into: number): number {
  if (isSymbolic(bytes, start, end)) return copy(bytes, start, end, name, into);
  let at = into;
  for (let from = start; from < end; from += 1) {
    const base = bytes[from] ?? 0;
    name[at++] = base >= 97 && base <= 122 ? base - 32 : base;
  }
  return at;
}

/** htsjdk's rule: "<" or "[" or "]" in it, or a dot at an end of more than one character. */
function isSymbolic(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false;
  if (bytes[start] === DOT || bytes[end - 1] === DOT) return true;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 60 || byte === 91 || byte === 93) return true;
  }
  return false;
}

function copy(bytes: Uint8Array, start: number, end: number, name: Uint8Array, into: number): number {
  let at = into;
  for (let from = start; from < end; from += 1) name[at++] = bytes[from] ?? 0;
  return at;
}
