/**
 * Ranks VariantSpark's result, a CSV `variable,importance` in no order. Read as a stream: a genome's result has tens of
 * millions of rows, of which a few are shown.
 */
import { lineBatches } from "./rankLines.ts";
import { parseVariant } from "./rankVariant.ts";

export interface RankedVariant {
  /** 1 = the most important. */
  readonly rank: number;
  /** As the engine names it: CHROM_POS_REF_ALT1|ALT2. */
  readonly variant: string;
  readonly contig: string;
  /** 1-based POS. */
  readonly pos: number;
  readonly ref: string;
  /** A symbolic allele (<DEL>) is "" where the engine read VCF: it keeps bases only. */
  readonly alts: readonly string[];
  readonly importance: number;
}

export type Ranking =
  | {
      readonly kind: "ranked";
      /** At most `top`; equal importance keeps the order of the file. */
      readonly ranked: readonly RankedVariant[];
      /** Rows of the file. VariantSpark lists only variants that a tree used. */
      readonly variants: number;
      /** Rows whose importance is not 0. */
      readonly withImportance: number;
      /** Rows whose name keeps a symbolic allele (<DEL>), as a prepared matrix has it. */
      readonly symbolic: number;
    }
  /** 1-based line that is not VariantSpark's. */
  | { readonly kind: "malformed"; readonly line: number };

/** Memory: about 2 × top rows and the longest line. */
export async function rankVariants(csvChunks: AsyncIterable<Uint8Array>, top: number): Promise<Ranking> {
  const best = new Best(top);
  let line = 0;
  let withImportance = 0;
  let symbolic = 0;
  for await (const lines of lineBatches(csvChunks))
    for (const text of lines) {
      line++;
      if (line === 1 && text === "variable,importance") continue;
      const row = line === 1 ? undefined : parseRow(text, line);
      if (row === undefined) return { kind: "malformed", line };
      if (row.importance !== 0) withImportance++;
      if (row.variant.includes("<")) symbolic++;
      best.add(row);
    }
  if (line === 0) return { kind: "malformed", line: 1 };
  const ranked = best.rows().map(({ line: _, ...row }, index) => ({ rank: index + 1, ...row }));
  return { kind: "ranked", ranked, variants: line - 1, withImportance, symbolic };
}

interface Row extends Omit<RankedVariant, "rank"> {
  readonly line: number;
}

const ROW = /^([^",]+),(-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?)$/;

function parseRow(text: string, line: number): Row | undefined {
  const [, variant, importance] = ROW.exec(text) ?? [];
  if (variant === undefined || importance === undefined) return undefined;
  const parts = parseVariant(variant);
  return parts && { variant, ...parts, importance: Number(importance), line };
}

/** The best rows so far. Sorting and cutting at twice the size costs as much as a heap does and is shorter. */
class Best {
  readonly #size: number;
  #rows: Row[] = [];
  /** What a row must exceed: a later row of equal importance ranks behind. */
  #bar = Number.NEGATIVE_INFINITY;

  constructor(size: number) {
    this.#size = size;
  }

  add(row: Row): void {
    if (row.importance <= this.#bar) return;
    this.#rows.push(row);
    if (this.#rows.length <= 2 * this.#size) return;
    this.#rows = this.rows();
    this.#bar = this.#rows.at(-1)?.importance ?? Number.POSITIVE_INFINITY;
  }

  rows(): Row[] {
    return this.#rows.toSorted((a, b) => b.importance - a.importance || a.line - b.line).slice(0, this.#size);
  }
}
