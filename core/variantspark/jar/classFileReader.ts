/** The bytes are not a whole, well-formed class file; the message says at which byte reading stopped. */
export class MalformedClassFile extends Error {
  override readonly name = "MalformedClassFile";
}

/** Big-endian cursor that names the place where a file ends too early. */
export class ClassFileReader {
  position = 0;
  readonly length: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.byteLength;
  }

  skip(count: number): void {
    this.#take(count);
  }

  u1(): number {
    return this.u1At(this.#take(1));
  }

  u2(): number {
    return this.u2At(this.#take(2));
  }

  u4(): number {
    return this.#view.getUint32(this.#take(4));
  }

  u1At(offset: number): number {
    return this.#view.getUint8(offset);
  }

  u2At(offset: number): number {
    return this.#view.getUint16(offset);
  }

  latin1At(offset: number, length: number): string {
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + offset, length).toString("latin1");
  }

  #take(count: number): number {
    const start = this.position;
    if (start + count > this.length)
      throw new MalformedClassFile(
        `the class file is cut off: it ends at byte ${this.length}, inside what begins at ${start}`,
      );
    this.position = start + count;
    return start;
  }
}
