/**
 * Text of VCF records in, one Parquet part of the genotype matrix out. Memory is bounded: a window of text that holds at least one
 * record, a page of rows, a row group's compressed pages. The time goes by bytes, so the loop over records makes no strings.
 */
import { MatrixRows, type SliceCounts, type SliceLayout } from "./convertSliceRows.ts";
import { MatrixPart, type PartSink } from "./matrixPart.ts";
import type { PlacedText } from "./sliceTextLines.ts";

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
