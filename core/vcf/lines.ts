/** Splits text that comes in pieces into lines. LF and CRLF end a line, as in Hadoop's reader that feeds VariantSpark. */

/** Gets a line without its end, and the bytes it takes with it. */
export type LineConsumer = (line: Uint8Array, lineBytes: number) => void;

const LF = 10;
const CR = 13;

export class LineSplitter {
  /** Bytes after the last line end. */
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  push(text: Uint8Array, consume: LineConsumer): void {
    let start = 0;
    for (let end = text.indexOf(LF); end !== -1; end = text.indexOf(LF, start)) {
      const line = this.#joined(text.subarray(start, end));
      this.#clear();
      start = end + 1;
      consume(withoutCr(line), line.length + 1);
    }
    if (start === text.length) return;
    this.#pieces.push(new Uint8Array(text.subarray(start))); // a copy: the caller may reuse its buffer
    this.#pendingBytes += text.length - start;
  }

  /** The beginning of a line that follows the last line end; empty if there is none. */
  peekPending(): Uint8Array {
    return withoutCr(this.#joined(new Uint8Array()));
  }

  takePending(): Uint8Array {
    const line = this.peekPending();
    this.#clear();
    return line;
  }

  #joined(end: Uint8Array): Uint8Array {
    if (this.#pieces.length === 0) return end;
    const line = new Uint8Array(this.#pendingBytes + end.length);
    let at = 0;
    for (const piece of [...this.#pieces, end]) {
      line.set(piece, at);
      at += piece.length;
    }
    return line;
  }

  #clear(): void {
    this.#pieces = [];
    this.#pendingBytes = 0;
  }
}

function withoutCr(line: Uint8Array): Uint8Array {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
