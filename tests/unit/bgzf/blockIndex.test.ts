import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasBgzfEof } from "../../../core/bgzf/block.ts";
import { type BlockIndex, indexesBeside, indexInWords, readBlockIndex } from "../../../core/bgzf/blockIndex.ts";
import { sourceOf } from "../matrix/blockBytes.ts";
import { gziOf, tbiOf } from "./indexBytes.ts";

const golden = (extension = "") => readFileSync(new URL(`golden/three-contigs.vcf.gz${extension}`, import.meta.url));
const vcf = golden();

test("the indexes of a VCF are those with its whole name, bgzip's first", () => {
  const objects = ["s/a.vcf.gz.csi", "s/a.vcf.gz", "s/a.vcf.gz.tbi", "s/b.vcf.gz.gzi", "s/a.vcf.gz.gzi", "s/a.tbi"];
  const found = indexesBeside(
    "s/a.vcf.gz",
    objects.map((key) => ({ key })),
  );
  expect(found.map(({ key }) => key)).toEqual(["s/a.vcf.gz.gzi", "s/a.vcf.gz.tbi", "s/a.vcf.gz.csi"]);
});

describe("an index beside a file", () => {
  test.each([".gzi", ".tbi", ".csi"])("of htslib, as %s, is used", async (extension) => {
    const { uses, blockStarts } = await indexed([extension, golden(extension)]);
    expect(uses).toEqual([{ kind: "used", name: `a.vcf.gz${extension}` }]);
    expect(blockStarts?.length).toBeGreaterThan(2);
    expect(blockStarts?.[0]).toBe(0);
  });

  test("may name the file's end, where no block starts", async () => {
    const tbi = tbiOf([{ name: "1", records: 1, blocks: [vcf.length] }]);
    expect((await indexed([".tbi", tbi])).blockStarts).toEqual(Float64Array.of(0));
  });

  test.each([
    ["damaged", ".tbi", golden(".tbi").subarray(9), "is damaged, or the index of another file"],
    ["of another kind than its name", ".csi", golden(".gzi"), "is damaged, or the index of another file"],
    [
      "of a larger file",
      ".tbi",
      tbiOf([{ name: "1", records: 1, blocks: [10_000] }]),
      `names byte 10000 of a file that has ${vcf.length} bytes`,
    ],
    [
      "of an older version",
      ".tbi",
      tbiOf([{ name: "1", records: 1, blocks: [1_000] }]),
      "names byte 1000, where no BGZF block starts",
    ],
    ["of an older version, by bgzip", ".gzi", gziOf([1_000]), "names byte 1000, where no BGZF block starts"],
    ["larger than 10 MiB", ".gzi", Buffer.alloc(10 * 2 ** 20 + 1), "is larger than 10 MiB"],
  ])("that is %s is ignored, with the reason", async (_, extension, bytes, reason) => {
    const { uses, blockStarts } = await indexed([extension, bytes]);
    expect(uses).toEqual([{ kind: "ignored", name: `a.vcf.gz${extension}`, reason }]);
    expect(blockStarts).toBeUndefined();
  });

  test("that cannot be read is ignored, and the next one used", async () => {
    const denied = { name: "a.gzi", byteLength: 8, read: () => Promise.reject(new Error("AccessDenied")) };
    const tbi = { name: "a.tbi", byteLength: 8, read: async () => golden(".tbi") };
    const { uses } = await readBlockIndex(sourceOf(vcf), [denied, tbi]);
    expect(uses.map(indexInWords)).toEqual([
      "a.gzi is not used: it could not be read",
      "a.tbi says where slices can start",
    ]);
  });

  test("costs the file two reads of 64 bytes; a larger one is not read", async () => {
    const source = sourceOf(vcf);
    await readBlockIndex(source, [{ name: "a.gzi", byteLength: 56, read: async () => golden(".gzi") }]);
    expect(source.reads.map(([start, end]) => end - start)).toEqual([64, 64]);
    const large = { name: "a.gzi", byteLength: 2 ** 24, read: () => Promise.reject(new Error("it was read")) };
    expect((await readBlockIndex(source, [large])).uses).toMatchObject([{ reason: "is larger than 10 MiB" }]);
  });
});

test.each([
  ["the empty block", vcf.subarray(-28), true],
  ["text before it", vcf, true],
  ["all but its first byte", vcf.subarray(-27), false],
  ["a byte behind it", Buffer.concat([vcf, Buffer.alloc(1)]), false],
])("whether bytes close a BGZF file: %s", (_, bytes, isClosed) => {
  expect(hasBgzfEof(bytes)).toBe(isClosed);
});

function indexed([extension, bytes]: [string, Uint8Array]): Promise<BlockIndex> {
  const index = { name: `a.vcf.gz${extension}`, byteLength: bytes.length, read: async () => bytes };
  return readBlockIndex(sourceOf(vcf), [index]);
}
