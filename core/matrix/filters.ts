/**
 * What of a cohort goes into the matrix. Each filter says which `bcftools view` expression it equals, after genotypes were
 * cut to the samples kept and AC and AN counted anew (`-S`); bcftools 1.16 was the reference.
 */

export interface MatrixFilters {
  /**
   * Keep records of which so large a part of the called alleles is not the most frequent one (`-q x:nonmajor`; for two
   * alleles the same as `-q x:minor` and `-i 'MAF>=x'`). With more alleles the latter two differ: the one drops a common
   * variant for a rare third allele, the other (1.16) looks at the first alternate allele only.
   */
  readonly minMaf?: number | undefined;
  /** Keep records with `F_MISSING<=x` (`-i`): genotypes with any missing allele over samples. 1.16 overlooks the one in "0|.", not that in "0/.". */
  readonly maxMissing?: number | undefined;
  /** Keep records with one alternate allele (`-m2 -M2`). */
  readonly biallelicOnly?: boolean | undefined;
  /** Keep records whose POS lies in one of them (`-t`). */
  readonly regions?: readonly Region[] | undefined;
  /** Keep these samples (`-S`). */
  readonly samples?: readonly string[] | undefined;
  /** Keep samples that have a label. */
  readonly onlyLabelled?: boolean | undefined;
}

export interface Region {
  readonly contig: string;
  /** First and last POS, 1-based, both inside; the whole contig without them. */
  readonly firstPos?: number | undefined;
  readonly lastPos?: number | undefined;
}

/** Filters in the order in which they are asked; a record counts for the first that drops it. */
export const DROP_REASONS = ["region", "not-biallelic", "missing", "maf"] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What a record's genotypes tell after decoding. */
export interface GenotypeCounts {
  /** Samples kept. */
  readonly samples: number;
  /** Genotypes with any missing allele. */
  readonly missingGenotypes: number;
  /** Called alleles: reference, first alternate, … */
  readonly alleleCounts: Uint32Array;
}

/** Why the record is dropped before its genotypes are looked at, if it is. */
export function siteDropReason(
  filters: MatrixFilters,
  contig: () => string,
  pos: number,
  altCount: number,
): DropReason | undefined {
  if (filters.regions && !isInRegion(filters.regions, contig(), pos)) return "region";
  return filters.biallelicOnly && altCount !== 1 ? "not-biallelic" : undefined;
}

/** Why the record is dropped for its genotypes, if it is. */
export function genotypeDropReason(filters: MatrixFilters, counts: GenotypeCounts): DropReason | undefined {
  const { maxMissing, minMaf } = filters;
  if (maxMissing !== undefined && counts.missingGenotypes / counts.samples > maxMissing) return "missing";
  return minMaf !== undefined && !hasMaf(counts.alleleCounts, minMaf) ? "maf" : undefined;
}

/** Whether a filter needs to know each alternate allele's count, not just their sum. */
export function needsAlleleCounts(filters: MatrixFilters): boolean {
  return filters.minMaf !== undefined;
}

/**
 * Samples of the file in the order of the matrix; undefined if that is all of them as they stand.
 * @param fileSamples columns of this file
 * @param matrixSamples columns of the matrix: the first file's samples, as far as `keptSamples` keeps them
 * @throws RangeError if the file lacks a sample
 */
export function columnOrder(fileSamples: readonly string[], matrixSamples: readonly string[]): Uint32Array | undefined {
  const indexOf = new Map(fileSamples.map((sample, index) => [sample, index]));
  const order = matrixSamples.map((sample, column) => {
    const index = indexOf.get(sample);
    if (index === undefined) throw new RangeError(`the file lacks the sample of column ${column}`);
    return index;
  });
  const isAsIs = order.length === fileSamples.length && order.every((sample, column) => sample === column);
  return isAsIs ? undefined : Uint32Array.from(order);
}

/** The samples that the filters keep, in the order of the file. */
export function keptSamples(
  fileSamples: readonly string[],
  filters: MatrixFilters,
  labelledSamples: ReadonlySet<string>,
): readonly string[] {
  const wanted = filters.samples && new Set(filters.samples);
  return fileSamples.filter(
    (sample) => (wanted?.has(sample) ?? true) && (!filters.onlyLabelled || labelledSamples.has(sample)),
  );
}

function isInRegion(regions: readonly Region[], contig: string, pos: number): boolean {
  return regions.some(
    ({ contig: name, firstPos = 0, lastPos = Number.POSITIVE_INFINITY }) =>
      name === contig && pos >= firstPos && pos <= lastPos,
  );
}

/** Without called alleles there is no frequency, and the record is dropped, as in bcftools. */
function hasMaf(alleleCounts: Uint32Array, minMaf: number): boolean {
  const called = alleleCounts.reduce((sum, count) => sum + count, 0);
  return called > 0 && (called - Math.max(...alleleCounts)) / called >= minMaf;
}
