/**
 * One genotype of any shape that the VCF specification allows (§1.6.2 of 4.3; 4.4's leading phase mark too): any ploidy,
 * any number of digits, missing alleles. The coding is VariantSpark 0.5.5's, which rests on htsjdk's genotype types.
 */
import { BAR, COLON, DOT, SLASH, TAB, ZERO } from "./genotypeDecoderTally.ts";

export interface CellTally {
  /** Genotypes with a missing allele. */
  missingGenotypes: number;
  /** Called alleles: reference, first alternate, … */
  readonly alleleCounts: Uint32Array;
}

export interface DecodedCell {
  readonly dosage: number;
  /** Where the GT ended: at a ":", a tab or `end`. */
  readonly stop: number;
}

/** htsjdk takes it for a separator too. */
const BACKSLASH = 92;
/** Not an index: no allele has been read, or it is a missing one. */
const NONE = -2;
const MISSING = -1;

/**
 * Decodes the GT at `start` and adds to `tally`; undefined if it is no genotype or names an allele beyond the tally.
 * An empty GT is a missing one.
 */
export function decodeCell(bytes: Uint8Array, start: number, end: number, tally: CellTally): DecodedCell | undefined {
  const genotype = new Genotype();
  let allele = NONE;
  let at = start;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === TAB || byte === COLON) break;
    if (byte === SLASH || byte === BAR || byte === BACKSLASH) {
      genotype.add(allele, tally);
      allele = NONE;
    } else {
      const longer = byte === DOT ? (allele === NONE ? MISSING : undefined) : withDigit(allele, byte - ZERO);
      if (longer === undefined || longer >= tally.alleleCounts.length) return undefined;
      allele = longer;
    }
  }
  genotype.add(allele, tally);
  if (genotype.isMissing) tally.missingGenotypes += 1;
  return { dosage: genotype.dosage, stop: at };
}

function withDigit(allele: number, digit: number): number | undefined {
  if (digit < 0 || digit > 9 || allele === MISSING) return undefined;
  return allele === NONE ? digit : 10 * allele + digit;
}

class Genotype {
  #first = NONE;
  #second = NONE;
  #missing = 0;
  #called = 0;
  #isMixed = false;

  /** Takes the next allele; none between two separators, as in htsjdk. */
  add(allele: number, tally: CellTally): void {
    if (allele === NONE) return;
    if (this.#first === NONE) this.#first = allele;
    else if (this.#second === NONE) this.#second = allele;
    if (allele !== this.#first) this.#isMixed = true;
    if (allele === MISSING) this.#missing += 1;
    else {
      this.#called += 1;
      tally.alleleCounts[allele] = (tally.alleleCounts[allele] ?? 0) + 1;
    }
  }

  get isMissing(): boolean {
    return this.#missing > 0 || this.#called === 0;
  }

  /**
   * Not called or only reference: 0. Only one alternate allele, or different ones of which the first two are alternate:
   * 2. Else 1, so also where only some alleles are missing ("./0" as well as "./1"). htsjdk looks at no more than two.
   */
  get dosage(): number {
    if (this.#called === 0) return 0;
    if (this.#missing > 0) return 1;
    if (!this.#isMixed) return this.#first === 0 ? 0 : 2;
    return this.#first > 0 && this.#second > 0 ? 2 : 1;
  }
}
