/** Where the fixed columns of a record lie in the text (VCF specification §1.6.1), and what its FORMAT says. */
import { countAlternates } from "../vcf/alternates.ts";
import type { SiteColumns } from "./variantName.ts";

const TAB = 9;
const LF = 10;
const ZERO = 48;
const COLON = 58;
const FIXED_COLUMNS = 9;

/** Reads the fixed columns of one record after the other; fields are those of the last one read. */
export class RecordColumns implements SiteColumns {
  chromStart = 0;
  chromEnd = 0;
  posStart = 0;
  posEnd = 0;
  refStart = 0;
  refEnd = 0;
  altStart = 0;
  altEnd = 0;
  formatStart = 0;
  /** Offset of the first genotype. */
  genotypesStart = 0;
  readonly #tabs = new Uint32Array(FIXED_COLUMNS);

  /** Finds the nine columns before the genotypes; false if a line end or the end of the text comes first. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const tabs = this.#tabs;
    let found = 0;
    for (let at = start; found < FIXED_COLUMNS; at += 1) {
      if (at >= end) return false;
      const byte = bytes[at];
      if (byte === TAB) tabs[found++] = at;
      else if (byte === LF) return false;
    }
    const [chrom = 0, pos = 0, id = 0, ref = 0, alt = 0, , , info = 0, format = 0] = tabs;
    this.chromStart = start;
    this.chromEnd = chrom;
    this.posStart = chrom + 1;
    this.posEnd = pos;
    this.refStart = id + 1;
    this.refEnd = ref;
    this.altStart = ref + 1;
    this.altEnd = alt;
    this.formatStart = info + 1;
    this.genotypesStart = format + 1;
    return true;
  }

  /** undefined if POS is no number. */
  position(bytes: Uint8Array): number | undefined {
    let position = 0;
    for (let at = this.posStart; at < this.posEnd; at += 1) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      position = position * 10 + digit;
    }
    return this.posEnd > this.posStart ? position : undefined;
  }

  alternateCount(bytes: Uint8Array): number {
    return countAlternates(bytes, this.altStart, this.altEnd);
  }

  contig(bytes: Buffer): string {
    return bytes.toString("utf8", this.chromStart, this.chromEnd);
  }

  /** Where GT stands among the FORMAT keys. */
  gtPlace(bytes: Buffer): "first" | "later" | "absent" {
    const start = this.formatStart;
    const end = this.genotypesStart - 1;
    const isFirst = bytes[start] === 71 && bytes[start + 1] === 84 && (end === start + 2 || bytes[start + 2] === COLON);
    if (isFirst) return "first";
    return bytes.toString("latin1", start, end).split(":").includes("GT") ? "later" : "absent";
  }
}
