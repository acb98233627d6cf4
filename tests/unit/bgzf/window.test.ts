import { expect, test } from "vitest";
import { blockAt } from "../../../core/bgzf/block.ts";
import { BlockInflater } from "../../../core/bgzf/blockInflater.ts";
import { inflateWindow } from "../../../core/bgzf/window.ts";
import { bgzfBlock } from "./writeBgzf.ts";

const ENOUGH = Number.POSITIVE_INFINITY;
const block = bgzfBlock(Buffer.from("text".repeat(20)));
/** The same with an extra subfield of 500 bytes behind the one that holds its size. */
const long = withExtra(block, 500);

test.each([
  ["a block", block],
  ["a block with a long header", long],
])("a window that ends anywhere within %s is cut and not corrupt", (_, last) => {
  expect(blockAt(last, 0)?.end).toBe(last.length);
  for (let bytes = 0; bytes < last.length; bytes += 1) {
    const window = inflateWindow(Buffer.concat([block, block, last.subarray(0, bytes)]), ENOUGH, new BlockInflater());
    expect(window?.kind).toBe(bytes === 0 ? "whole" : "cut");
    expect(window?.end).toBe(2 * block.length);
  }
});

test.each([
  ["other bytes", Buffer.alloc(30, 7)],
  ["a few other bytes", Buffer.alloc(3, 7)],
  ["a block that was changed", Buffer.from(block).fill(0, 20, 30)],
])("a window in which %s follow a block is corrupt", (_, rest) => {
  expect(inflateWindow(Buffer.concat([block, block, rest]), ENOUGH, new BlockInflater())?.kind).toBe("corrupt");
});

function withExtra(source: Buffer, bytes: number): Buffer {
  const extra = Buffer.alloc(4 + bytes);
  extra.set([0x50, 0x44, bytes & 0xff, bytes >> 8]);
  const made = Buffer.concat([source.subarray(0, 18), extra, source.subarray(18)]);
  made.writeUInt16LE(6 + extra.length, 10);
  made.writeUInt16LE(made.length - 1, 16);
  return made;
}
