/**
 * Random access to the bytes of one immutable object. The only way in which core sees a file: the S3 adapter, a local
 * file and a test's array all look like this, so tests can count the reads and bytes that inspection costs.
 */
export interface ByteSource {
  /** Length of the object in bytes. */
  readonly byteLength: number;
  /** Bytes [start, end), 0-based half-open; one request. Ends past the object's end are clamped. */
  slice(start: number, end: number): Promise<Uint8Array>;
}
