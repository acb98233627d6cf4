/** What the kernels count into, and the few characters that they know cells by. */
import { type Code, v128 } from "./genotypeDecoderAssembler.ts";

/** Offsets in a tally, whose fields are 32 bits wide. */
export const TALLY = {
  nonReference: 0,
  missingAlleles: 4,
  /** Genotypes with at least one missing allele. */
  missingGenotypes: 8,
  nextSample: 12,
  /** decodeWide: alleles by character, "." first; "/" would be the second, "0" is the third. */
  alleles: 16,
  /** decodeNarrow: sixteen bytes, of which the greatest is the greatest character of an allele; 0 = only "0" was seen. */
  greatest: 16,
} as const;

/** Bytes of a tally. */
export const TALLY_BYTES = 16 + 4 * 12;
/** The kernel reads whole vectors, so this much behind the text must be memory too. */
export const PADDING_BYTES = 64;

const code = (character: string) => character.charCodeAt(0);
export const TAB = 9;
export const DOT = code(".");
export const ZERO = code("0");
export const COLON = code(":");
export const BAR = code("|");
export const SLASH = code("/");
/** The only two allele characters with this difference are "." and "0": a genotype that is MIXED without a count. */
export const DOT_XOR_ZERO = DOT ^ ZERO;

/** A vector of one byte. */
export const everywhere = (byte: number): Code => v128(Array(16).fill(byte));
