/** The most important variants of a result, and how many there are. */
import type { ImportanceTable } from "./importanceTable.ts";
import { variantName } from "./variantParts.ts";

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

export interface Ranking {
  /** At most as many as were asked for; equal importance keeps the order of the file. */
  readonly ranked: readonly RankedVariant[];
  /** Rows of the file. VariantSpark lists only variants that a tree used. */
  readonly variants: number;
  /** Rows whose importance is not 0. */
  readonly withImportance: number;
  /** Rows whose name keeps a symbolic allele (<DEL>), as a prepared matrix has it. */
  readonly symbolic: number;
}

export function rankingOf(table: ImportanceTable, order: Uint32Array, top: number): Ranking {
  const { variants, withImportance, symbolic } = table;
  const ranked = Array.from(order.subarray(0, top), (row, index) => rankedVariant(table, row, index + 1));
  return { ranked, variants, withImportance, symbolic };
}

function rankedVariant(table: ImportanceTable, row: number, rank: number): RankedVariant {
  const parts = table.parts(row);
  const { contig, pos, ref } = parts;
  const importance = table.importances[row] ?? 0;
  return { rank, variant: variantName(parts), contig, pos, ref, alts: parts.alts.split("|"), importance };
}
