import { describe, expect, test } from "vitest";
import { genomeBuild, headerContig } from "../../../core/vcf/build.ts";
import { RecordTally } from "../../../core/vcf/recordTally.ts";

const record = (contig: string, pos: number, alt: string, format: string, ...genotypes: string[]) => [
  contig,
  String(pos),
  ".",
  "A",
  alt,
  ".",
  ".",
  ".",
  format,
  ...genotypes,
];

function take(tally: RecordTally, columns: readonly string[]): string[] {
  const text = Buffer.from(columns.join("\t"));
  const tabs = [...text.entries()].filter(([, byte]) => byte === 9).map(([at]) => at);
  return tally.take(text, columns.slice(0, 9), tabs.slice(0, 9)).map(({ kind }) => kind);
}

describe("the records that were seen", () => {
  test("tell shares of alleles and genotypes, and the width of FORMAT", () => {
    const tally = new RecordTally();
    take(tally, record("1", 5, "C", "GT:DP", "0/1:3", "./.:0", "1:10", ".:."));
    take(tally, record("1", 6, "C,G", "GT", "0|2", "./1", ".|.", "0"));
    expect(tally.shape).toEqual({
      records: 2,
      multiAllelicShare: 0.5,
      missingShare: 3 / 8,
      haploidShare: 2 / 8,
      formatKeys: 1.5,
      genotypeBytes: (6 + 6 + 5 + 4 + 4 + 4 + 4 + 2) / 8,
    });
  });

  test("tell nothing if there are none", () => {
    expect(new RecordTally().shape).toBeUndefined();
  });

  test("span positions, contig by contig, and are out of order once", () => {
    const tally = new RecordTally();
    const places = [
      ["1", 5],
      ["1", 9],
      ["2", 3],
      ["2", 2],
      ["1", 11],
    ] as const;
    const troubles = places.map(([contig, pos]) => take(tally, record(contig, pos, "C", "GT", "0/0")));
    expect(troubles).toEqual([[], [], [], ["unsorted"], ["unsorted"]]);
    expect(tally.spans).toEqual([
      { contig: "1", firstPos: 5, lastPos: 11 },
      { contig: "2", firstPos: 2, lastPos: 3 },
    ]);
  });

  test("are duplicates with the same alleles at the same place, others between them or not", () => {
    const tally = new RecordTally();
    const troubles = ["C", "G", "C"].map((alt) => take(tally, record("1", 5, alt, "GT", "0/0")));
    expect(troubles).toEqual([[], [], ["duplicate"]]);
  });

  test.each([
    ["0/1", []],
    [".", []],
    ["", []],
    ["/0|1", []],
    ["2", []],
    ["0/1/2:x", ["unreadable"]],
    ["0//1", ["malformed"]],
    ["0/", ["malformed"]],
    ["0/3", ["genotype"]],
    ["1/C", ["genotype"]],
    ["0.000", ["genotype"]],
    [".1", ["genotype"]],
    ["-1", ["genotype"]],
  ])("of two alternates have %j for a genotype, or not", (genotype, trouble) => {
    expect(take(new RecordTally(), record("1", 1, "C,G", "GT", genotype))).toEqual(trouble);
  });

  test.each([
    ["0/0", []],
    ["0/1", ["unreadable"]],
    ["0/2", ["genotype"]],
  ])("have %j where ALT is missing, which htsjdk does not read if it is called", (genotype, trouble) => {
    expect(take(new RecordTally(), record("1", 1, ".", "GT", genotype))).toEqual(trouble);
  });

  test("have their genotypes looked at up to a bound in each part of the file", () => {
    const tally = new RecordTally();
    const half = (genotype: string) => record("1", 1, "C", "GT", `${genotype}\t`.repeat(50_000).trimEnd());
    take(tally, half("0/0"));
    take(tally, half("./."));
    expect(tally.shape?.missingShare).toBe(0);
    tally.nextPart();
    take(tally, half("./."));
    expect(tally.shape?.missingShare).toBe(0.5);
  });
});

describe("the genome build", () => {
  test.each([
    ["GRCh37", "1", 249_250_621, { name: "GRCh37", chrPrefix: false }],
    ["hg19", "chrX", 155_270_560, { name: "GRCh37", chrPrefix: true }],
    ["GRCh38", "chr22", 50_818_468, { name: "GRCh38", chrPrefix: true }],
    ["T2T-CHM13", "chr1", 248_387_328, { name: "T2T-CHM13", chrPrefix: true }],
    ["a mouse", "chr1", 195_471_971, undefined],
    ["a contig without length", "chr1", undefined, undefined],
    ["a length of another chromosome", "chr2", 248_956_422, undefined],
  ])("is told of %s", (_, name, length, build) => {
    expect(
      genomeBuild([
        { name: "GL000191.1", length: 106_433 },
        { name, length },
      ]),
    ).toEqual(build);
  });

  test("is not told where chromosomes are of different ones", () => {
    const contigs = [
      { name: "1", length: 249_250_621 },
      { name: "2", length: 242_193_529 },
    ];
    expect(genomeBuild(contigs)).toBeUndefined();
  });
});

test.each([
  ["##contig=<ID=chr1,length=248956422>", { name: "chr1", length: 248_956_422 }],
  ["##contig=<length=5,assembly=b37, ID=HLA-A*01:01>", { name: "HLA-A*01:01", length: 5 }],
  ["##contig=<ID=1>", { name: "1", length: undefined }],
  ["##contig=<length=5>", undefined],
  ["##INFO=<ID=1,length=5>", undefined],
])("%s is read", (line, contig) => {
  expect(headerContig(line)).toEqual(contig);
});
