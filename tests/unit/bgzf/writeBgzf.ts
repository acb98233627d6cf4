/** A small BGZF writer (SAM specification §4.1), so that tests can build inputs of every shape. */
import { crc32, deflateRawSync } from "node:zlib";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";

/** @param blockTextBytes text per block; bgzip's is 65,280 */
export function writeBgzf(text: Uint8Array, blockTextBytes = 65_280): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += blockTextBytes)
    blocks.push(bgzfBlock(text.subarray(at, at + blockTextBytes)));
  return Buffer.concat([...blocks, BGZF_EOF]);
}

/** @param level 0 = stored, so that the text stands in the block as it is */
export function bgzfBlock(text: Uint8Array, level = 6): Buffer {
  const data = deflateRawSync(text, { level });
  const block = Buffer.alloc(18 + data.length + 8);
  block.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0]);
  block.writeUInt16LE(block.length - 1, 16);
  block.set(data, 18);
  block.writeUInt32LE(crc32(text), 18 + data.length);
  block.writeUInt32LE(text.length, 22 + data.length);
  return block;
}
