/**
 * Text of VCF records in, one Parquet part of the genotype matrix out. Memory is bounded: a window of text that holds at least one
 * record, a page of rows, a row group's compressed pages. The time goes by bytes, so the loop over records makes no strings.
 */
import { MatrixRows } from "./convertSliceRows.ts";
import type { DropReason, MatrixFilters } from "./filters.ts";
import { MatrixPart, type PartSink } from "./matrixPart.ts";
import type { PlacedText } from "./sliceTextLines.ts";

export interface SliceLayout {
  /** Samples of the file. */
  readonly sampleCount: number;
  /** Sample of each column of the matrix, 0-based; all samples in the file's order if left out. */
  readonly columnOrder?: Uint32Array | undefined;
  readonly filters: MatrixFilters;
  /** The text goes on to the file's end, where a last record needs no line end. */
  readonly endsFile?: boolean | undefined;
}

export interface SliceCounts {
  readonly recordsIn: number;
  readonly rowsOut: number;
  /** Records by the first filter that dropped them; recordsIn = rowsOut + their sum. */
  readonly droppedBy: Readonly<Record<DropReason, number>>;
  /** Genotypes in the rows written, and how many of them miss an allele or all: VariantSpark counts those as 0, or as 1 if only some. */
  readonly genotypes: number;
  readonly missing: number;
}

/** Pages of this size stay in a core's cache until they are compressed; of 64 KiB to 4 MiB it took the least time (155,000 × 2,504). */
const PAGE_BYTES = 2 ** 20;
/**
 * Rows before compression. Spark spreads a file at row groups only: of 64 MiB, a third of the wanted partitions got one; with
 * 16 some got two and others one, with 4 they differed by a quarter. File size, writing time and scanning time were the same from
 * 4 to 64 MiB. So it is small, but large enough to be worth a request to S3: 8 MiB of 2,504 samples are 3,344 rows, 0.4 MB in the file.
 */
const ROW_GROUP_BYTES = 8 * 2 ** 20;

/**
 * Converts whole records, cut into pieces anywhere; a piece may be overwritten once the next one is asked for. Header lines are passed over.
 *
 * @throws MatrixError at the first record that cannot be read, with its offset in the file: nothing may be left out silently
 */
export async function convertSlice(
  text: AsyncIterable<PlacedText> | Iterable<PlacedText>,
  layout: SliceLayout,
  out: PartSink,
): Promise<SliceCounts> {
  const rows = new MatrixRows(layout, PAGE_BYTES);
  const part = new MatrixPart(out, ROW_GROUP_BYTES);
  for await (const piece of text) {
    for (const page of rows.take(piece)) await part.writeRows(page.labels, page.plainRows);
  }
  for (const page of rows.finish(layout.endsFile ?? false)) await part.writeRows(page.labels, page.plainRows);
  await part.finish();
  return rows.counts;
}
