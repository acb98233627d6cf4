import { expect, test } from "vitest";
import { faultBox } from "../../../../local/emrContainers/faults.ts";
import { faultyPods } from "../../../../local/emrContainers/kubernetes/faultyPods.ts";

const share = { cores: 2, requestedCores: 1.2, heapMiB: 4000, overheadMiB: 400 };
const shares = { driver: share, executor: share };

test("tight pods have the limit, and executors that need more than it at once; the next job's are as they were", () => {
  const faults = faultBox();
  faults.replace(JSON.stringify({ tightPods: { memoryMiB: 513, jobs: 1 } }));
  const tight = faultyPods(shares, faults);
  const { heapMiB, overheadMiB } = tight.shares.executor;
  expect(heapMiB + overheadMiB).toBe(513);
  expect(tight.shares.driver).toEqual(share);
  expect(Number(tight.faultyConf["spark.buffer.size"])).toBe(513 * 1024 ** 2);
  expect(faultyPods(shares, faults)).toEqual({ shares, faultyConf: {} });
});

test("small caches are a smaller part of the same heap", () => {
  const faults = faultBox();
  faults.replace(JSON.stringify({ smallCache: { memoryFraction: 0.1, jobs: 1 } }));
  expect(faultyPods(shares, faults)).toEqual({ shares, faultyConf: { "spark.memory.fraction": "0.1" } });
});
