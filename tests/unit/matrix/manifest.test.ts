import { describe, expect, test } from "vitest";
import type { SliceCounts } from "../../../core/matrix/convertSliceRows.ts";
import { type SealInput, type SliceResult, sealMatrix } from "../../../core/matrix/manifest.ts";
import { type MatrixIdentity, matrixDigest, matrixPrefix, samplesDigest } from "../../../core/matrix/manifestDigest.ts";

const SAMPLES = 4;

function counts(rowsOut: number, dropped = 0, missing = 0): SliceCounts {
  const droppedBy = { region: 0, "not-biallelic": dropped, missing: 0, maf: 0 };
  return { recordsIn: rowsOut + dropped, rowsOut, droppedBy, genotypes: rowsOut * SAMPLES, missing };
}

function result(slice: number, start: number, end: number, made: SliceCounts): SliceResult {
  const part = made.rowsOut > 0 ? { name: `part-${slice}.parquet`, bytes: 100 + slice } : undefined;
  return { slice, counts: made, span: { start, end }, part };
}

const input: SealInput = {
  digest: "d".repeat(64),
  filters: { biallelicOnly: true },
  sampleCount: SAMPLES,
  plan: {
    sliceCount: 4,
    files: [
      { key: "s/1.vcf.gz", etag: "e1", byteLength: 900, kind: "bgzf", starts: [0, 300, 600], sliceSeconds: 1 },
      { key: "s/2.vcf", etag: "e2", byteLength: 500, kind: "plain", starts: [0], sliceSeconds: 1 },
    ],
  },
  sources: [
    { key: "s/1.vcf.gz", etag: "e1", size: 900 },
    { key: "s/2.vcf", etag: "e2", size: 500 },
  ],
  results: [
    result(3, 0, 500, counts(5, 0, 2)),
    result(0, 0, 310, counts(10, 2, 4)),
    result(2, 620, 900, counts(0, 3)),
    result(1, 310, 620, counts(7)),
  ],
};

describe("a matrix is sealed", () => {
  test("with the counts of each source and their sums, its parts in the order of the records", () => {
    expect(sealMatrix(input)).toEqual({
      kind: "sealed",
      manifest: {
        formatVersion: 1,
        digest: input.digest,
        sampleCount: SAMPLES,
        filters: { biallelicOnly: true },
        sources: [
          {
            key: "s/1.vcf.gz",
            etag: "e1",
            size: 900,
            kind: "bgzf",
            slices: 3,
            ...counts(17, 5, 4),
            missingFraction: 4 / 68,
          },
          { key: "s/2.vcf", etag: "e2", size: 500, kind: "plain", slices: 1, ...counts(5, 0, 2), missingFraction: 0.1 },
        ],
        totals: counts(22, 5, 6),
        parts: [
          { name: "part-0.parquet", bytes: 100, rows: 10 },
          { name: "part-1.parquet", bytes: 101, rows: 7 },
          { name: "part-3.parquet", bytes: 103, rows: 5 },
        ],
      },
    });
  });

  test("into the same bytes whatever order the slices ended in", () => {
    const reversed = { ...input, results: input.results.toReversed() };
    expect(JSON.stringify(sealMatrix(reversed))).toBe(JSON.stringify(sealMatrix(input)));
  });

  test("although no line started in a slice", () => {
    const none: SliceResult = { slice: 2, counts: counts(0) };
    const results = [
      ...input.results.filter(({ slice }) => slice !== 1 && slice !== 2),
      result(1, 310, 900, counts(7)),
      none,
    ];
    expect(sealMatrix({ ...input, results }).kind).toBe("sealed");
  });
});

