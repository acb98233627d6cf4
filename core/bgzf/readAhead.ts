import type { ByteSource } from "../study/byteSource.ts";

/** 8 MiB: one request costs S3 about 30 ms before its first byte, which such a read takes several times over. */
const READ_BYTES = 8 * 2 ** 20;
/** What is read behind the wanted end at first: the rest of a BGZF block, and mostly that of a line. */
const FIRST_MARGIN_BYTES = 128 * 2 ** 10;

export interface Read {
  /** Offset of the first byte in the object. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads an object from `start` on, in bounded ranges, the next one under way while the last is worked on. Up to
 * `wantedEnd` and a margin it reads ahead; behind that only when asked, in growing ranges, to the object's end.
 * Memory: two ranges. Yields nothing at the end; a source that gives fewer bytes than it has shows as a short range.
 */
export async function* readAhead(source: ByteSource, start: number, wantedEnd: number): AsyncGenerator<Read> {
  const eagerEnd = Math.min(wantedEnd + FIRST_MARGIN_BYTES, source.byteLength);
  let next = start < eagerEnd ? readFrom(source, start, Math.min(start + READ_BYTES, eagerEnd)) : undefined;
  let lazyBytes = 2 * FIRST_MARGIN_BYTES;
  let at = Math.min(start + READ_BYTES, eagerEnd);
  while (next !== undefined) {
    const read: Read = await next;
    const end = Math.min(at + READ_BYTES, eagerEnd);
    next = at < eagerEnd ? readFrom(source, at, end) : undefined;
    at = Math.max(at, end);
    yield read;
  }
  while (at < source.byteLength) {
    const end = Math.min(at + lazyBytes, source.byteLength);
    yield await readFrom(source, at, end);
    at = end;
    lazyBytes = Math.min(2 * lazyBytes, READ_BYTES);
  }
}

function readFrom(source: ByteSource, start: number, end: number): Promise<Read> {
  const read = source.slice(start, end).then((bytes) => ({ start, bytes }));
  read.catch(() => undefined); // seen by whoever awaits it; nobody may, if the reader stops first
  return read;
}
