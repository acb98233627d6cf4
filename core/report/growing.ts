/** A typed array that doubles when it runs full. */
export class Growing<A extends Float64Array | Int32Array | Uint32Array | Buffer> {
  array: A;
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.array = make(1024);
  }

  /** The array, with room for so many items. */
  room(length: number): A {
    if (length <= this.array.length) return this.array;
    const larger = this.#make(Math.max(length, 2 * this.array.length));
    larger.set(this.array);
    this.array = larger;
    return larger;
  }
}
