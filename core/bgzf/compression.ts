import { blockAt } from "./block.ts";

export type Compression = "none" | "gzip" | "bgzf";

/** How a file is compressed, told by its first bytes and never by its name. Needs the first 64 bytes. */
export function compressionOf(bytes: Uint8Array): Compression {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return "none";
  return blockAt(bytes, 0) ? "bgzf" : "gzip";
}
