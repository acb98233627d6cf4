import fc from "fast-check";
import { expect, test } from "vitest";
import { coresOf, mebibytesOf, podShares } from "../../../../local/emrContainers/kubernetes/podShares.ts";

const asked = {
  "spark.executor.instances": "4",
  "spark.executor.cores": "4",
  "spark.executor.memory": "10240m",
  "spark.executor.memoryOverhead": "1024m",
  "spark.driver.cores": "1",
  "spark.driver.memory": "2g",
};

test("what fits onto the nodes is asked for as it is", () => {
  expect(podShares(asked, 4, { cores: 16, memoryMiB: 64 * 1024 })).toEqual({
    executor: { cores: 4, requestedCores: 4, heapMiB: 10_240, overheadMiB: 1024 },
    driver: { cores: 1, requestedCores: 1, heapMiB: 2048, overheadMiB: 384 },
  });
});

test("what does not fit becomes a part of a node, fractions of cores included", () => {
  const { executor, driver } = podShares(asked, 4, { cores: 2, memoryMiB: 8000 });
  expect(executor).toEqual({ cores: 2, requestedCores: 1.2, heapMiB: 4363, overheadMiB: 436 });
  expect(driver).toEqual({ cores: 1, requestedCores: 0.4, heapMiB: 1347, overheadMiB: 384 });
});

test("what was sized for the nodes is asked for as it is, however much of them it takes", () => {
  const sized = { ...asked, "spark.executor.memoryOverhead": "2048m" };
  expect(podShares(sized, 4, undefined)).toEqual({
    executor: { cores: 4, requestedCores: 4, heapMiB: 10_240, overheadMiB: 2048 },
    driver: { cores: 1, requestedCores: 1, heapMiB: 2048, overheadMiB: 384 },
  });
});

test("a node takes the executors that it was meant for and no other, however many were asked for", () => {
  const size = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 64 }), (nodes, perNode, cores) => {
      const conf = {
        ...asked,
        "spark.executor.instances": String(nodes * perNode),
        "spark.executor.cores": "64",
      };
      const { executor, driver } = podShares(conf, nodes, { cores, memoryMiB: 1 << 20 });
      expect(perNode * executor.requestedCores + driver.requestedCores).toBeLessThanOrEqual(cores);
      if (cores / perNode > 0.1) expect(2 * perNode * executor.requestedCores).toBeGreaterThan(cores);
    }),
  );
});

test.each([
  ["2", 2],
  ["1500m", 1.5],
])("%s are %d cores", (quantity, cores) => {
  expect(coresOf(quantity)).toBe(cores);
});

test.each([
  ["1Gi", 1024],
  ["2048Ki", 2],
  ["1048576", 1],
  ["1M", 1e6 / 1024 ** 2],
])("%s are %d MiB", (quantity, mebibytes) => {
  expect(mebibytesOf(quantity)).toBeCloseTo(mebibytes, 9);
});

test("an amount in a unit that Kubernetes does not know is an error", () => {
  expect(() => mebibytesOf("12GB")).toThrow("12GB");
});
