/**
 * One Parquet file of the matrix: `label` (string) and `data` (binary, one byte 0, 1 or 2 per sample), as VariantSpark's Parquet
 * source reads them. Rows arrive as the finished PLAIN encoding of a page, and hyparquet-writer only writes the headers and
 * the footer: handing it values took twice as long as compressing them (3.0 of 4.4 µs per row of 2,504, Node 24, one core).
 */
import { constants, zstdCompressSync } from "node:zlib";
import type { ColumnChunk, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";

/** Takes the bytes of a file piece by piece, in order; they are the sink's to keep. */
export interface PartSink {
  write(bytes: Uint8Array): void | Promise<void>;
}

const SCHEMA: SchemaElement[] = [
  { name: "root", num_children: 2 },
  { name: "label", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
  { name: "data", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
];

/** Of the levels -7 to 5, 1 is the fastest of those that reach 129 bytes per row of 2,504; 5 saves 7 % for twice the time. */
const ZSTD_LEVEL = 1;

export class MatrixPart {
  readonly #sink: PartSink;
  readonly #rowGroupBytes: number;
  readonly #file = new ByteWriter();
  readonly #parquet: ParquetWriter;
  readonly #labels = new ColumnPages("label");
  readonly #data = new ColumnPages("data");

  /** @param rowGroupBytes bytes of rows, uncompressed, after which a row group is closed and handed on */
  constructor(sink: PartSink, rowGroupBytes: number) {
    this.#sink = sink;
    this.#rowGroupBytes = rowGroupBytes;
    this.#parquet = new ParquetWriter({
      writer: this.#file,
      schema: SCHEMA,
      codec: "ZSTD",
      statistics: false,
      createdBy: "variantspark-pipeline",
    });
  }

  /** Adds a page of rows. @param plainRows length (32 bits, little endian) and bytes of each row; copied */
  async writeRows(labels: readonly Uint8Array[], plainRows: Uint8Array): Promise<void> {
    if (labels.length === 0) return;
    this.#labels.addPage(plainLabels(labels), labels.length);
    this.#data.addPage(plainRows, labels.length);
    if (this.#data.plainBytes >= this.#rowGroupBytes) await this.#closeRowGroup();
  }

  /** Writes what is left and the footer. A part without rows is a valid file too. */
  async finish(): Promise<void> {
    await this.#closeRowGroup();
    this.#parquet.finish();
    await this.#flush();
  }

  async #closeRowGroup(): Promise<void> {
    const rows = BigInt(this.#data.rows);
    if (rows === 0n) return;
    const start = this.#file.offset;
    const columns = [this.#labels.moveTo(this.#file), this.#data.moveTo(this.#file)];
    const plainBytes = columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n);
    this.#parquet.row_groups.push({
      columns,
      num_rows: rows,
      total_byte_size: plainBytes,
      total_compressed_size: BigInt(this.#file.offset - start),
    });
    this.#parquet.num_rows += rows;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = this.#file.getBytes().slice();
    this.#file.index = 0;
    await this.#sink.write(bytes);
  }
}

/** The pages of one column chunk, compressed, until the row group closes: a column's pages must lie together. */
class ColumnPages {
  readonly #name: string;
  #pages = new ByteWriter();
  #plainBytes = 0;
  #rows = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get plainBytes(): number {
    return this.#plainBytes;
  }

  get rows(): number {
    return this.#rows;
  }

  addPage(plain: Uint8Array, rows: number): void {
    const compressed = compress(plain);
    const start = this.#pages.offset;
    writePageHeader(this.#pages, {
      type: "DATA_PAGE_V2",
      uncompressed_page_size: plain.length,
      compressed_page_size: compressed.length,
      data_page_header_v2: {
        num_values: rows,
        num_nulls: 0,
        num_rows: rows,
        encoding: "PLAIN",
        definition_levels_byte_length: 0,
        repetition_levels_byte_length: 0,
        is_compressed: true,
      },
    });
    this.#plainBytes += this.#pages.offset - start + plain.length;
    this.#rows += rows;
    this.#pages.appendBytes(compressed);
  }

  /** Appends the chunk to the file and starts the next one. */
  moveTo(file: ByteWriter): ColumnChunk {
    const start = BigInt(file.offset);
    file.appendBytes(this.#pages.getBytes());
    const chunk: ColumnChunk = {
      file_offset: start,
      meta_data: {
        type: "BYTE_ARRAY",
        encodings: ["PLAIN"],
        path_in_schema: [this.#name],
        codec: "ZSTD",
        num_values: BigInt(this.#rows),
        total_uncompressed_size: BigInt(this.#plainBytes),
        total_compressed_size: BigInt(this.#pages.offset),
        data_page_offset: start,
      },
    };
    this.#pages = new ByteWriter();
    this.#plainBytes = 0;
    this.#rows = 0;
    return chunk;
  }
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
    chunkSize: Math.max(65_536, bytes.length >> 3),
  });
}

function plainLabels(labels: readonly Uint8Array[]): Uint8Array {
  const plain = Buffer.allocUnsafe(labels.reduce((sum, label) => sum + 4 + label.length, 0));
  let at = 0;
  for (const label of labels) {
    at = plain.writeUInt32LE(label.length, at);
    plain.set(label, at);
    at += label.length;
  }
  return plain;
}
