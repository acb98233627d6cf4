/**
 * What the records that were seen are like: contigs and positions, their order, alleles, genotypes. Takes them in the
 * file's order, with gaps between the parts of the file that were read.
 */

import { countAlternates } from "./alternates.ts";
import { sampleFieldsTrouble } from "./sampleFields.ts";
import { variantKeys } from "./variantKeys.ts";

/** What is wrong with the place of a record, or with a genotype looked at. */
export type TallyTrouble =
  | { readonly kind: "genotype" | "unsorted" | "duplicate" }
  | { readonly kind: "unreadable" | "malformed"; readonly reason: string };

/** Shares are of the records or genotypes looked at, from 0 to 1. */
export interface RecordShape {
  readonly records: number;
  readonly multiAllelicShare: number;
  /** Genotypes without any called allele. */
  readonly missingShare: number;
  readonly haploidShare: number;
  /** Keys of FORMAT, and bytes of text that one genotype takes with its tab; means. */
  readonly formatKeys: number;
  readonly genotypeBytes: number;
}

/** Lowest and highest POS seen on a contig. */
export interface ContigSpan {
  readonly contig: string;
  readonly firstPos: number;
  readonly lastPos: number;
}

const TAB = 9;
const COLON = 58;
const DOT = 46;
const SLASH = 47;
const BAR = 124;
/** htsjdk takes it for a separator too. */
const BACKSLASH = 92;
const ZERO = 48;
const NINE = 57;
const MISSING = -1;
const FORMAT_COLUMN = 8;
/** Looked at in each part of the file: those of 20 parts tell a share of 1 % to a fiftieth of it. */
const GENOTYPES_PER_PART = 50_000;
/** Samples whose other fields are looked at in each part of the file; what writes them wrong does so from the start. */
const FIELDS_PER_PART = 2_000;
/** Of records at one place and of deletions that reach beyond it. */
const MAX_VARIANTS = 1_000;
const UNLISTED_ALLELE = "a genotype names an allele besides the reference, and ALT is missing";
const EMPTY_ALLELE = "an allele of a genotype is empty, before or behind its separator";
/** A file with more contigs than this names transcripts or scaffolds; the first ones tell as much. */
const MAX_CONTIGS = 10_000;

export class RecordTally {
  readonly #spans = new Map<string, { firstPos: number; lastPos: number }>();
  #contig: string | undefined;
  #pos = 0;
  /** Variants that may come again, each with its position. */
  readonly #variants = new Map<string, number>();
  #records = 0;
  #multiAllelic = 0;
  #formatKeys = 0;
  #genotypeTextBytes = 0;
  #cells = 0;
  #genotypes = 0;
  #missing = 0;
  #haploid = 0;
  #genotypesLeft = GENOTYPES_PER_PART;
  #fieldsLeft = FIELDS_PER_PART;
  /** FORMAT of the last record, and what is wrong with a sample of it. */
  #format = "GT";
  #fieldsTrouble = sampleFieldsTrouble("GT");

  /** Another part of the file begins. */
  nextPart(): void {
    this.#genotypesLeft = GENOTYPES_PER_PART;
    this.#fieldsLeft = FIELDS_PER_PART;
  }

