import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockAt } from "../../../core/bgzf/block.ts";
import { gziBlockStarts } from "../../../core/bgzf/gzi.ts";
import { tabixIndex } from "../../../core/bgzf/tabix.ts";
import { csiOf, tbiOf } from "./indexBytes.ts";
import { writeBgzf } from "./writeBgzf.ts";

/** 4,507 records of three contigs, by bgzip -i, tabix and bcftools index -c of htslib 1.16. */
const golden = (extension = "") => readFileSync(new URL(`golden/three-contigs.vcf.gz${extension}`, import.meta.url));
const vcf = golden();

describe.each([".tbi", ".csi"] as const)("a %s of htslib", (extension) => {
  const index = tabixIndex(golden(extension));

  test("counts the records of each contig", () => {
    expect(index?.contigs).toEqual(recordsPerContig(gunzipSync(vcf).toString()));
    expect(index?.contigs.map(({ records }) => records)).toEqual([3_000, 1_500, 7]);
  });

  test("names blocks of the file and nothing else", () => {
    const starts = blockStartsOf(vcf);
    expect(index?.kind).toBe(extension.slice(1));
    expect(index?.blockStarts.length).toBeGreaterThan(2);
    for (const start of index?.blockStarts ?? []) expect(starts).toContain(start);
  });
});

test("a .gzi of bgzip names all blocks but the one that closes the file", () => {
  expect([...(gziBlockStarts(golden(".gzi"), vcf.length) ?? [])]).toEqual(blockStartsOf(vcf).slice(0, -1));
});

describe("an index as the specification says", () => {
  const contigs = [
    { name: "1", records: 7, blocks: [100, 900] },
    { name: "X", records: 2 ** 33, blocks: [900, 2 ** 40] },
  ];
  const named = contigs.map(({ name, records }) => ({ name, records }));

  test("names blocks beyond 4 GiB, ascending and each once, and counts more than 32 bits hold", () => {
    const blockStarts = Float64Array.of(0, 100, 900, 2 ** 40);
    expect(tabixIndex(tbiOf(contigs))).toEqual({ kind: "tbi", contigs: named, blockStarts });
    expect(tabixIndex(csiOf(contigs))).toEqual({ kind: "csi", contigs: named, blockStarts });
  });

  test.each([1, 5, 6, 8])("counts in the bin behind the last one of %i levels", (depth) => {
    expect(tabixIndex(csiOf(contigs, depth))?.contigs).toEqual(named);
  });

  test("does not count where that bin is missing", () => {
    const text = gunzipSync(tbiOf([{ name: "1", records: 7, blocks: [100] }]));
    text.writeInt32LE(4_682, text.indexOf(Uint8Array.of(0x4a, 0x92, 0, 0)));
    expect(tabixIndex(writeBgzf(text))?.contigs).toEqual([{ name: "1", records: undefined }]);
  });
});

describe("no index is seen", () => {
  const tbi = golden(".tbi");

  test.each([
    ["in no bytes", new Uint8Array()],
    ["in a VCF", vcf],
    ["in text", Buffer.from("TBI\x01")],
    ["if it is cut off", tbi.subarray(0, -40)],
    ["if a byte is changed", tbi.map((byte, at) => (at === 200 ? byte ^ 0xff : byte))],
    ["if its text ends early", writeBgzf(gunzipSync(tbi).subarray(0, -200))],
    ["if it says to hold two billion contigs", writeBgzf(gunzipSync(tbi).fill(0x7f, 4, 8))],
    ["in one of 100 MiB of zeros", writeBgzf(Buffer.alloc(100 * 2 ** 20))],
  ])("%s", (_, bytes) => {
    expect(tabixIndex(bytes)).toBeUndefined();
  });

  test("or one is, of numbers that are none below zero, in any bytes at all", () => {
    const changes = fc.array(fc.tuple(fc.nat(3_000), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(".tbi", ".csi"), changes, (extension, changed) => {
        const text = gunzipSync(golden(extension));
        for (const [at, byte] of changed) text[at % text.length] = byte;
        const index = tabixIndex(writeBgzf(text));
        if (index === undefined) return;
        expect([...index.blockStarts]).toEqual([...index.blockStarts].sort((a, b) => a - b));
        expect(index.blockStarts[0]).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

function blockStartsOf(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let block = blockAt(bytes, 0); block; block = blockAt(bytes, block.end)) starts.push(block.start);
  return starts;
}

function recordsPerContig(text: string): { name: string; records: number }[] {
  const records = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    const [name = ""] = line.split("\t");
    if (!line.startsWith("#")) records.set(name, (records.get(name) ?? 0) + 1);
  }
  return [...records].map(([name, count]) => ({ name, records: count }));
}
