import { describe, expect, test } from "vitest";
import { BlockInflater } from "../../../core/bgzf/blockInflater.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";
import { bgzfOf } from "./blockBytes.ts";

const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `${index}\t0|1\t${index % 7}\n`).join(""));

describe.each([
  ["zlib's handle", true],
  ["what Node documents alone", false],
])("a run of blocks inflated by %s", (_, wantsHandle) => {
  function inflated(bytes: Uint8Array, textBytes: number, again = 1): string | undefined {
    const inflater = new BlockInflater(undefined, wantsHandle);
    let result: string | undefined;
    for (let time = 0; time < again; time += 1) {
      result = inflater.inflate(bytes, 0, bytes.length, textBytes)?.toString();
    }
    inflater.close();
    return result;
  }

  test("gives the text, again and again, empty blocks included", () => {
    const { bytes } = bgzfOf(text, [
      { textBytes: 9_000, level: 6 },
      { textBytes: 0, level: 6 },
      { textBytes: 1, level: 0 },
    ]);
    expect(inflated(bytes, text.length, 3)).toBe(text.toString());
    expect(inflated(bgzfBlock(Buffer.alloc(0), 6), 0, 3)).toBe("");
  });

  test("gives nothing if any byte of its data or checks is changed", () => {
    const bytes = Buffer.concat([bgzfBlock(text.subarray(0, 300), 6), bgzfBlock(text.subarray(300, 600), 6)]);
    const size = bytes.readUInt16LE(16) + 1;
    // The last byte of the data holds bits that mean nothing.
    const places = [...Array(size - 18).keys()].map((at) => 18 + at).filter((at) => at !== size - 9);
    const harmless = places.filter((at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      return inflated(changed, 600) !== undefined;
    });
    expect(harmless).toEqual([]);
  });

  test.each([
    ["more text is there than told", 599],
    ["less text is there than told", 601],
  ])("gives nothing if %s", (_case, textBytes) => {
    expect(inflated(bgzfBlock(text.subarray(0, 600), 6), textBytes)).toBeUndefined();
  });

  test("gives nothing if a block's data do not end", () => {
    const block = bgzfBlock(text.subarray(0, 600), 6);
    expect(inflated(block.subarray(0, -12), 600)).toBeUndefined();
    expect(inflated(Buffer.concat([block, Buffer.alloc(5)]), 600)).toBeUndefined();
  });
});

test("this Node has the handle that makes it fast", () => {
  const inflater = new BlockInflater();
  const block = bgzfBlock(text.subarray(0, 100), 6);
  const first = inflater.inflate(block, 0, block.length, 100);
  expect(inflater.inflate(block, 0, block.length, 100)?.buffer).toBe(first?.buffer);
  inflater.close();
});
