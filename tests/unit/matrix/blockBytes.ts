/** BGZF files of every shape: blocks of any size and compression level, empty ones in the middle, planted headers. */
import fc from "fast-check";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import type { ByteSource } from "../../../core/study/byteSource.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";

export interface BlockShape {
  /** Text in the block; 0 makes the empty block that also closes a file. */
  readonly textBytes: number;
  readonly level: number;
}

/** Cuts the text into blocks of these shapes, over and over, and closes the file. */
export function bgzfOf(text: Uint8Array, shapes: readonly BlockShape[]): { bytes: Buffer; starts: number[] } {
  const blocks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const { textBytes, level } = shapes[index % shapes.length] ?? { textBytes: 1000, level: 6 };
    blocks.push(textBytes === 0 ? BGZF_EOF : bgzfBlock(text.subarray(at, at + textBytes), level));
    at += textBytes;
  }
  blocks.push(BGZF_EOF);
  let start = 0;
  const starts = blocks.map((block) => {
    start += block.length;
    return start - block.length;
  });
  return { bytes: Buffer.concat(blocks), starts };
}

/** At least one block holds text. */
export const blockShapes: fc.Arbitrary<BlockShape[]> = fc
  .array(fc.record({ textBytes: fc.constantFrom(0, 1, 7, 100, 1_000, 65_280), level: fc.constantFrom(0, 1, 6) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((shapes) => [...shapes, { textBytes: 500, level: 6 }]);

export function sourceOf(bytes: Uint8Array): ByteSource & { readonly reads: [start: number, end: number][] } {
  const reads: [number, number][] = [];
  return {
    byteLength: bytes.length,
    reads,
    slice: async (start, end) => {
      reads.push([start, end]);
      return bytes.slice(start, end);
    },
  };
}
