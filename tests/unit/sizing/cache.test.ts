import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cacheCapacityBytes, cachedBytes, cachesWhole, heldPartitions } from "../../../core/sizing/cache.ts";
import { anyRun, runOf } from "./engineRuns.ts";

/** What Spark 3.5.9 said of cached cohorts: the sum of the block updates when the load had ended, and its capacity. */
const told = [
  { variants: 50_000, samples: 500, partitions: 8, bytes: 30_356_928 },
  { variants: 200_000, samples: 1_000, partitions: 16, bytes: 221_600_256 },
  { variants: 5_000, samples: 1_000, partitions: 4, bytes: 5_319_264 },
  { variants: 5_000, samples: 5_000, partitions: 8, bytes: 24_519_360 },
  { variants: 17_010, samples: 2_504, partitions: 8, bytes: 43_882_576 },
];

test.each(told)(
  "$variants variants of $samples samples in $partitions partitions take what Spark said, within 0.1 %",
  ({ bytes, ...size }) => {
    expect(Math.abs(cachedBytes({ ...size, uncompressedBytes: 0 }) / bytes - 1)).toBeLessThan(0.001);
  },
);

test("a heap of 2,048 MiB caches what Spark said", () => {
  expect(Math.floor(cacheCapacityBytes(1, 2_048))).toBe(1_099_746_508);
});

/** Blocks that lay in memory after the load, on two cores. */
const filled = [
  { variants: 150_000, samples: 700, partitions: 16, executorMemoryMiB: 480, held: 14 },
  { variants: 45_000, samples: 2_504, partitions: 16, executorMemoryMiB: 450, held: 12 },
  { variants: 200_000, samples: 500, partitions: 8, executorMemoryMiB: 450, held: 4 },
];

describe.each(filled)(
  "$variants × $samples in a heap of $executorMemoryMiB MiB",
  ({ executorMemoryMiB, held, ...size }) => {
    test(`find room for ${held} of ${size.partitions} partitions`, () => {
      const run = runOf({ size: { ...size, uncompressedBytes: 0 }, executorMemoryMiB });
      expect(heldPartitions(run)).toBe(held);
      expect(cachesWhole(run)).toBe(false);
    });
  },
);

test("more memory never holds less, and none holds nothing", () => {
  fc.assert(
    fc.property(anyRun, fc.nat(100_000), fc.nat(100_000), (run, executorMemoryMiB, more) => {
      const held = heldPartitions({ ...run, executorMemoryMiB });
      expect(heldPartitions({ ...run, executorMemoryMiB: executorMemoryMiB + more })).toBeGreaterThanOrEqual(held);
      expect(held).toBeLessThanOrEqual(run.size.partitions);
      expect(heldPartitions({ ...run, executorMemoryMiB: 300 })).toBe(0);
    }),
  );
});

test("more variants or samples in the same partitions never take less memory", () => {
  fc.assert(
    fc.property(anyRun, fc.nat(1_000_000), ({ size }, more) => {
      const bytes = cachedBytes(size);
      expect(cachedBytes({ ...size, samples: size.samples + more })).toBeGreaterThanOrEqual(bytes);
      expect(cachedBytes({ ...size, variants: size.variants + more })).toBeGreaterThanOrEqual(bytes);
    }),
  );
});
