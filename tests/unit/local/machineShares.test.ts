import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { machineShares, memoryMiB } from "../../../local/emrContainers/machineShares.ts";

const asked = {
  "spark.executor.instances": "8",
  "spark.executor.cores": "4",
  "spark.executor.memory": "28g",
  "spark.driver.memory": "8g",
};

describe("machineShares", () => {
  test("makes one worker per node and shares cores and memory among them", () => {
    const shares = machineShares(asked, 2, { cores: 8, memoryMiB: 10_000 });
    expect(shares).toEqual({
      workers: 2,
      executors: 2,
      executorCores: 4,
      executorMemoryMiB: 3_500,
      driverMemoryMiB: 3_000,
    });
  });

  test("makes no more workers than the machine has cores", () => {
    expect(machineShares(asked, 100, { cores: 2, memoryMiB: 10_000 })).toMatchObject({ workers: 2, executorCores: 1 });
  });

  test("takes a node per executor if the request names no nodes", () => {
    expect(
      machineShares({ "spark.executor.instances": "3" }, undefined, { cores: 8, memoryMiB: 10_000 }),
    ).toMatchObject({
      workers: 3,
      executors: 3,
    });
  });

  test("keeps fewer executors than nodes if that is what was asked for", () => {
    const shares = machineShares({ ...asked, "spark.executor.instances": "1" }, 2, { cores: 8, memoryMiB: 10_000 });
    expect(shares).toMatchObject({ workers: 2, executors: 1 });
  });

  test("gives a modest request what it asked for and not more", () => {
    const modest = { "spark.executor.memory": "700m", "spark.executor.cores": "1", "spark.executor.instances": "1" };
    expect(machineShares(modest, 1, { cores: 16, memoryMiB: 60_000 })).toEqual({
      workers: 1,
      executors: 1,
      executorCores: 1,
      executorMemoryMiB: 700,
      driverMemoryMiB: 1024,
    });
  });

  test("never asks for more cores or memory than the machine has, nor for less memory than Spark takes", () => {
    const machine = fc.record({
      cores: fc.integer({ min: 1, max: 64 }),
      memoryMiB: fc.integer({ min: 256, max: 200_000 }),
    });
    fc.assert(
      fc.property(machine, fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }), (has, nodes) => {
        const { workers, executors, executorCores, executorMemoryMiB, driverMemoryMiB } = machineShares(
          asked,
          nodes,
          has,
        );
        expect(workers * executorCores).toBeLessThanOrEqual(has.cores);
        expect(executors).toBeLessThanOrEqual(workers);
        expect(Math.min(executorMemoryMiB, driverMemoryMiB)).toBeGreaterThanOrEqual(512);
        if (executorMemoryMiB > 512 && driverMemoryMiB > 512) {
          expect(workers * executorMemoryMiB + driverMemoryMiB).toBeLessThanOrEqual(has.memoryMiB);
        }
      }),
    );
  });
});

describe("memoryMiB", () => {
  test.each([
    ["512m", 512],
    ["4g", 4096],
    ["4GB", 4096],
    ["1t", 1_048_576],
    ["2048k", 2],
    ["300", 300],
  ])("reads %s as Spark does", (text, expected) => {
    expect(memoryMiB(text)).toBe(expected);
  });

  test.each(["", "4x", "-1g", "1.5g"])("refuses '%s'", (text) => {
    expect(() => memoryMiB(text)).toThrow(/no amount of memory/);
  });
});
