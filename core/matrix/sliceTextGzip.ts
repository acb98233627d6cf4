/** The text of a gzip file that is no BGZF, of one member or many: it can be read from its start only, as one slice. */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { readAhead } from "../bgzf/readAhead.ts";
import type { ByteSource } from "../study/byteSource.ts";
import { MatrixError } from "./matrixError.ts";
import type { SliceSpan } from "./slicePlan.ts";
import type { TextPiece } from "./sliceTextLines.ts";

const TEXT_PIECE_BYTES = 2 ** 20;

/** @param onSpan told at the end of the file */
export async function* gzipPieces(source: ByteSource, onSpan: (span: SliceSpan) => void): AsyncGenerator<TextPiece> {
  const gunzip = createGunzip({ chunkSize: TEXT_PIECE_BYTES });
  pipeline(Readable.from(compressedBytes(source)), gunzip, () => undefined); // errors reach the loop through gunzip
  try {
    for await (const text of gunzip as AsyncIterable<Uint8Array>) {
      const byteOffset = gunzip.bytesWritten; // the text has been compressed to bytes before it
      yield { text, isOwn: true, byteOffsetAt: () => byteOffset };
    }
  } catch (error) {
    throw asMatrixError(error, gunzip.bytesWritten);
  }
  // Node takes a zero behind a member for padding and stops there; Hadoop refuses it, and more members may follow.
  if (gunzip.bytesWritten < source.byteLength) throw corrupt(gunzip.bytesWritten);
  onSpan({ start: 0, end: source.byteLength });
}

async function* compressedBytes(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of readAhead(source, 0, source.byteLength)) yield bytes;
}

/** zlib tells an early end from wrong bytes by Z_BUF_ERROR; other errors are the source's own. */
function asMatrixError(error: unknown, byteOffset: number): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "Z_BUF_ERROR") {
    return new MatrixError("truncated-gzip", byteOffset, "The file ends within a gzip member", { cause: error });
  }
  return code.startsWith("Z_") ? corrupt(byteOffset, error) : error;
}

function corrupt(byteOffset: number, cause?: unknown): MatrixError {
  const detail = "A gzip member does not inflate to what its checksum says, or something else follows it";
  return new MatrixError("corrupt-gzip", byteOffset, detail, { cause });
}
