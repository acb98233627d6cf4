import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BGZF_EOF, blockAt, findBlock, inflateBlock } from "../../../core/bgzf/block.ts";
import { BlockInflater } from "../../../core/bgzf/blockInflater.ts";
import { compressionOf } from "../../../core/bgzf/compression.ts";
import { inflateWindow } from "../../../core/bgzf/window.ts";
import { writeBgzf } from "./writeBgzf.ts";

const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index} ${index ** 2}\n`).join(""));

describe("compression is told by content", () => {
  test.each([
    ["text is not compressed", Buffer.from("##fileformat=VCFv4.2\n"), "none"],
    ["no bytes are not compressed", Buffer.alloc(0), "none"],
    ["gzip without extra fields is gzip", gzipSync("x"), "gzip"],
    ["the first two bytes of gzip are gzip", Buffer.from([0x1f, 0x8b]), "gzip"],
    ["gzip with another extra subfield is gzip", withExtra([0x58, 0x58, 2, 0, 1, 2]), "gzip"],
    ["BGZF is told by its BC subfield", writeBgzf(text), "bgzf"],
    ["a BC subfield behind another one counts", withExtra([0x58, 0x58, 1, 0, 9, 0x42, 0x43, 2, 0, 0x60, 0]), "bgzf"],
    ["the empty BGZF file is BGZF", BGZF_EOF, "bgzf"],
  ])("%s", (_, bytes, expected) => {
    expect(compressionOf(bytes)).toBe(expected);
  });
});

describe("BGZF blocks", () => {
  test("each block leads to the next, to the file's end", () => {
    const bytes = writeBgzf(text, 10_000);
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (let block = blockAt(bytes, at); block; block = blockAt(bytes, at)) {
      const piece = inflateBlock(bytes, block);
      if (piece) pieces.push(piece);
      at = block.end;
    }
    expect(at).toBe(bytes.length);
    expect(Buffer.concat(pieces).equals(text)).toBe(true);
  });

  test("a block is found from any byte before it", () => {
    const bytes = writeBgzf(text, 10_000);
    const second = blockAt(bytes, 0)?.end;
    for (let from = 1; from <= (second ?? 0); from += 97) expect(findBlock(bytes, from)?.start).toBe(second);
  });

  test("a changed byte of the data or the checksum makes a block unsound", () => {
    const bytes = writeBgzf(text.subarray(0, 1000));
    const block = blockAt(bytes, 0);
    if (!block) throw new Error("no block was written");
    for (const at of [block.dataStart + 5, block.end - 8, block.end - 4]) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(inflateBlock(changed, block)).toBeUndefined();
    }
  });
});

describe("a window cut out of a BGZF file", () => {
  const bytes = writeBgzf(text, 10_000);
  const ENOUGH = Number.POSITIVE_INFINITY;

  test("gives the text of its whole blocks wherever it is cut", () => {
    for (let start = 1; start < bytes.length - 40_000; start += 3_001) {
      const window = inflateWindow(bytes.subarray(start, start + 40_000), ENOUGH, new BlockInflater());
      expect(window?.kind).toBe("cut");
      expect(text.includes(Buffer.concat(window?.pieces ?? []))).toBe(true);
    }
  });

  test("tells the size of all its text when only the first of it is wanted", () => {
    const all = inflateWindow(bytes, ENOUGH, new BlockInflater());
    const first = inflateWindow(bytes, 25_000, new BlockInflater());
    expect(all).toMatchObject({ kind: "whole", isInflated: true, textBytes: text.length });
    expect(first).toMatchObject({ kind: "whole", isInflated: false, textBytes: text.length, end: bytes.length });
    expect(Buffer.concat(first?.pieces ?? []).equals(text.subarray(0, 30_000))).toBe(true);
  });

  test("is corrupt where a block that is not inflated says to hold more than a block can", () => {
    const first = blockAt(bytes, 0);
    const changed = bytes.slice();
    changed[(blockAt(bytes, first?.end ?? 0)?.end ?? 0) - 2] = 1;
    expect(inflateWindow(changed, 1, new BlockInflater())).toMatchObject({ kind: "corrupt", end: first?.end });
  });

  test("holds no block if it lies within one", () => {
    expect(inflateWindow(bytes.subarray(1, 500), ENOUGH, new BlockInflater())).toBeUndefined();
  });

  test("ends where a block is corrupt", () => {
    const first = blockAt(bytes, 0);
    const second = first && blockAt(bytes, first.end);
    if (!second) throw new Error("no second block was written");
    const changed = bytes.slice();
    changed.fill(0xff, second.dataStart + 10, second.dataStart + 60);
    expect(inflateWindow(changed, ENOUGH, new BlockInflater())).toMatchObject({ kind: "corrupt", end: second.start });
  });
});

/** A gzip member whose header carries these extra subfields. */
function withExtra(subfields: readonly number[]): Uint8Array {
  const plain = gzipSync("x".repeat(100));
  return Buffer.concat([
    Uint8Array.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, subfields.length, 0, ...subfields]),
    plain.subarray(10),
  ]);
}
