import { describe, expect, test } from "vitest";
import { countOfAll, estimateExtent, extentOfText, type Stratum } from "../../../core/vcf/estimate.ts";
import { RecordTally } from "../../../core/vcf/recordTally.ts";
import type { VcfScanned } from "../../../core/vcf/scan.ts";

const head: VcfScanned = {
  fileFormat: "VCFv4.2",
  columnsLine: "#CHROM",
  headerLines: 2,
  strayLine: undefined,
  metaTrouble: undefined,
  contigs: [],
  tally: new RecordTally(),
  records: 100,
  recordBytes: 10_000,
  troubles: [],
  textBytes: 10_550,
  pendingBytes: 50,
  pendingColumns: 5,
  isUnterminated: false,
};
const stratum = (bytes: number, textBytes: number, lines: number, lineBytes: number): Stratum => ({
  bytes,
  sample: { compressedBytes: 100, textBytes, lines, lineBytes },
});

describe("estimating what was not read", () => {
  test("without windows the rest is like the beginning, give or take half of it", () => {
    const { records, textBytes } = estimateExtent(head, 1055, 1000, [], 11);
    expect(textBytes).toBe(20_550);
    expect(records).toEqual({ estimate: 201, exact: false, low: 150, high: 251 });
  });

  test("each stratum is like its window", () => {
    const strata = [stratum(600, 2000, 10, 2000), stratum(400, 1000, 10, 1000)];
    const { records, textBytes } = estimateExtent({ ...head, pendingBytes: 0 }, 1055, 1000, strata, 11);
    expect(textBytes).toBe(10_550 + 6 * 2000 + 4 * 1000);
    expect(records.estimate).toBe(100 + (6 * 2000) / 200 + (4 * 1000) / 100);
  });

  test("strata without a window are like the others", () => {
    const strata = [stratum(500, 2000, 10, 2000)];
    expect(estimateExtent({ ...head, pendingBytes: 0 }, 1055, 1000, strata, 11).records.estimate).toBe(200);
  });

  test("a few lines in a window count together with those of the beginning", () => {
    const { records } = estimateExtent(head, 1055, 1000, [stratum(1000, 1000, 1, 201)], 11);
    expect(records.estimate).toBe(100 + Math.round(10_050 / (10_201 / 101)));
  });

  test("without any whole line the first record is extrapolated from its columns", () => {
    const empty = { ...head, records: 0, recordBytes: 0 };
    expect(estimateExtent(empty, 1055, 0, [], 10).records.estimate).toBe(Math.round(50 / 100));
    expect(estimateExtent({ ...empty, pendingBytes: 5000 }, 10_550, 5000, [], 10).records.estimate).toBe(1);
  });

  test("the interval is the wider the more the windows differ, and never below what was seen", () => {
    const widthOf = (lengths: readonly number[]) => {
      const strata = lengths.map((bytes) => stratum(1000, 10_000, 10_000 / bytes, 10_000));
      const { low = 0, high = 0, estimate } = estimateExtent(head, 1055, 4000, strata, 11).records;
      expect(low).toBeGreaterThanOrEqual(head.records);
      expect(low).toBeLessThan(estimate);
      expect(high).toBeGreaterThan(estimate);
      return high - low;
    };
    expect(widthOf([100, 100, 100, 100])).toBeLessThan(widthOf([100, 110, 100, 110]));
    expect(widthOf([100, 110, 100, 110])).toBeLessThan(widthOf([100, 200, 100, 200]));
  });

  test("the interval is the narrower the more of each stratum was read", () => {
    const widthOf = (bytes: number) => {
      const strata = [100, 200, 100, 200].map((line) => stratum(bytes, 100_000, 100_000 / line, 100_000));
      const { low = 0, high = 0, estimate } = estimateExtent(head, 1055, 4 * bytes, strata, 11).records;
      return (high - low) / estimate;
    };
    expect(widthOf(400)).toBeLessThan(widthOf(10_000));
    expect(widthOf(100)).toBeLessThan(widthOf(400) / 10);
  });

  test("a known size of the text replaces the compression ratio", () => {
    expect(extentOfText(head, 20_500, 11)).toMatchObject({ records: { estimate: 200 }, textBytes: 20_500 });
  });
});

describe("records of several files", () => {
  test("are exact if all are", () => {
    const exact = { estimate: 5, exact: true };
    expect(countOfAll([exact, exact])).toEqual({ estimate: 10, exact: true });
    expect(countOfAll([])).toEqual({ estimate: 0, exact: true });
  });

  test("have an interval of errors that are independent", () => {
    const count = (low: number, high: number) => ({ estimate: 1000, exact: false, low, high });
    const exact = { estimate: 5, exact: true };
    expect(countOfAll([count(970, 1030), count(960, 1040), exact])).toEqual({
      estimate: 2005,
      exact: false,
      low: 1955,
      high: 2055,
    });
  });
});
