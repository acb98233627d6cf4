import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkCount, inChunks, oneChunk } from "../../../core/sizing/chunks.ts";
import { totalSeconds } from "../../../core/sizing/phases.ts";

const hour = 3600;
const phases = { start: 300, load: 60, trees: 14 * hour, finish: 30 };
const forest = { trees: 10_000 };

describe("a forest is cut", () => {
  test("into as many jobs as keep starting and loading below 3 % of its trees", () => {
    // Of each job 150 s are overhead, so it grows for 5,000 s at least.
    expect(chunkCount(forest, 100, phases)).toBe(10);
    expect(chunkCount(forest, 100, { ...phases, load: 300 })).toBe(3);
  });

  test("into 20 at most, and never below a batch or half an hour", () => {
    expect(chunkCount(forest, 100, { ...phases, trees: 1000 * hour })).toBe(20);
    expect(chunkCount(forest, 2500, phases)).toBe(4);
    expect(chunkCount(forest, 100, { ...phases, load: 0, trees: hour })).toBe(1);
    expect(chunkCount(forest, 100, { ...phases, trees: 60 })).toBe(1);
  });

  test("as its researcher says, though not into more jobs than trees", () => {
    expect(chunkCount({ ...forest, chunks: 5 }, 100, { ...phases, trees: 60 })).toBe(5);
    expect(chunkCount({ trees: 3, chunks: 5 }, 100, phases)).toBe(3);
    expect(chunkCount({ ...forest, chunks: 1 }, 100, phases)).toBe(1);
  });

  test("not at all for the out-of-bag error, which is of one forest", () => {
    expect(chunkCount({ ...forest, oobError: true }, 100, phases)).toBe(1);
  });
});

test("what the jobs take adds up, and their overhead is small where the number of jobs was chosen", () => {
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      seconds,
      seconds,
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 1000 }),
      (load, growing, trees, batch) => {
        const one = { start: 300, load, trees: growing, finish: 30 };
        const count = chunkCount({ trees }, batch, one);
        const all = inChunks(one, count);
        expect(totalSeconds(all) - totalSeconds(one)).toBeLessThanOrEqual(0.03 * growing + 1e-6);
        const [first, other] = [false, true].map((hasNodes) => totalSeconds(oneChunk(all, count, 1 / count, hasNodes)));
        expect((first ?? 0) + (count - 1) * (other ?? 0)).toBeCloseTo(totalSeconds(all), 3);
      },
    ),
  );
});
