/**
 * Inflates the gzip members (RFC 1952) at the start of a file, of which only a first part may be there. Members that
 * are complete BGZF blocks are inflated at once; all others are streamed, so that memory stays at a chunk even when a
 * small file inflates to gigabytes. Unlike zlib's own gunzip, it tells "goes on beyond these bytes" from "corrupt",
 * and names the member.
 */
import { constants, crc32, createInflateRaw } from "node:zlib";
import { blockAt } from "./block.ts";
import { BlockInflater, inflateRun, MAX_RUN_TEXT_BYTES } from "./blockInflater.ts";

export interface Inflated {
  /** partial = the bytes end within a member; stopped = the consumer wanted no more. */
  readonly kind: "complete" | "partial" | "corrupt" | "stopped";
  /** Offset of the member in which it ended so. */
  readonly memberStart: number;
  /** Compressed bytes from which the text handed out came. */
  readonly compressedBytes: number;
  readonly members: number;
}

/** Takes a piece of text; false = no more, please. */
export type TextConsumer = (text: Uint8Array) => boolean;

/** Hands the text of `bytes` to `consume`, piece by piece and in order. */
export async function inflateMembers(bytes: Uint8Array, consume: TextConsumer): Promise<Inflated> {
  const inflater = new BlockInflater();
  try {
    return await inflateFrom(bytes, consume, inflater);
  } finally {
    inflater.close();
  }
}

async function inflateFrom(bytes: Uint8Array, consume: TextConsumer, inflater: BlockInflater): Promise<Inflated> {
  let memberStart = 0;
  let members = 0;
  for (;;) {
    const at = (kind: Inflated["kind"], compressedBytes: number): Inflated => ({
      kind,
      memberStart,
      compressedBytes,
      members,
    });
    if (memberStart === bytes.length) return at("complete", memberStart);
    const member = inflateBlocks(bytes, memberStart, consume, inflater) ?? {
      members: 1,
      ...(await inflateMember(bytes, memberStart, consume)),
    };
    if (member.kind !== "complete") return at(member.kind, member.end);
    memberStart = member.end;
    members += member.members;
  }
}

interface Member {
  readonly kind: Inflated["kind"];
  /** Offset after the last compressed byte used. */
  readonly end: number;
}

interface Members extends Member {
  readonly members: number;
}

const TRAILER_BYTES = 8;

function inflateBlocks(
  bytes: Uint8Array,
  start: number,
  consume: TextConsumer,
  inflater: BlockInflater,
): Members | undefined {
  const block = blockAt(bytes, start);
  if (block === undefined || block.end > bytes.length) return undefined;
  const run = inflateRun(bytes, block, MAX_RUN_TEXT_BYTES, inflater);
  if (run === undefined) return { kind: "corrupt", end: start, members: 0 };
  return { kind: consume(run.text) ? "complete" : "stopped", end: run.end, members: run.blocks };
}

async function inflateMember(bytes: Uint8Array, start: number, consume: TextConsumer): Promise<Member> {
  const header = memberHeader(bytes, start);
  if (header.kind !== "complete") return header;
  // Z_SYNC_FLUSH: input that ends early is an end, not an error; what is missing shows in the count of bytes used.
  const inflater = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  inflater.end(bytes.subarray(header.end));
  let checksum = 0;
  let textBytes = 0;
  try {
    for await (const text of inflater as AsyncIterable<Uint8Array>) {
      checksum = crc32(text, checksum);
      textBytes += text.length;
      if (!consume(text)) return { kind: "stopped", end: header.end + inflater.bytesWritten };
    }
  } catch {
    return { kind: "corrupt", end: header.end + inflater.bytesWritten };
  }
  const dataEnd = header.end + inflater.bytesWritten;
  if (dataEnd + TRAILER_BYTES > bytes.length) return { kind: "partial", end: dataEnd };
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + dataEnd, TRAILER_BYTES);
  const isSound = trailer.getUint32(0, true) === checksum && trailer.getUint32(4, true) === textBytes % 2 ** 32;
  return isSound ? { kind: "complete", end: dataEnd + TRAILER_BYTES } : { kind: "corrupt", end: dataEnd };
}

/** Where the deflate data of the member at `start` begins: its header holds optional fields (RFC 1952 §2.3.1). */
function memberHeader(bytes: Uint8Array, start: number): Member {
  const partial: Member = { kind: "partial", end: start };
  const magic = [0x1f, 0x8b, 8];
  for (const [index, byte] of magic.entries()) {
    if (start + index >= bytes.length) return partial;
    if (bytes[start + index] !== byte) return { kind: "corrupt", end: start };
  }
  const flags = bytes[start + 3] ?? 0;
  let at = start + 10;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const zero = bytes.indexOf(0, at);
    if (zero === -1) return partial;
    at = zero + 1;
  }
  if (flags & 2) at += 2;
  return at >= bytes.length ? partial : { kind: "complete", end: at };
}
