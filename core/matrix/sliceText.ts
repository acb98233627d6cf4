/**
 * The text of one slice: exactly its whole records, wherever the file was cut. Decisions about lines are in
 * sliceTextLines.ts; here bytes become pieces of text, for each kind of file in its own way.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { readAhead } from "../bgzf/readAhead.ts";
import { thousands } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";
import { MatrixError } from "./matrixError.ts";
import type { Slice, SliceSpan } from "./slicePlan.ts";
import { bgzfPieces } from "./sliceTextBgzf.ts";
import { gzipPieces } from "./sliceTextGzip.ts";
import { OwnLines, type PlacedText, recordLines, type TextPiece } from "./sliceTextLines.ts";

export interface SliceText extends AsyncIterable<PlacedText> {
  /** There once the text was read to its end. */
  readonly span: SliceSpan | undefined;
}

/**
 * Whole lines, each ended by LF: CRs before it are dropped, and a last line without an end gets one. Lines that start
 * with "#" are left out. A chunk holds about 1 MiB, or one line; it is **valid only until the next one is asked for**.
 * Costs one read per 8 MiB and one or two at its ends, of which an index spares the first; holds two reads and a chunk in memory.
 *
 * @param maxTextBytes that the slice may inflate to: a gigabyte can become a terabyte between two windows of an inspection
 * @throws MatrixError while it is read: corrupt-gzip, truncated-gzip, bgzf-eof-missing, short-read, line-too-long, text-too-large
 */
export function sliceText(
  source: ByteSource,
  slice: Slice,
  maxTextBytes: number = Number.POSITIVE_INFINITY,
): SliceText {
  const reader = new SliceReader(source, slice, maxTextBytes);
  return {
    [Symbol.asyncIterator]: () => reader.records(),
    get span() {
      return reader.span;
    },
  };
}

class SliceReader {
  span: SliceSpan | undefined;
  readonly #source: ByteSource;
  readonly #slice: Slice;
  readonly #maxTextBytes: number;

  constructor(source: ByteSource, slice: Slice, maxTextBytes: number) {
    this.#source = wholeReads(source);
    this.#slice = slice;
    this.#maxTextBytes = maxTextBytes;
  }

  async *records(): AsyncGenerator<PlacedText> {
    if (this.#slice.end <= this.#slice.start) return;
    const lines = new OwnLines(this.#slice.start === 0);
    let textBytes = 0;
    for await (const piece of this.#pieces()) {
      textBytes += piece.text.length;
      if (textBytes > this.#maxTextBytes) throw tooLarge(piece.byteOffsetAt(0), this.#maxTextBytes);
      if (!piece.isOwn && lines.isSkipping) break;
      for (const chunk of piece.isOwn ? lines.take(piece) : lines.takeBehind(piece)) {
        const records = recordLines(chunk);
        if (records.text.length > 0) yield records;
      }
      if (lines.isComplete) break;
      await nextTurn(); // lets the read under way receive its bytes while this slice keeps the core busy
    }
    const rest = lines.takeRest();
    const last = rest && recordLines(rest);
    if (last && last.text.length > 0) yield last;
    if (this.#slice.kind === "plain") this.span = plainSpan(this.#slice, lines);
  }

  #pieces(): AsyncIterable<TextPiece> {
    const onSpan = (span: SliceSpan) => {
      this.span = span;
    };
    switch (this.#slice.kind) {
      case "bgzf":
        return bgzfPieces(this.#source, this.#slice, onSpan);
      case "gzip":
        return gzipPieces(this.#source, onSpan);
      case "plain":
        return plainPieces(this.#source, this.#slice);
    }
  }
}

async function* plainPieces(source: ByteSource, { start, end }: Slice): AsyncGenerator<TextPiece> {
  for await (const { start: byteOffset, bytes } of readAhead(source, start, end)) {
    const own = bytes.subarray(0, Math.max(0, end - byteOffset));
    if (own.length > 0) yield plainPiece(own, true, byteOffset);
    const behind = bytes.subarray(own.length);
    if (behind.length > 0) yield plainPiece(behind, false, byteOffset + own.length);
  }
}

function plainPiece(text: Uint8Array, isOwn: boolean, byteOffset: number): TextPiece {
  return { text, isOwn, byteOffsetAt: (textOffset) => byteOffset + textOffset };
}

/** Text and file bytes are one here, so that the lines themselves tell; a slice in which no line starts has none. */
function plainSpan(slice: Slice, lines: OwnLines): SliceSpan | undefined {
  if (lines.isSkipping) return undefined;
  const start = slice.start + lines.skippedBytes;
  return { start, end: start + lines.takenBytes };
}

function tooLarge(byteOffset: number, maxTextBytes: number): MatrixError {
  const most = `${thousands(maxTextBytes)} bytes of text`;
  return new MatrixError("text-too-large", byteOffset, `This part of the file inflates to more than ${most}`);
}

/** Refuses a source that gives fewer bytes than it says it has: the text would be shorter in silence. */
function wholeReads(source: ByteSource): ByteSource {
  return {
    byteLength: source.byteLength,
    async slice(start, end) {
      const bytes = await source.slice(start, end);
      const expected = Math.min(end, source.byteLength) - start;
      if (bytes.length === expected) return bytes;
      throw new MatrixError("short-read", start, `Only ${bytes.length} of ${expected} bytes came from this place on`);
    },
  };
}