  /**
   * @param text of a record with the right columns, GT first
   * @param site its columns from CHROM to FORMAT
   * @param tabs where its first nine tabs stand
   */
  take(text: Buffer, site: readonly string[], tabs: readonly number[]): readonly TallyTrouble[] {
    const [contig = "", pos = "", , ref = "", alternates = "", , , , format] = site;
    this.#records += 1;
    if (alternates.includes(",")) this.#multiAllelic += 1;
    const troubles: TallyTrouble[] = [];
    const formatEnd = tabs[FORMAT_COLUMN];
    if (format !== undefined && formatEnd !== undefined) {
      this.#formatKeys += format.split(":").length;
      const alleles = 1 + countAlternates(text, (tabs[3] ?? 0) + 1, tabs[4] ?? 0);
      if (format !== this.#format) {
        this.#format = format;
        this.#fieldsTrouble = sampleFieldsTrouble(format);
      }
      troubles.push(...this.#takeGenotypes(text, formatEnd + 1, alleles));
    }
    const place = this.#takePlace(contig, Number(pos), ref, alternates);
    if (place !== undefined) troubles.push({ kind: place });
    return troubles;
  }

  get spans(): ContigSpan[] {
    return [...this.#spans].map(([contig, span]) => ({ contig, ...span }));
  }

  /** undefined if no record was seen. */
  get shape(): RecordShape | undefined {
    const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
    if (this.#records === 0) return undefined;
    return {
      records: this.#records,
      multiAllelicShare: share(this.#multiAllelic, this.#records),
      missingShare: share(this.#missing, this.#genotypes),
      haploidShare: share(this.#haploid, this.#genotypes),
      formatKeys: share(this.#formatKeys, this.#records),
      genotypeBytes: share(this.#genotypeTextBytes, this.#cells),
    };
  }

  #takePlace(contig: string, pos: number, ref: string, alternates: string): "unsorted" | "duplicate" | undefined {
    const span = this.#spans.get(contig);
    const isSorted = contig === this.#contig ? pos >= this.#pos : span === undefined;
    const isDuplicate = this.#takeVariants(contig, pos, variantKeys(pos, ref, alternates));
    this.#contig = contig;
    this.#pos = pos;
    if (span) {
      span.firstPos = Math.min(span.firstPos, pos);
      span.lastPos = Math.max(span.lastPos, pos);
    } else if (this.#spans.size < MAX_CONTIGS) {
      this.#spans.set(contig, { firstPos: pos, lastPos: pos });
    }
    if (isSorted) return isDuplicate ? "duplicate" : undefined;
    return "unsorted";
  }

  /** Whether one of them was seen before. What lies behind the record's POS does not come again in a sorted file. */
  #takeVariants(contig: string, pos: number, variants: ReadonlyMap<string, number>): boolean {
    if (contig !== this.#contig || pos < this.#pos) this.#variants.clear();
    else if (pos > this.#pos) for (const [key, start] of this.#variants) if (start < pos) this.#variants.delete(key);
    let isDuplicate = false;
    for (const [key, start] of variants) {
      if (this.#variants.has(key)) isDuplicate = true;
      else if (this.#variants.size < MAX_VARIANTS) this.#variants.set(key, start);
    }
    return isDuplicate;
  }

  /** @param alleles that the record has, the reference included */
  #takeGenotypes(text: Buffer, start: number, alleles: number): TallyTrouble[] {
    const before = this.#genotypes;
    const troubles = new Map<string, TallyTrouble>();
    let at = start;
    while (at <= text.length && this.#genotypesLeft > 0) {
      const tab = text.indexOf(TAB, at);
      const end = tab === -1 ? text.length : tab;
      const form = this.#takeGenotype(text, at, end, alleles);
      if (form === "invalid") troubles.set("genotype", { kind: "genotype" });
      else if (form === "malformed") troubles.set(form, { kind: form, reason: EMPTY_ALLELE });
      else if (form === "unlisted") troubles.set("unreadable", { kind: "unreadable", reason: UNLISTED_ALLELE });
      if (this.#fieldsLeft > 0) {
        this.#fieldsLeft -= 1;
        const reason = this.#fieldsTrouble(text.toString("latin1", at, end));
        if (reason !== undefined) troubles.set("unreadable", { kind: "unreadable", reason });
      }
      at = end + 1;
    }
    this.#cells += this.#genotypes - before;
    this.#genotypeTextBytes += at - start;
    return [...troubles.values()];
  }

  /** What is a genotype is what the conversion takes for one (genotypeDecoderCell.ts). */
  #takeGenotype(
    text: Uint8Array,
    start: number,
    end: number,
    alleles: number,
  ): "sound" | "malformed" | "unlisted" | "invalid" {
    // Where ALT is missing, allele 1 is whatever is not the reference.
    const nameable = Math.max(2, alleles);
    let isUnlisted = false;
    let isCalled = false;
    let isHaploid = true;
    let isSound = true;
    let hasEmpty = false;
    let allele: number | undefined;
    let at = start;
    for (; at < end && text[at] !== COLON; at += 1) {
      const byte = text[at] ?? 0;
      if (byte === SLASH || byte === BAR || byte === BACKSLASH) {
        if (allele === undefined && at > start) hasEmpty = true;
        isHaploid = false;
        allele = undefined;
      } else if (byte === DOT) {
        if (allele !== undefined) isSound = false;
        allele = MISSING;
      } else {
        isCalled = true;
        allele = allele === MISSING ? nameable : 10 * (allele ?? 0) + byte - ZERO;
        if (byte < ZERO || byte > NINE || allele >= nameable) isSound = false;
        else if (allele >= alleles) isUnlisted = true;
      }
    }
    this.#genotypesLeft -= 1;
    this.#genotypes += 1;
    if (!isCalled) this.#missing += 1;
    else if (isHaploid) this.#haploid += 1;
    if (!isSound) return "invalid";
    if (isUnlisted) return "unlisted";
    return hasEmpty || (allele === undefined && at > start) ? "malformed" : "sound";
  }
}
