/** Names of contigs by number, found by their bytes: a string for each of 10 million rows would cost a second. */
export class Contigs {
  /** Names that collide from one seed, as a file could bring by the million, do not from another. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #names: Buffer[] = [];
  readonly #byHash = new Map<number, number[]>();

  /** Of the name that stands there; a new one gets the next number. */
  index(bytes: Buffer, start: number, end: number): number {
    const hash = hashOf(this.#seed, bytes, start, end);
    const known = this.#byHash.get(hash) ?? [];
    for (const index of known) if (isName(this.#names[index], bytes, start, end)) return index;
    const next = this.#names.push(Buffer.from(bytes.subarray(start, end))) - 1;
    this.#byHash.set(hash, [...known, next]);
    return next;
  }

  get count(): number {
    return this.#names.length;
  }

  names(): string[] {
    return this.#names.map((name) => name.toString("utf8"));
  }
}

/** FNV-1a, 32 bits, from a seed of its own. */
function hashOf(seed: number, bytes: Buffer, start: number, end: number): number {
  let hash = seed;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash;
}

function isName(name: Buffer | undefined, bytes: Buffer, start: number, end: number): boolean {
  if (name?.length !== end - start) return false;
  for (let at = start; at < end; at++) if (name[at - start] !== bytes[at]) return false;
  return true;
}
