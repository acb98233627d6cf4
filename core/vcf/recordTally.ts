/**
 * What the records that were seen are like: contigs and positions, their order, alleles, genotypes. Takes them in the
 * file's order, with gaps between the parts of the file that were read.
 */

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
/** Looked at in each part of the file: 200,000 tell a share of 1 % to a tenth of it, and take a millisecond or two. */
const GENOTYPES_PER_PART = 200_000;
/** A file with more contigs than this names transcripts or scaffolds; the first ones tell as much. */
const MAX_CONTIGS = 10_000;

export class RecordTally {
  readonly #spans = new Map<string, { firstPos: number; lastPos: number }>();
  #contig: string | undefined;
  #pos = 0;
  /** REF and ALT of the records at this position. */
  #alleles = new Set<string>();
  #records = 0;
  #multiAllelic = 0;
  #formatKeys = 0;
  #genotypeTextBytes = 0;
  #cells = 0;
  #genotypes = 0;
  #missing = 0;
  #haploid = 0;
  #genotypesLeft = GENOTYPES_PER_PART;

  /** Another part of the file begins. */
  nextPart(): void {
    this.#genotypesLeft = GENOTYPES_PER_PART;
  }

  /** @param line a record with the right columns, GT first; returns what is wrong with its place, or with a genotype looked at */
  take(line: Uint8Array): "genotype" | "unsorted" | "duplicate" | undefined {
    const text = Buffer.from(line.buffer, line.byteOffset, line.length);
    const tabs: number[] = [];
    for (let tab = text.indexOf(TAB); tab !== -1 && tabs.length <= FORMAT_COLUMN; tab = text.indexOf(TAB, tab + 1))
      tabs.push(tab);
    const cell = (column: number) =>
      text.toString("latin1", column === 0 ? 0 : (tabs[column - 1] ?? text.length) + 1, tabs[column] ?? text.length);
    const alternates = cell(4);
    this.#records += 1;
    if (alternates.includes(",")) this.#multiAllelic += 1;
    const formatEnd = tabs[FORMAT_COLUMN];
    let areSound = true;
    if (formatEnd !== undefined) {
      this.#formatKeys += cell(FORMAT_COLUMN).split(":").length;
      areSound = this.#takeGenotypes(text, formatEnd + 1, alternates.split(",").length + 1);
    }
    const place = this.#takePlace(cell(0), Number(cell(1)), `${cell(3)}\t${alternates}`);
    return areSound ? place : "genotype";
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

  #takePlace(contig: string, pos: number, alleles: string): "unsorted" | "duplicate" | undefined {
    const span = this.#spans.get(contig);
    const isSorted = contig === this.#contig ? pos >= this.#pos : span === undefined;
    if (contig !== this.#contig || pos !== this.#pos) this.#alleles = new Set();
    const isDuplicate = this.#alleles.has(alleles);
    this.#alleles.add(alleles);
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

  /** @param alleles that the record has, the reference included; false = a genotype is none */
  #takeGenotypes(text: Uint8Array, start: number, alleles: number): boolean {
    const before = this.#genotypes;
    let areSound = true;
    let at = start;
    while (at <= text.length && this.#genotypesLeft > 0) {
      const tab = text.indexOf(TAB, at);
      if (!this.#takeGenotype(text, at, tab === -1 ? text.length : tab, alleles)) areSound = false;
      at = tab === -1 ? text.length + 1 : tab + 1;
    }
    this.#cells += this.#genotypes - before;
    this.#genotypeTextBytes += at - start;
    return areSound;
  }

  /** What is a genotype is what the conversion takes for one (genotypeDecoderCell.ts). */
  #takeGenotype(text: Uint8Array, start: number, end: number, alleles: number): boolean {
    let isCalled = false;
    let isHaploid = true;
    let isSound = true;
    let allele: number | undefined;
    for (let at = start; at < end && text[at] !== COLON; at += 1) {
      const byte = text[at] ?? 0;
      if (byte === SLASH || byte === BAR || byte === BACKSLASH) {
        isHaploid = false;
        allele = undefined;
      } else if (byte === DOT) {
        if (allele !== undefined) isSound = false;
        allele = MISSING;
      } else {
        isCalled = true;
        allele = allele === MISSING ? alleles : 10 * (allele ?? 0) + byte - ZERO;
        if (byte < ZERO || byte > NINE || allele >= alleles) isSound = false;
      }
    }
    this.#genotypesLeft -= 1;
    this.#genotypes += 1;
    if (!isCalled) this.#missing += 1;
    else if (isHaploid) this.#haploid += 1;
    return isSound;
  }
}