describe("a matrix is refused", () => {
  const without = (slice: number) => input.results.filter((each) => each.slice !== slice);
  const instead = (changed: SliceResult) => ({ results: [...without(changed.slice), changed] });
  const [, first] = input.results;
  if (first === undefined) throw new Error("no slice");

  test.each<[string, Partial<SealInput>, string[]]>([
    ["a slice is missing", { results: without(0) }, ["slice-missing", "spans-apart"]],
    ["the last slice is missing", { results: without(2) }, ["slice-missing", "spans-apart"]],
    ["a slice left two results", { results: [...input.results, first] }, ["slice-twice", "spans-apart"]],
    ["a slice was never planned", { results: [...input.results, result(9, 0, 1, counts(1))] }, ["slice-unknown"]],
    [
      "records are unaccounted for",
      instead({ ...first, counts: { ...first.counts, recordsIn: 13 } }),
      ["counts-differ"],
    ],
    [
      "rows have too few genotypes",
      instead({ ...first, counts: { ...first.counts, genotypes: 39 } }),
      ["counts-differ"],
    ],
    ["more genotypes miss than there are", instead({ ...first, counts: counts(10, 2, 41) }), ["counts-differ"]],
    [
      "a count is no number",
      instead({ ...first, counts: { ...first.counts, missing: Number.NaN } }),
      ["counts-differ"],
    ],
    ["rows have no part", instead({ ...first, part: undefined }), ["part-missing"]],
    ["two slices overlap", instead(result(0, 0, 320, counts(10, 2, 4))), ["spans-apart"]],
    ["a block lies between two slices", instead(result(0, 0, 300, counts(10, 2, 4))), ["spans-apart"]],
    ["a file's last bytes were not read", instead(result(3, 0, 499, counts(5))), ["spans-apart"]],
    [
      "a source was replaced",
      { sources: [{ key: "s/1.vcf.gz", etag: "new", size: 900 }, input.sources[1] ?? { key: "", etag: "", size: 0 }] },
      ["source-changed"],
    ],
    ["a source is gone", { sources: input.sources.slice(0, 1) }, ["source-changed"]],
  ])("if %s", (_, change, codes) => {
    const seal = sealMatrix({ ...input, ...change });
    expect(seal.kind === "refused" && seal.reasons.map(({ code }) => code)).toEqual(codes);
  });

  test("if filters kept nothing", () => {
    const spans = [
      [0, 310],
      [310, 620],
      [620, 900],
      [0, 500],
    ] as const;
    const results = spans.map(([start, end], slice) => result(slice, start, end, counts(0, 5)));
    expect(sealMatrix({ ...input, results })).toEqual({
      kind: "refused",
      reasons: [{ code: "no-rows", detail: "None of 20 records was kept" }],
    });
  });
});

describe("the digest of a matrix", () => {
  const vcfs = [
    { key: "s/1.vcf", etag: "a", size: 1 },
    { key: "s/2.vcf", etag: "b", size: 2 },
  ];
  const base: MatrixIdentity = { vcfs, filters: {} };
  const digest = matrixDigest(base);

  test.each<[string, MatrixIdentity]>([
    ["filters that are switched off", { vcfs, filters: { biallelicOnly: false, minMaf: undefined } }],
    ["filters of samples that keep all of them", { vcfs, filters: { onlyLabelled: true, samples: ["A", "B"] } }],
  ])("is the same with %s", (_, identity) => {
    expect(matrixDigest(identity)).toBe(digest);
  });

  test("is the same for regions in another order", () => {
    const regions = [{ contig: "1" }, { contig: "2", firstPos: 5, lastPos: 9 }];
    const one = matrixDigest({ vcfs, filters: { regions } });
    const other = matrixDigest({ vcfs, filters: { regions: regions.toReversed() } });
    expect(one).toBe(other);
  });

  test("is another one for other data, filters or formats", () => {
    const others = [
      base,
      { ...base, vcfs: vcfs.toReversed() },
      { ...base, vcfs: vcfs.map((vcf) => ({ ...vcf, etag: "z" })) },
      { ...base, filters: { minMaf: 0.01 } },
      { ...base, filters: { minMaf: 0 } },
      { ...base, filters: { maxMissing: 0.01 } },
      { ...base, filters: { biallelicOnly: true } },
      { ...base, filters: { regions: [{ contig: "A" }] } },
      { ...base, keptSamples: samplesDigest(["A", "B"]) },
      { ...base, keptSamples: samplesDigest(["AB"]) },
    ].map((identity) => matrixDigest(identity));
    expect(new Set([...others, matrixDigest(base, 2)]).size).toBe(others.length + 1);
    expect(matrixPrefix(digest)).toMatch(/^matrices\/[0-9a-f]{64}\/$/);
  });
});
