/**
 * Which lines of text cut anywhere belong to a slice, and what of them is records. The rule, as in Hadoop: a line
 * belongs to the slice in which it starts, and a line that starts exactly at a cut to the slice before it. So every
 * slice but the first skips to behind its first line end, and reads on to the first line end at or behind its own end.
 */
import { MatrixError } from "./matrixError.ts";

/** A piece of text in the file's order, valid until the next one is asked for. */
export interface TextPiece {
  readonly text: Uint8Array;
  /** Whether it lies before the slice's end; pieces behind it only complete its last line. */
  readonly isOwn: boolean;
  /** Offset of (the block of) its first byte in the file. */
  readonly byteOffset: number;
}

const LF = 10;
const CR = 13;
const HASH = 35;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** A million samples with 60 bytes each fit four times. */
const MAX_LINE_BYTES = 256 * 2 ** 20;

export class OwnLines {
  /** Text behind the last line end, copied, for the pieces' memory is used again. */
  #carried: Uint8Array[] = [];
  #carriedBytes = 0;
  #isSkipping: boolean;
  #isComplete = false;
  skippedBytes = 0;
  /** Bytes of the lines handed out. */
  takenBytes = 0;

  /** @param startsFile the slice starts where the file starts, so that its first line is its own */
  constructor(startsFile: boolean) {
    this.#isSkipping = !startsFile;
  }

  /** No line of the slice has started yet. */
  get isSkipping(): boolean {
    return this.#isSkipping;
  }

  /** The last line has ended. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The whole lines that end in the next piece of the slice's own text. */
  *take(piece: TextPiece): Generator<Uint8Array> {
    const text = asBuffer(piece.text);
    const start = this.#skip(text);
    const end = text.lastIndexOf(LF) + 1;
    if (end <= start) return this.#carry(text.subarray(start), piece.byteOffset);
    // Joining one line costs less than moving all that follow it.
    const firstEnd = this.#carriedBytes > 0 ? text.indexOf(LF, start) + 1 : start;
    if (firstEnd > start) yield this.#joined(text.subarray(start, firstEnd));
    if (end > firstEnd) yield this.#taken(text.subarray(firstEnd, end));
    this.#carry(text.subarray(end), piece.byteOffset);
  }

  /** The end of the slice's last line, if it is in this piece of the text behind the slice. */
  *takeBehind(piece: TextPiece): Generator<Uint8Array> {
    const text = asBuffer(piece.text);
    const end = text.indexOf(LF) + 1;
    if (end === 0) return this.#carry(text, piece.byteOffset);
    this.#isComplete = true;
    yield this.#joined(text.subarray(0, end));
  }

  /** A last line without a line end, which it gets, or nothing; only once the file has ended. */
  takeRest(): Uint8Array {
    if (this.#carriedBytes === 0) return new Uint8Array();
    const line = this.#joined(Uint8Array.of(LF));
    this.takenBytes -= 1;
    return line;
  }

  #skip(text: Buffer): number {
    if (!this.#isSkipping) return 0;
    const lineEnd = text.indexOf(LF);
    const skipped = lineEnd === -1 ? text.length : lineEnd + 1;
    this.#isSkipping = lineEnd === -1;
    this.skippedBytes += skipped;
    return skipped;
  }

  #carry(text: Uint8Array, byteOffset: number): void {
    if (text.length === 0) return;
    this.#carriedBytes += text.length;
    if (this.#carriedBytes > MAX_LINE_BYTES) {
      throw new MatrixError("line-too-long", byteOffset, `A line has more than ${MAX_LINE_BYTES} bytes`);
    }
    this.#carried.push(Uint8Array.from(text));
  }

  #joined(end: Uint8Array): Uint8Array {
    const lines = this.#carriedBytes === 0 ? end : Buffer.concat([...this.#carried, end]);
    this.#carried = [];
    this.#carriedBytes = 0;
    return this.#taken(lines);
  }

  #taken(lines: Uint8Array): Uint8Array {
    this.takenBytes += lines.length;
    return lines;
  }
}

/** Whole lines without those of the header and without CRs before LFs. Text that has neither is handed through. */
export function recordLines(lines: Uint8Array): Uint8Array {
  return withoutCarriageReturns(withoutHeaderLines(asBuffer(lines)));
}

/** A header line starts with "#", the file's first one perhaps with a byte order mark before it. */
function withoutHeaderLines(lines: Buffer): Buffer {
  const kept: Buffer[] = [];
  let keptEnd = 0;
  for (let hash = lines.indexOf(HASH); hash !== -1; hash = lines.indexOf(HASH, hash + 1)) {
    const isMarked = hash === 3 && BYTE_ORDER_MARK.every((byte, index) => lines[index] === byte);
    if (hash > 0 && lines[hash - 1] !== LF && !isMarked) continue;
    kept.push(lines.subarray(keptEnd, isMarked ? 0 : hash));
    hash = lines.indexOf(LF, hash);
    keptEnd = hash + 1;
  }
  return kept.length === 0 ? lines : Buffer.concat([...kept, lines.subarray(keptEnd)]);
}

function withoutCarriageReturns(lines: Buffer): Buffer {
  const kept: Buffer[] = [];
  let keptEnd = 0;
  for (let at = lines.indexOf(CR); at !== -1; at = lines.indexOf(CR, at + 1)) {
    if (lines[at + 1] !== LF) continue;
    kept.push(lines.subarray(keptEnd, at));
    keptEnd = at + 1;
  }
  return kept.length === 0 ? lines : Buffer.concat([...kept, lines.subarray(keptEnd)]);
}

/** Buffer's indexOf is 25 times as fast as that of Uint8Array (94 against 3.6 GB/s, Node 24.21). */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
