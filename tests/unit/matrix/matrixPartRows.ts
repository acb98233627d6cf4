import { zstdDecompressSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import type { PartSink } from "../../../core/matrix/matrixPart.ts";

export interface MatrixRow {
  readonly label: string;
  readonly data: readonly number[];
}

/** A sink that keeps what it gets. */
export class KeptPart implements PartSink {
  readonly pieces: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

/** The rows of a part as another reader of Parquet sees them. */
export async function rowsOf(part: KeptPart): Promise<MatrixRow[]> {
  const file = arrayBufferOf(part.bytes);
  const rows = await parquetReadObjects({
    file,
    utf8: false,
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
  });
  return rows.map(({ label, data }) => ({ label: String(label), data: [...(data as Uint8Array)] }));
}

export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
