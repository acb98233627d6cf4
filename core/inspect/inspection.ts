import type { Compression } from "../bgzf/compression.ts";
import type { Finding } from "../findings/finding.ts";
import type { GenomeBuild } from "../vcf/build.ts";
import type { Count } from "../vcf/estimate.ts";
import type { ContigSpan, RecordShape } from "../vcf/recordTally.ts";

/** What byte-range reads of one VCF told. */
export interface VcfSummary {
  /** Key relative to the study's folder. */
  readonly file: string;
  /** Full object key. */
  readonly key: string;
  readonly etag: string;
  readonly compressedBytes: number;
  readonly compression: Compression;
  /** Whether VariantSpark can read the file as it lies there. False until Prepare for a file named .bgz: Hadoop has no codec of that name. */
  readonly engineReadable: boolean;
  /** "VCFv4.2" as the fileformat line says; empty if there is none. */
  readonly fileFormat: string;
  readonly sampleCount: number;
  /** Lines before the first record, the #CHROM line included. */
  readonly headerLines: number;
  /** Number of records: exact when the whole file was read or an index counts them, else extrapolated from the sampled bytes. */
  readonly records: Count;
  /** Uncompressed size in bytes: exact when the whole file was read, or the trailer of gzip or a .gzi tells it, else extrapolated. */
  readonly uncompressedBytes: number;
  /** By the lengths of the contigs in the header; absent if they tell none. */
  readonly build?: GenomeBuild;
  /** Where records were seen, the first 100 contigs. Of an index that is used all that have records, without positions. */
  readonly contigs?: readonly (ContigSpan | Pick<ContigSpan, "contig">)[];
  /** What the records that were seen are like; absent if none was. */
  readonly shape?: RecordShape;
  /** Index that told the number of records. */
  readonly countedBy?: string;
}

/** What the labels table told. */
export interface LabelsSummary {
  readonly file: string;
  readonly column: string;
  /** Samples per class; classes[k] counts label k. */
  readonly classes: readonly number[];
}

/** A column of the labels table that can hold the labels, where nothing says which one does. */
export interface LabelCandidate {
  readonly column: string;
  /** Samples per class; classes[k] counts label k. */
  readonly classes: readonly number[];
}

export interface KeptSamples {
  readonly count: number;
  /** SHA-256 of their names. */
  readonly digest: string;
}

export interface Inspection {
  readonly findings: readonly Finding[];
  readonly vcfs: readonly VcfSummary[];
  readonly samples: number;
  readonly variants: Count;
  /** That of all files, if it is the same. */
  readonly build?: GenomeBuild;
  /** Memory that the genotypes take in Spark's cache; absent if there are none. */
  readonly cachedBytes?: number;
  readonly labels?: LabelsSummary;
  /** The choice names one of them as labelColumn; absent where the column is known or none can be taken. */
  readonly labelCandidates?: readonly LabelCandidate[];
  /** Why VariantSpark cannot run on the files as they lie there, although it can on the prepared data. */
  readonly needsPreparing?: string;
  /** Samples that the filters leave in the matrix, when that is not all of them. */
  readonly keptSamples?: KeptSamples;
  /** Ranged reads made and bytes fetched, over all files. */
  readonly reads: number;
  readonly bytesRead: number;
}
