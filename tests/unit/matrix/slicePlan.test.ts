import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gziBlockStarts } from "../../../core/bgzf/gzi.ts";
import {
  type FileToSlice,
  LAMBDA_LIMITS,
  mapItems,
  planSlices,
  type Slice,
  type SlicePlan,
  sliceOf,
} from "../../../core/matrix/slicePlan.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function file(compressedBytes: number, change: Partial<FileToSlice> = {}): FileToSlice {
  const uncompressedBytes = change.compression === "none" ? compressedBytes : 20 * compressedBytes;
  return { key: "s/1.vcf.gz", etag: "e", compressedBytes, uncompressedBytes, compression: "bgzf", ...change };
}

function planned(files: readonly FileToSlice[]): SlicePlan {
  const outcome = planSlices(files);
  if (outcome.kind !== "planned") throw new Error(outcome.kind);
  return outcome.plan;
}

function slicesOf(plan: SlicePlan): Slice[] {
  return mapItems(plan).flatMap((item) => sliceOf(plan, item) ?? []);
}

describe("a plan", () => {
  test.each([
    ["a small file is one slice", file(3 * MIB), 1],
    ["a file of no bytes is one slice", file(0), 1],
    ["slices of little text are not smaller than 8 MiB", file(32 * MIB, { uncompressedBytes: 100 * GIB }), 4],
    ["a genome of 16 GiB, 320 GiB of text, takes a minute per slice", file(16 * GIB), 52],
    ["plain text counts what is read and what is converted", file(100 * GIB, { compression: "none" }), 41],
    ["gzip that is no BGZF is one slice", file(2 * GIB, { compression: "gzip" }), 1],
  ])("%s", (_, each, count) => {
    const plan = planned([each]);
    expect(plan.sliceCount).toBe(count);
    expect(plan.files[0]?.starts[0]).toBe(0);
  });

  test("covers each file without a gap, in slices that end well within a Lambda's time", () => {
    const files = fc.array(
      fc.record({
        compressedBytes: fc.nat(300 * GIB),
        ratio: fc.integer({ min: 1, max: 40 }),
        compression: fc.constantFrom("bgzf" as const, "none" as const),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(files, (shapes) => {
        const all = shapes.map(({ compressedBytes, ratio, compression }) =>
          file(compressedBytes, { compression, uncompressedBytes: ratio * compressedBytes }),
        );
        const plan = planned(all);
        const slices = slicesOf(plan);
        expect(slices).toHaveLength(plan.sliceCount);
        for (const [index, { compressedBytes }] of all.entries()) {
          const own = slices.filter((slice) => slice.file === index);
          expect(own.map(({ start }) => start)).toEqual([0, ...own.slice(0, -1).map(({ end }) => end)]);
          expect(own.at(-1)?.end).toBe(compressedBytes);
        }
        for (const { sliceSeconds } of plan.files) expect(sliceSeconds).toBeLessThanOrEqual(120);
      }),
    );
  });

  test("says how long a file takes that cannot be cut, and refuses one that takes too long", () => {
    const gzip = (gib: number) => file(gib * GIB, { compression: "gzip" });
    expect(planned([gzip(2)]).files[0]).toMatchObject({ kind: "gzip", sliceSeconds: 386 });
    expect(planSlices([file(GIB), gzip(4)])).toEqual({ kind: "too-slow", key: "s/1.vcf.gz", sliceSeconds: 771 });
  });

  test("refuses more files than slices", () => {
    const files = Array.from({ length: 10_001 }, () => file(1));
    expect(planSlices(files)).toEqual({ kind: "too-many-files", files: 10_001 });
    expect(planned(files.slice(1)).sliceCount).toBe(10_000);
  });
});

describe("what Step Functions carries", () => {
  // Largest input or output of a state, in bytes of UTF-8 (AWS Step Functions, service quotas).
  const MAX_PAYLOAD_BYTES = 256 * 1024;

  test("stays within its payload at the most slices there can be, for 480 TiB of text", () => {
    const chromosomes = Array.from({ length: 24 }, () => file(1_000 * GIB));
    const plan = planned(chromosomes);
    expect(plan.sliceCount).toBeGreaterThan(8_000);
    expect(plan.sliceCount).toBeLessThanOrEqual(LAMBDA_LIMITS.maxSlices);
    const most = mapItems({ files: [], sliceCount: LAMBDA_LIMITS.maxSlices });
    expect(JSON.stringify(most)).toHaveLength(48_891);
    expect(JSON.stringify(most).length).toBeLessThan(MAX_PAYLOAD_BYTES / 5);
  });

  test("leads to each slice and to no other", () => {
    const plan = planned([file(20 * GIB), file(1), file(30 * GIB, { compression: "none" })]);
    const slices = slicesOf(plan);
    expect(new Set(slices.map((slice) => JSON.stringify(slice))).size).toBe(plan.sliceCount);
    for (const number of [-1, plan.sliceCount, 0.5]) expect(sliceOf(plan, number)).toBeUndefined();
  });
});

describe("bgzip's index", () => {
  // bgzip 1.16 -i, for the lines 1 to 30000: blocks at 0, 27851 and 55143, closed at 71349.
  const index = Buffer.from("0200000000000000cb6c00000000000000ff00000000000067d700000000000000fe010000000000", "hex");
  const byteLength = 71_377;

  test("names the blocks' starts", () => {
    expect(gziBlockStarts(index, byteLength)).toEqual(Float64Array.of(0, 27_851, 55_143));
  });

  test.each([
    ["is cut off", index.subarray(0, -1), byteLength],
    ["is empty", new Uint8Array(), byteLength],
    ["has another number of entries than it says", index.subarray(0, -16), byteLength],
    ["is that of a larger file", index, 50_000],
    [
      "has offsets out of order",
      Buffer.concat([index.subarray(0, 8), index.subarray(24), index.subarray(8, 24)]),
      byteLength,
    ],
  ])("counts for nothing if it %s", (_, bytes, length) => {
    expect(gziBlockStarts(bytes, length)).toBeUndefined();
  });

  const indexed = (blockStarts: readonly number[]) => ({
    index: { uses: [{ kind: "used" as const, name: "1.vcf.gz.gzi" }], blockStarts: Float64Array.from(blockStarts) },
  });

  test("moves cuts to the next block", () => {
    const blockStarts = Array.from({ length: 100_000 }, (_, block) => block * 20_011);
    const plan = planned([file(2_001_100_000, indexed(blockStarts))]);
    const even = planned([file(2_001_100_000)]);
    expect(plan.sliceCount).toBe(even.sliceCount);
    for (const [slice, start] of (plan.files[0]?.starts ?? []).entries()) {
      expect(start % 20_011).toBe(0);
      expect(start - (even.files[0]?.starts[slice] ?? 0)).toBeLessThan(20_011);
    }
    expect(plan.files[0]?.indexes).toEqual([{ kind: "used", name: "1.vcf.gz.gzi" }]);
    expect(slicesOf(plan).every(({ startsAtBlock }) => startsAtBlock)).toBe(true);
    expect(slicesOf(even).some(({ startsAtBlock }) => startsAtBlock)).toBe(false);
  });

  test("that names too few blocks, as that of a shorter file does, leaves the cuts where they are and says so", () => {
    const reason = "names too few blocks to cut the file evenly";
    for (const blockStarts of [[0, 900_000_000], Array.from({ length: 50_000 }, (_, block) => block * 20_011)]) {
      const plan = planned([file(2_001_100_000, indexed(blockStarts))]);
      expect(plan.files[0]?.starts).toEqual(planned([file(2_001_100_000)]).files[0]?.starts);
      expect(plan.files[0]?.indexes).toEqual([{ kind: "ignored", name: "1.vcf.gz.gzi", reason }]);
      expect(slicesOf(plan).some(({ startsAtBlock }) => startsAtBlock)).toBe(false);
    }
  });

  test("whatever it names, makes no slice of more than one and a half times its share, and none without bytes", () => {
    const blocks = fc.array(fc.nat(999_999_999), { maxLength: 400 });
    fc.assert(
      fc.property(blocks, (offsets) => {
        const plan = planned([file(1_000_000_000, indexed([0, ...offsets.sort((a, b) => a - b)]))]);
        const share = 1_000_000_000 / planned([file(1_000_000_000)]).sliceCount;
        for (const { start, end } of slicesOf(plan)) {
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(1.5 * share + 1);
        }
      }),
    );
  });
});
