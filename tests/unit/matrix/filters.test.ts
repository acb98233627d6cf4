import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertSlice } from "../../../core/matrix/convertSlice.ts";
import {
  columnOrder,
  genotypeDropReason,
  keptSamples,
  type MatrixFilters,
  siteDropReason,
} from "../../../core/matrix/filters.ts";
import { KeptPart, rowsOf } from "./matrixPartRows.ts";
import { placed } from "./placedText.ts";

const region = { contig: "2", firstPos: 10, lastPos: 20 };

describe("what is told before genotypes are read", () => {
  test.each<[string, MatrixFilters, number, number, string | undefined]>([
    ["no filter", {}, 5, 3, undefined],
    ["the first position of a region", { regions: [region] }, 10, 1, undefined],
    ["the last position of a region", { regions: [region] }, 20, 1, undefined],
    ["a position before a region", { regions: [region] }, 9, 1, "region"],
    ["a position behind a region", { regions: [region] }, 21, 1, "region"],
    ["a whole contig", { regions: [{ contig: "2" }] }, 1, 1, undefined],
    ["another contig", { regions: [{ contig: "22" }] }, 10, 1, "region"],
    ["the second of two regions", { regions: [{ contig: "1" }, region] }, 10, 1, undefined],
    ["no region at all", { regions: [] }, 10, 1, "region"],
    ["two alternate alleles", { biallelicOnly: true }, 10, 2, "not-biallelic"],
    ["no alternate allele", { biallelicOnly: true }, 10, 0, "not-biallelic"],
    ["one alternate allele", { biallelicOnly: true }, 10, 1, undefined],
    ["both at once: the first in order counts", { biallelicOnly: true, regions: [] }, 10, 2, "region"],
  ])("%s", (_, filters, pos, altCount, reason) => {
    expect(siteDropReason(filters, () => "2", pos, altCount)).toBe(reason);
  });
});

describe("what genotypes tell", () => {
  test.each<[string, MatrixFilters, number, number[], string | undefined]>([
    ["a frequency at the bound", { minMaf: 0.3 }, 0, [14, 6], undefined],
    ["a frequency below the bound", { minMaf: 0.31 }, 0, [14, 6], "maf"],
    ["a frequency of which the rest is the minor one", { minMaf: 0.3 }, 0, [6, 14], undefined],
    ["alternate alleles frequent enough together", { minMaf: 0.3 }, 0, [14, 4, 2], undefined],
    ["an alternate allele as the most frequent one", { minMaf: 0.3 }, 0, [4, 15, 1], "maf"],
    ["a rare third allele of a common variant", { minMaf: 0.3 }, 0, [10, 9, 1], undefined],
    ["no alternate allele", { minMaf: 0.01 }, 0, [20], "maf"],
    ["no called allele", { minMaf: 0 }, 10, [0, 0], "maf"],
    ["missing genotypes at the bound", { maxMissing: 0.3 }, 3, [7, 7], undefined],
    ["missing genotypes above the bound", { maxMissing: 0.3 }, 4, [6, 6], "missing"],
    ["a bound of nothing missing", { maxMissing: 0 }, 1, [9, 9], "missing"],
    ["both at once: the first in order counts", { maxMissing: 0, minMaf: 0.5 }, 1, [19, 0], "missing"],
  ])("%s", (_, filters, missingGenotypes, counts, reason) => {
    const alleleCounts = Uint32Array.from(counts);
    expect(genotypeDropReason(filters, { samples: 10, missingGenotypes, alleleCounts })).toBe(reason);
  });
});

describe("the samples kept", () => {
  const samples = ["a", "b", "c", "d"];

  test.each<[string, MatrixFilters, string[]]>([
    ["all without a filter", {}, ["a", "b", "c", "d"]],
    ["those listed, in the file's order", { samples: ["d", "b", "x"] }, ["b", "d"]],
    ["those with a label", { onlyLabelled: true }, ["a", "d"]],
    ["those listed that have a label", { samples: ["d", "b"], onlyLabelled: true }, ["d"]],
  ])("are %s", (_, filters, kept) => {
    expect(keptSamples(samples, filters, new Set(["d", "a", "y"]))).toEqual(kept);
  });

  test("take no order if they are all of the file's as they stand", () => {
    expect(columnOrder(samples, samples)).toBeUndefined();
  });

  test.each([
    [
      ["d", "a"],
      [3, 0],
    ],
    [
      ["a", "b", "d", "c"],
      [0, 1, 3, 2],
    ],
    [
      ["a", "b"],
      [0, 1],
    ],
  ])("%j of a, b, c, d are the columns %j", (kept, order) => {
    expect([...(columnOrder(samples, kept) ?? [])]).toEqual(order);
  });

  test("must be in the file", () => {
    expect(() => columnOrder(samples, ["a", "e"])).toThrow(RangeError);
  });
});

const hasBcftools = spawnSync("bcftools", ["--version"]).status === 0;

