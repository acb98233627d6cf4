/**
 * A jar as a list of entries, and a jar with the content of some entries replaced. Everything that is not replaced is
 * carried over as the bytes it was (headers, compressed data, extra fields, attributes, times), because repacking
 * changes more than content: a writer such as yazl marks entries as made on Unix with its own version and drops extra
 * fields, and it would deflate 17,162 entries anew where 47 changed. Fields are those of PKWARE's APPNOTE 6.3.10,
 * sections 4.3.7 to 4.3.16.
 */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { type Entry, fromBufferPromise } from "yauzl";

export interface JarEntry {
  readonly name: string;
  /** Uncompressed bytes. Its check sum is verified. @throws NotAJar when they do not match. */
  content(): Uint8Array;
  /** Offset of the local file header, and of the data after it. */
  readonly headerStart: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly method: number;
  readonly hasDataDescriptor: boolean;
}

/** The bytes are not a whole ZIP archive of the kind jars are; the message says what is wrong. */
class NotAJar extends Error {
  override readonly name = "NotAJar";
}

/** Entries in the order of the central directory. @throws NotAJar */
export async function readJar(jar: Uint8Array): Promise<readonly JarEntry[]> {
  const bytes = asBuffer(jar);
  const entries: JarEntry[] = [];
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true });
    for await (const entry of zip.eachEntry()) entries.push(jarEntry(bytes, entry));
  } catch (error) {
    if (error instanceof NotAJar) throw error;
    throw new NotAJar(`not a jar: ${messageOf(error)}`, { cause: error });
  }
  return entries;
}

/**
 * The jar with the content of some of its entries replaced; their compression method stays.
 * @throws NotAJar for what jars of libraries never are: ZIP64, or data stored in another order than the directory's.
 */
export function replaceEntries(
  jar: Uint8Array,
  entries: readonly JarEntry[],
  replacements: ReadonlyMap<JarEntry, Uint8Array>,
): Uint8Array {
  const bytes = asBuffer(jar);
  const endRecord = endRecordStart(bytes);
  const directoryStart = bytes.readUInt32LE(endRecord + 16);
  const directory = Buffer.from(bytes.subarray(directoryStart)); // and the end record
  const regions: Buffer[] = [];
  let read = 0;
  let written = 0;
  let record = 0;
  for (const [index, entry] of entries.entries()) {
    const regionEnd = entries[index + 1]?.headerStart ?? directoryStart;
    if (entry.headerStart !== read || regionEnd < entry.dataEnd)
      throw new NotAJar(`not a jar that can be edited: ${entry.name} is not stored in the directory's order`);
    directory.writeUInt32LE(written, record + 42);
    const region = bytes.subarray(read, regionEnd);
    const content = replacements.get(entry);
    const newRegion = content ? rewrittenRegion(entry, region, content, directory.subarray(record)) : region;
    regions.push(newRegion);
    read = regionEnd;
    written += newRegion.length;
    record += directoryRecordBytes(directory, record);
  }
  directory.writeUInt32LE(written, endRecord - directoryStart + 16);
  return Buffer.concat([...regions, directory]);
}

const LOCAL_HEADER = 0x04034b50;
const END_RECORD = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;
const DATA_DESCRIPTOR = 0x0008;

function jarEntry(bytes: Buffer, entry: Entry): JarEntry {
  const headerStart = entry.relativeOffsetOfLocalHeader;
  if (headerStart + 30 > bytes.length || bytes.readUInt32LE(headerStart) !== LOCAL_HEADER)
    throw new NotAJar(`not a jar: no local header for ${entry.fileName} at byte ${headerStart}`);
  if (entry.isEncrypted() || (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED))
    throw new NotAJar(`not a jar: ${entry.fileName} is encrypted or packed by method ${entry.compressionMethod}`);
  const dataStart = headerStart + 30 + bytes.readUInt16LE(headerStart + 26) + bytes.readUInt16LE(headerStart + 28);
  const dataEnd = dataStart + entry.compressedSize;
  return {
    name: entry.fileName,
    headerStart,
    dataStart,
    dataEnd,
    method: entry.compressionMethod,
    hasDataDescriptor: (entry.generalPurposeBitFlag & DATA_DESCRIPTOR) !== 0,
    content: () => unpack(entry, bytes.subarray(dataStart, dataEnd)),
  };
}

function unpack(entry: Entry, data: Buffer): Uint8Array {
  let content: Buffer;
  try {
    content = entry.compressionMethod === STORED ? data : inflateRawSync(data);
  } catch (error) {
    throw new NotAJar(`the jar is damaged: ${entry.fileName} does not unpack: ${messageOf(error)}`, { cause: error });
  }
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32)
    throw new NotAJar(`the jar is damaged: the check sum of ${entry.fileName} does not match`);
  return content;
}

/** Local header, data and data descriptor with the new content; the sizes and check sum of `record` are set as well. */
function rewrittenRegion(entry: JarEntry, region: Buffer, content: Uint8Array, record: Buffer): Buffer {
  const data = entry.method === STORED ? asBuffer(content) : deflateRawSync(content);
  const header = Buffer.from(region.subarray(0, entry.dataStart - entry.headerStart));
  const rest = Buffer.from(region.subarray(entry.dataEnd - entry.headerStart));
  writeSums(record, 16, content, data);
  if (!entry.hasDataDescriptor) writeSums(header, 14, content, data);
  // Its signature is optional, so it is found from its end (APPNOTE 4.3.9.3).
  else writeSums(rest, rest.length - 12, content, data);
  return Buffer.concat([header, data, rest]);
}

function writeSums(target: Buffer, at: number, content: Uint8Array, data: Uint8Array): void {
  target.writeUInt32LE(crc32(content), at);
  target.writeUInt32LE(data.length, at + 4);
  target.writeUInt32LE(content.length, at + 8);
}

function directoryRecordBytes(directory: Buffer, at: number): number {
  return 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
}

/** Searched backwards because a comment of any length may follow; yauzl has checked that it is there. */
function endRecordStart(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= 0; at--) {
    if (bytes.readUInt32LE(at) !== END_RECORD) continue;
    if (bytes.readUInt16LE(at + 10) === 0xffff || bytes.readUInt32LE(at + 16) === 0xffffffff)
      throw new NotAJar("not a jar that can be edited: it is a ZIP64 archive");
    return at;
  }
  throw new NotAJar("not a jar: no end of central directory");
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
