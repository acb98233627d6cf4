/**
 * How the input lies there: into how many partitions it can be cut, and how unequal they are. The cached data keeps the
 * partitions of the input; a partition is cached whole, in one executor, and one task at a time works on it.
 */
import type { Inspection } from "../inspect/inspection.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { type DataSize, labelImpurity } from "./engineRun.ts";

export interface Input {
  readonly samples: number;
  readonly variants: number;
  /** Of the labels; absent when they are not known. */
  readonly labelImpurity?: number;
  /** Bytes of VCF text; 0 for the prepared matrix. */
  readonly uncompressedBytes: number;
  /** Shares of the data that one task each reads, whatever is set: gzip files. Largest first. */
  readonly wholeShares: readonly number[];
  /** What Spark cuts where it is told to. */
  readonly cuttable: {
    readonly share: number;
    /** Size of those files. */
    readonly bytes: number;
    /** Pieces that cannot be cut further: row groups of the matrix, or as much text as is worth a request. */
    readonly units: number;
  };
}

/** Uncompressed bytes of a row group of the matrix: Spark spreads a file at row groups. */
const rowGroupBytes = 8 * 1024 * 1024;
/** Smaller splits of text cost more in requests than they bring. */
const leastSplitBytes = 1024 * 1024;
/** Parquet per genotype until the matrix is there: 0.9 MB were measured for 17,010 × 2,504. */
const parquetBytesPerGenotype = 0.021;

/** The prepared matrix, where it is there; else the files as they were uploaded. */
export function inputOf(inspection: Omit<Inspection, "findings">, matrix?: Matrix): Input {
  return matrix ? matrixInput(matrix.samples, matrix.rows, inspection.labels, matrix.bytes) : studyInput(inspection);
}

/** @param bytes of the Parquet files, when they are there */
export function matrixInput(samples: number, variants: number, labels?: Labels, bytes?: number): Input {
  return {
    samples,
    variants,
    ...impurityOf(labels),
    uncompressedBytes: 0,
    wholeShares: [],
    cuttable: {
      share: 1,
      bytes: bytes ?? Math.ceil(samples * variants * parquetBytesPerGenotype),
      units: Math.max(1, Math.ceil((samples * variants) / rowGroupBytes)),
    },
  };
}

/** The VCFs as they were uploaded: a compressed file is one partition, a plain one is cut. */
export function studyInput({ vcfs, samples, variants, labels }: Omit<Inspection, "findings">): Input {
  const total = sum(vcfs.map(({ uncompressedBytes }) => uncompressedBytes));
  const shareOf = (bytes: number) => (total > 0 ? bytes / total : 1 / vcfs.length);
  const plain = vcfs.filter(({ compression }) => compression === "none");
  const plainBytes = sum(plain.map(({ compressedBytes }) => compressedBytes));
  const pieces = sum(plain.map(({ compressedBytes }) => Math.max(1, Math.ceil(compressedBytes / leastSplitBytes))));
  return {
    samples,
    variants: variants.estimate,
    ...impurityOf(labels),
    uncompressedBytes: total,
    wholeShares: vcfs
      .filter(({ compression }) => compression !== "none")
      .map(({ uncompressedBytes }) => shareOf(uncompressedBytes))
      .sort((a, b) => b - a),
    cuttable: {
      share: sum(plain.map(({ uncompressedBytes }) => shareOf(uncompressedBytes))),
      bytes: plainBytes,
      units: pieces,
    },
  };
}

/** Partitions when what can be cut is cut into so many pieces. */
export function partitionCount({ wholeShares, cuttable }: Input, pieces: number): number {
  return Math.max(1, wholeShares.length + Math.min(pieces, cuttable.units));
}

/** Bytes of a file at which it is cut, for so many partitions in all. */
export function partitionBytes({ wholeShares, cuttable }: Input, partitions: number): number {
  return Math.max(1, Math.ceil(cuttable.bytes / Math.max(1, partitions - wholeShares.length)));
}

/**
 * Share of the data in the fullest executor: Spark gives each executor as many partitions as the others, and in the worst
 * case one of them gets the largest.
 */
export function fullestShare(input: Input, partitions: number, executors: number): number {
  const { wholeShares, cuttable } = input;
  const perExecutor = Math.ceil(partitions / executors);
  const piece = pieceShare(input, partitions);
  const larger = wholeShares.findIndex((share, index) => index >= perExecutor || share < piece);
  const first = larger < 0 ? Math.min(wholeShares.length, perExecutor) : larger;
  const pieces = Math.min(perExecutor - first, partitions - wholeShares.length);
  const rest = wholeShares.slice(first, perExecutor - pieces);
  return Math.min(1, sum(wholeShares.slice(0, first)) + Math.min(pieces * piece, cuttable.share) + sum(rest));
}

/** The input as the model of the engine takes it: as many equal partitions as would take as long as the largest does. */
export function dataSize(input: Input, partitions: number): DataSize {
  const { samples, variants, uncompressedBytes } = input;
  const largest = largestShare(input, partitions);
  const equal = largest > 0 ? Math.floor(1 / largest + 1e-9) : partitions;
  return { samples, variants, uncompressedBytes, partitions: Math.max(1, Math.min(partitions, equal)) };
}

/** Share of the data in the largest partition. */
export function largestShare(input: Input, partitions: number): number {
  return Math.max(input.wholeShares[0] ?? 0, pieceShare(input, partitions));
}

type Labels = NonNullable<Inspection["labels"]>;

function impurityOf(labels: Labels | undefined): Pick<Input, "labelImpurity"> {
  return labels ? { labelImpurity: labelImpurity(labels.classes) } : {};
}

/** A piece holds whole units. */
function pieceShare({ wholeShares, cuttable }: Input, partitions: number): number {
  const pieces = partitions - wholeShares.length;
  if (pieces < 1 || cuttable.units < 1) return 0;
  return (cuttable.share * Math.ceil(cuttable.units / pieces)) / cuttable.units;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
