/** The parts of the name that VariantSpark gives a variant: CHROM_POS_REF_ALT1|ALT2. */
export interface VariantParts {
  readonly contig: string;
  /** 1-based POS. */
  readonly pos: number;
  readonly ref: string;
  readonly alts: readonly string[];
}

/**
 * Read from the right, since a contig may hold underscores (chrUn_KI270742v1) and alleles cannot; undefined for any
 * other name.
 */
export function parseVariant(name: string): VariantParts | undefined {
  const [, contig, pos, ref, alts] = NAME.exec(name) ?? [];
  if (contig === undefined || pos === undefined || ref === undefined || alts === undefined) return undefined;
  return { contig, pos: Number(pos), ref, alts: alts.split("|") };
}

const NAME = /^(.+)_(\d+)_([^_]*)_([^_]*)$/;
