/** The parts of the name that VariantSpark gives a variant: CHROM_POS_REF_ALT1|ALT2. */
export interface VariantParts {
  readonly contig: string;
  /** 1-based POS. */
  readonly pos: number;
  readonly ref: string;
  /** Joined by "|"; a symbolic allele (<DEL>) is "" where the engine read VCF: it keeps bases only. */
  readonly alts: string;
}

export function variantName({ contig, pos, ref, alts }: VariantParts): string {
  return `${contig}_${pos}_${ref}_${alts}`;
}