describe.skipIf(!hasBcftools)("bcftools view keeps the same records and the same of them", () => {
  const cohort = randomCohort(400, 20);
  const subset = ["s17", "s2", "s3", "s8", "s11"];
  const labelled = new Set(["s1", "s2", "s5", "s19"]);

  test.each<[MatrixFilters, string[]]>([
    [{}, []],
    [{ minMaf: 0.25 }, ["-q", "0.25:nonmajor"]],
    [{ minMaf: 0.125 }, ["-q", "0.125:nonmajor"]],
    [{ minMaf: 0 }, ["-q", "0:nonmajor"]],
    [{ minMaf: 0.3, biallelicOnly: true }, ["-m2", "-M2", "-i", "MAF>=0.3"]],
    [{ minMaf: 0.25, biallelicOnly: true }, ["-m2", "-M2", "-q", "0.25:minor"]],
    [{ maxMissing: 0 }, ["-i", "F_MISSING<=0"]],
    [{ maxMissing: 0.1 }, ["-i", "F_MISSING<=0.1"]],
    [{ maxMissing: 0.3 }, ["-i", "F_MISSING<=0.3"]],
    [{ biallelicOnly: true }, ["-m2", "-M2"]],
    [{ regions: [{ contig: "2" }] }, ["-t", "2"]],
    [
      {
        regions: [
          { contig: "1", firstPos: 50, lastPos: 120 },
          { contig: "2", firstPos: 230 },
        ],
      },
      ["-t", "1:50-120,2:230-"],
    ],
    [{ samples: subset }, ["-s", "s2,s3,s8,s11,s17"]],
    [{ samples: subset, minMaf: 0.25 }, ["-s", "s2,s3,s8,s11,s17", "-q", "0.25:nonmajor"]],
    [
      { samples: subset, maxMissing: 0.2, minMaf: 0.125 },
      ["-s", "s2,s3,s8,s11,s17", "-i", "F_MISSING<=0.2", "-q", "0.125:nonmajor"],
    ],
    [{ onlyLabelled: true, biallelicOnly: true }, ["-s", "s1,s2,s5,s19", "-m2", "-M2"]],
    [{ biallelicOnly: true, maxMissing: 0.2, minMaf: 0.1 }, ["-m2", "-M2", "-i", "F_MISSING<=0.2 && MAF>=0.1"]],
  ])("%j as %j", async (filters, args) => {
    const samples = keptSamples(cohort.samples, filters, labelled);
    const kept = new KeptPart();
    const counts = await convertSlice(
      [placed(cohort.vcf)],
      { sampleCount: cohort.samples.length, columnOrder: columnOrder(cohort.samples, samples), filters },
      kept,
    );
    const expected = await expectedRows(bcftoolsView(cohort.vcf, args), samples.length);
    expect(await rowsOf(kept)).toEqual(expected);
    expect(counts.rowsOut).toBe(expected.length);
    expect(counts.recordsIn).toBe(400);
    expect(counts.recordsIn - counts.rowsOut).toBe(
      Object.values(counts.droppedBy).reduce((sum, count) => sum + count, 0),
    );
    expect(expected.length, "nothing was compared").toBeGreaterThan(0);
    if (args.length > 0 && args[0] !== "-s") expect(expected.length, "nothing was dropped").toBeLessThan(400);
  });
});

/** `-s` before a filter counts AC and AN anew, but filters are asked before it, so it is a step of its own. */
function bcftoolsView(vcf: string, args: readonly string[]): string {
  const [first, second, ...rest] = args;
  if (first === "-s" && second) return bcftoolsView(run(vcf, ["-s", second]), rest);
  return args.length === 0 ? vcf : run(vcf, args);
}

function run(vcf: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync("bcftools", ["view", ...args], {
    input: vcf,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function expectedRows(vcf: string, sampleCount: number) {
  const kept = new KeptPart();
  await convertSlice([placed(vcf)], { sampleCount, filters: {} }, kept);
  return rowsOf(kept);
}

/** Records of one to three alternate alleles over the whole range of frequencies and missingness; the same each time. */
function randomCohort(records: number, sampleCount: number) {
  const samples = Array.from({ length: sampleCount }, (_, sample) => `s${sample}`);
  const header = [
    "##fileformat=VCFv4.2",
    "##contig=<ID=1>",
    "##contig=<ID=2>",
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  ];
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...samples];
  const percent = fc.nat(99);
  const shape = fc.record({
    alts: fc.constantFrom("C", "C", "C", "C,G", "C,G,T", "."),
    altPercent: percent,
    missingPercent: fc.constantFrom(0, 5, 10, 30, 100),
    draws: fc.array(percent, { minLength: 4 * sampleCount, maxLength: 4 * sampleCount }),
  });
  const shapes = fc.sample(shape, { numRuns: records, seed: 4 });
  const lines = shapes.map(({ alts, altPercent, missingPercent, draws }, record) => {
    const altCount = alts === "." ? 0 : alts.split(",").length;
    const allele = (draw = 0, missing = 0) => {
      if (missing < missingPercent) return ".";
      return draw < altPercent && altCount > 0 ? 1 + (draw % altCount) : 0;
    };
    const genotypes = samples.map((_, sample) => {
      const [a, b, m = 0, other = 0] = draws.slice(4 * sample);
      const n = (sample + record) % 3 === 0 ? other : m;
      const mark = m === n ? "|" : "/"; // a missing allele behind "|" is one that bcftools 1.16 does not count
      return `${allele(a, m)}${mark}${allele(b, n)}`;
    });
    const contig = record < records / 2 ? "1" : "2";
    return [contig, record + 1, ".", "A", alts, ".", ".", ".", "GT", ...genotypes].join("\t");
  });
  return { samples, vcf: [...header, columns.join("\t"), ...lines, ""].join("\n") };
}
