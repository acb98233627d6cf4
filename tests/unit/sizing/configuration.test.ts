import { describe, expect, test } from "vitest";
import {
  cacheCapacityBytes,
  configurationOf,
  localConfiguration,
  totalCores,
} from "../../../core/sizing/configuration.ts";
import { sizingData } from "./inputs.ts";

const GiB = 1024;

describe.each(sizingData.shapes)("a node of $vcpus vCPUs and $memoryGiB GiB", (shape) => {
  const one = configurationOf(shape, 1);

  test("keeps a core and at least 2 GiB for the system beside its executor's pod", () => {
    expect(one.executorsPerNode * one.coresPerExecutor).toBe(shape.vcpus - 1);
    expect(one.executorMemoryMiB + one.executorOverheadMiB).toBeLessThanOrEqual((shape.memoryGiB - 2) * GiB);
  });

  test("gives the executor's pod the memory beside the heap that Spark on Kubernetes asks for", () => {
    expect(one.executorOverheadMiB).toBeGreaterThanOrEqual(Math.max(384, Math.floor(0.1 * one.executorMemoryMiB)));
  });

  test("asks EMR and Kubernetes for whole MiB", () => {
    const figures = Object.values(one).filter((value) => typeof value === "number");
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
  });

  test("caches less than Spark's share of its heap, by the headroom for blocks that move", () => {
    const storageBytes = one.executorMemoryMiB * 1024 * 1024 * 0.6;
    expect(cacheCapacityBytes(one) / storageBytes).toBeGreaterThanOrEqual(0.8);
    expect(cacheCapacityBytes(one) / storageBytes).toBeLessThanOrEqual(0.9);
  });

  test("times twelve has twelve times the cores and the cache", () => {
    const twelve = configurationOf(shape, 12);
    expect(totalCores(twelve)).toBe(12 * totalCores(one));
    expect(cacheCapacityBytes(twelve)).toBeCloseTo(12 * cacheCapacityBytes(one), 0);
  });
});

test("the own machine is one JVM with all its cores and three quarters of its memory", () => {
  const machine = localConfiguration(4, 16);
  expect(machine).toMatchObject({ instanceTypes: [], nodes: 1, executorsPerNode: 0, driverMemoryMiB: 12 * GiB });
  expect(totalCores(machine)).toBe(4);
  // 12 GiB × 0.6 × 0.85 = 6.12 GiB.
  expect(cacheCapacityBytes(machine) / 1024 ** 3).toBeCloseTo(6.12, 6);
});
