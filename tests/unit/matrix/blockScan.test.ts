import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import { findBlockStart } from "../../../core/matrix/blockScan.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";
import { bgzfOf, blockShapes, sourceOf } from "./blockBytes.ts";

const text = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `22\t${index}\t${index ** 3}\n`).join(""));
const nextStart = (starts: readonly number[], cut: number, byteLength: number) =>
  starts.find((start) => start >= cut) ?? byteLength;

describe("the first block behind a cut", () => {
  test("is found from every byte of a small file", async () => {
    const { bytes, starts } = bgzfOf(text.subarray(0, 3_000), [{ textBytes: 700, level: 6 }]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await findBlockStart(sourceOf(bytes), cut)).toBe(nextStart(starts, cut, bytes.length));
    }
  });

  test("is found wherever blocks of any size lie, with one read of at most 256 KiB", async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(blockShapes, fc.nat(text.length), share, async (shapes, length, at) => {
        const { bytes, starts } = bgzfOf(text.subarray(0, length), shapes);
        const cut = Math.floor(at * bytes.length);
        const source = sourceOf(bytes);
        expect(await findBlockStart(source, cut)).toBe(nextStart(starts, cut, bytes.length));
        expect(source.reads.length).toBeLessThanOrEqual(1);
        for (const [start, end] of source.reads) expect(end - start).toBeLessThanOrEqual(256 * 1024);
      }),
      { numRuns: 200 },
    );
  });

  test("is not a header that chance, or somebody, has put into the data", async () => {
    // A header whose BSIZE leads anywhere, also exactly to the real block behind it.
    const planted = fc.record({
      at: fc.nat(60_000),
      blockBytes: fc.integer({ min: 1, max: 65_536 }),
      leadsToNext: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(planted, { maxLength: 8 }), fc.nat(60_000), async (plants, cutWithin) => {
        const stored = Buffer.from(text.subarray(0, 65_000));
        for (const { at, blockBytes, leadsToNext } of plants) {
          const toNext = 65_000 - at + 8;
          stored.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0], at);
          stored.writeUInt16LE((leadsToNext ? toNext : blockBytes) - 1, at + 16);
        }
        const first = bgzfBlock(stored, 0);
        const bytes = Buffer.concat([first, bgzfBlock(text.subarray(0, 60_000), 6), BGZF_EOF]);
        expect(await findBlockStart(sourceOf(bytes), 20 + cutWithin)).toBe(first.length);
      }),
    );
  });

  test("is not in a whole BGZF file that is stored in a block", async () => {
    const { bytes: inner } = bgzfOf(text.subarray(0, 60_000), [{ textBytes: 1_000, level: 1 }]);
    expect(inner.length).toBeLessThan(65_000);
    const outer = bgzfBlock(Buffer.concat([inner, BGZF_EOF, BGZF_EOF]), 0);
    const bytes = Buffer.concat([outer, bgzfBlock(text.subarray(0, 50_000), 6), BGZF_EOF]);
    for (let cut = 1; cut <= outer.length; cut += 61) {
      expect(await findBlockStart(sourceOf(bytes), cut)).toBe(outer.length);
    }
  });
});

describe("a damaged file ends the search", () => {
  const { bytes, starts } = bgzfOf(text, [{ textBytes: 40_000, level: 6 }]);
  const [, second = 0, third = 0] = starts;

  test.each([
    ["in the block around the cut", second + 100, second + 5_000, second],
    ["in the block right behind the cut", third + 100, second + 5_000, third],
    ["in the header of the block behind the cut", third + 1, second + 5_000, third],
  ])("with a changed byte %s", async (_, changedAt, cut, byteOffset) => {
    const changed = Buffer.from(bytes);
    changed[changedAt] = (changed[changedAt] ?? 0) ^ 0xff;
    await expect(findBlockStart(sourceOf(changed), cut)).rejects.toMatchObject({ code: "corrupt-gzip", byteOffset });
  });

  test("that ends within a block", async () => {
    const cutOff = sourceOf(bytes.subarray(0, third + 500));
    const error = { code: "truncated-gzip", byteOffset: third };
    await expect(findBlockStart(cutOff, second + 200)).rejects.toMatchObject(error);
    await expect(findBlockStart(cutOff, third + 200)).rejects.toMatchObject(error);
  });

  test("that is no BGZF at the cut", async () => {
    const noBgzf = Buffer.concat([bytes.subarray(0, third), Buffer.alloc(400_000, 65)]);
    await expect(findBlockStart(sourceOf(noBgzf), third + 200_000)).rejects.toMatchObject({
      byteOffset: third + 200_000,
    });
  });
});
