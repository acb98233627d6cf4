import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dataSize,
  fullestShare,
  type Input,
  largestShare,
  matrixInput,
  partitionBytes,
  partitionCount,
  studyInput,
} from "../../../core/sizing/input.ts";
import { inspectionOf } from "./inputs.ts";

const mebibyte = 1024 * 1024;

describe("partitions", () => {
  test.each([
    {
      case: "one gzip file, however many are wanted",
      files: [fileOf("gzip", 500 * mebibyte)],
      wanted: 64,
      partitions: 1,
    },
    {
      case: "22 BGZF files",
      files: Array.from({ length: 22 }, () => fileOf("bgzf", 500 * mebibyte)),
      wanted: 4,
      partitions: 22,
    },
    { case: "a plain file as wanted", files: [fileOf("none", 100 * mebibyte)], wanted: 64, partitions: 64 },
    { case: "a plain file as far as its size goes", files: [fileOf("none", 2 * mebibyte)], wanted: 64, partitions: 2 },
    { case: "gzip and plain", files: [fileOf("gzip", 1), fileOf("none", 100 * mebibyte)], wanted: 8, partitions: 9 },
    { case: "an empty plain file", files: [fileOf("none", 0)], wanted: 8, partitions: 1 },
  ])("are $partitions for $case", ({ files, wanted, partitions }) => {
    const input = studyInput({ ...inspectionOf(2504, 17_010, [{ compression: "none" }]), vcfs: files });
    expect(partitionCount(input, wanted)).toBe(partitions);
  });

  test("of the matrix are at most its row groups", () => {
    // 17,010 × 2,504 bytes are 5.08 row groups of 8 MiB.
    expect(partitionCount(matrixInput(2504, 17_010), 100)).toBe(6);
  });

  test("come with the bytes at which Spark has to cut", () => {
    const input = matrixInput(2504, 17_010, undefined, 900_000);
    expect(partitionBytes(input, 6)).toBe(150_000);
  });
});

describe("the fullest executor", () => {
  // Human chromosomes, largest first, as parts of a genome.
  const chromosomes = [
    8, 7.8, 6.4, 6.1, 5.8, 5.5, 5.1, 4.7, 4.5, 4.3, 4.3, 4.3, 3.7, 3.4, 3.3, 2.9, 2.7, 2.6, 1.9, 2.1, 1.5, 1.6,
  ];
  const total = chromosomes.reduce((sum, share) => sum + share, 0);
  const perChromosome: Input = {
    ...matrixInput(2504, 1e6),
    wholeShares: chromosomes.map((share) => share / total).sort((a, b) => b - a),
    cuttable: { share: 0, bytes: 0, units: 0 },
  };

  test("of one holds everything", () => {
    expect(fullestShare(perChromosome, 22, 1)).toBeCloseTo(1, 10);
    expect(fullestShare(matrixInput(2504, 1e6), 24, 1)).toBeCloseTo(1, 10);
  });

  test("has the largest chromosomes when there is one file for each", () => {
    // Six of 22 for one of four executors: 8 + 7.8 + 6.4 + 6.1 + 5.8 + 5.5 of 92.5.
    expect(fullestShare(perChromosome, 22, 4)).toBeCloseTo(39.6 / 92.5, 10);
    expect(largestShare(perChromosome, 22)).toBeCloseTo(8 / 92.5, 10);
  });

  test("has a partition more than the others when the partitions do not come out even", () => {
    expect(fullestShare(matrixInput(1024, 8192 * 1000), 10, 4)).toBeCloseTo(0.3, 3);
  });

  test("has no less than the average, and no more with more executors", () => {
    fc.assert(
      fc.property(
        anyInput,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (input, wanted, executors) => {
          const partitions = partitionCount(input, wanted);
          const share = fullestShare(input, partitions, executors);
          expect(share).toBeGreaterThanOrEqual(1 / executors - 1e-9);
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
          expect(fullestShare(input, partitions, executors + 1)).toBeLessThanOrEqual(share + 1e-9);
        },
      ),
    );
  });

  test("does not hold the largest partition twice, but once", () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1, max: 300 }), (input, wanted) => {
        const partitions = partitionCount(input, wanted);
        expect(fullestShare(input, partitions, partitions)).toBeCloseTo(
          Math.min(1, largestShare(input, partitions)),
          9,
        );
      }),
    );
  });
});

test("unequal files count as so many equal ones as take as long: one of nine tenths is one", () => {
  const input = { ...matrixInput(10, 10), wholeShares: [0.9, 0.1], cuttable: { share: 0, bytes: 0, units: 0 } };
  expect(dataSize(input, 2).partitions).toBe(1);
});

const anyInput: fc.Arbitrary<Input> = fc
  .record({
    whole: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 30 }),
    plain: fc.integer({ min: 0, max: 1000 }),
    units: fc.integer({ min: 1, max: 1000 }),
  })
  .filter(({ whole, plain }) => whole.length > 0 || plain > 0)
  .map(({ whole, plain, units }) => {
    const total = whole.reduce((sum, share) => sum + share, plain);
    return {
      samples: 100,
      variants: 1_000_000,
      uncompressedBytes: 1e9,
      wholeShares: whole.map((share) => share / total).sort((a, b) => b - a),
      cuttable: { share: plain / total, bytes: plain, units: plain > 0 ? units : 0 },
    };
  });

function fileOf(compression: "none" | "gzip" | "bgzf", compressedBytes: number) {
  const [file] = inspectionOf(1, 1, [{ compression }]).vcfs;
  if (file === undefined) throw new Error("an inspection has as many files as were asked for");
  return { ...file, compressedBytes };
}
