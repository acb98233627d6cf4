import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configurationOf } from "../../../core/sizing/configuration.ts";
import { costParts, totalUsd } from "../../../core/sizing/cost.ts";
import type { Configuration, Where } from "../../../core/sizing/estimate.ts";
import { exactly } from "../../../core/sizing/range.ts";
import type { InstanceShape, Prices } from "../../../core/sizing/sizingData.ts";
import { sizingData } from "./inputs.ts";

const { prices, shapes } = sizingData;

describe("two hours on three nodes, computed by hand", () => {
  const shape: InstanceShape = {
    architecture: "x86_64",
    vcpus: 8,
    memoryGiB: 64,
    maxPods: 58,
    instanceTypes: [
      { name: "r6a.2xlarge", hourUsd: 0.45, speed: 1 },
      { name: "r6i.2xlarge", hourUsd: 0.5, speed: 1, spotHourUsd: { low: 0.1, expected: 0.2, high: 0.5 } },
    ],
  };
  const configuration: Configuration = {
    architecture: "x86_64",
    instanceTypes: ["r6a.2xlarge", "r6i.2xlarge"],
    nodes: 3,
    executorsPerNode: 1,
    coresPerExecutor: 7,
    executorMemoryMiB: 49.5 * 1024,
    executorOverheadMiB: 5 * 1024,
    driverCores: 1,
    driverMemoryMiB: 4 * 1024,
    driverOverheadMiB: 512,
    partitions: 42,
    partitionBytes: 1,
    batchSize: 100,
  };
  const handPrices: Prices = {
    ...prices,
    spotFraction: { low: 0.3, expected: 0.4, high: 0.6 },
    emrVcpuHourUsd: 0.01012,
    emrGbHourUsd: 0.00111125,
    eksClusterHourUsd: 0.1,
    ebsGbMonthUsd: 0.073,
    systemNode: { name: "r6a.xlarge", vcpus: 4, memoryGiB: 32, maxPods: 58, hourUsd: 0.2268 },
  };
  const parts = (where: Where) => costParts(where, configuration, shape, exactly(7200), handPrices);

  test("nodes on demand are of the first type, or at worst of the dearest", () => {
    expect(parts("aws-on-demand").nodes).toEqual({ low: 2.7, expected: 2.7, high: 3 });
  });

  test("nodes on spot are between the cheapest and the dearest pool, in the middle of what the pools cost", () => {
    // 3 nodes × 2 h: r6a at 0.3, 0.4, 0.6 of 0.45; r6i at 0.1, 0.2, 0.5.
    const { low, expected, high } = parts("aws-spot").nodes ?? exactly(0);
    expect(low).toBeCloseTo(6 * 0.1, 10);
    expect(expected).toBeCloseTo((6 * (0.18 + 0.2)) / 2, 10);
    expect(high).toBeCloseTo(6 * 0.5, 10);
  });

  test("EMR's uplift is on what the pods ask for, their logging containers included, on spot too", () => {
    // (3 × 7 + 1) vCPUs × 0.01012 + (3 × 55 + 5) GB × 0.00111125, for two hours.
    const usd = 2 * (22 * 0.01012 + 170 * 0.00111125);
    expect(parts("aws-on-demand").emr?.expected).toBeCloseTo(usd, 10);
    expect(parts("aws-spot").emr?.expected).toBeCloseTo(usd, 10);
  });

  test("the driver pays for the larger of its shares of the system node, the cluster and the disks for their time", () => {
    // One of 3.67 cores that pods may have; 50 GB on each of three nodes.
    expect(parts("aws-spot").driver?.expected).toBeCloseTo((2 * 0.2268) / 3.67, 6);
    expect(parts("aws-spot").cluster?.expected).toBeCloseTo(0.2, 10);
    expect(parts("aws-spot").disks?.expected).toBeCloseTo((2 * 3 * 50 * 0.073) / 730, 10);
  });

  test("add up to the total, which is what the report calls the cost", () => {
    for (const where of ["aws-spot", "aws-on-demand"] as const) {
      const sum = Object.values(parts(where)).reduce((usd, { expected }) => usd + expected, 0);
      expect(totalUsd(parts(where)).expected).toBeCloseTo(sum, 10);
      expect(costUsd(where, configuration, shape, 7200, handPrices)).toBeCloseTo(sum, 10);
    }
  });

  test("are free of charge on the own machine", () => {
    expect(parts("local")).toEqual({});
    expect(costUsd("local", configuration, shape, 7200, handPrices)).toBe(0);
  });

  test("cost as much less and more as the time may", () => {
    const ranged = costParts(
      "aws-on-demand",
      configuration,
      shape,
      { low: 3600, expected: 7200, high: 14_400 },
      handPrices,
    );
    expect(ranged.emr).toEqual({
      low: (ranged.emr?.expected ?? 0) / 2,
      expected: ranged.emr?.expected,
      high: 2 * (ranged.emr?.expected ?? 0),
    });
  });
});

describe("of any configuration of the catalogue", () => {
  const anyNodes = fc.integer({ min: 1, max: 64 });
  const anySeconds = fc.integer({ min: 1, max: 1_000_000 });

  test.each(shapes)("spot costs less than on-demand, but not nothing, with $vcpus vCPUs", (shape) => {
    fc.assert(
      fc.property(anyNodes, anySeconds, (nodes, seconds) => {
        const configuration = configurationOf(shape, nodes);
        const spot = costUsd("aws-spot", configuration, shape, seconds, prices);
        expect(spot).toBeGreaterThan(0);
        expect(spot).toBeLessThan(costUsd("aws-on-demand", configuration, shape, seconds, prices));
      }),
    );
  });

  test.each(shapes)("more time and more nodes cost more with $vcpus vCPUs", (shape) => {
    fc.assert(
      fc.property(anyNodes, anySeconds, (nodes, seconds) => {
        const usd = costUsd("aws-spot", configurationOf(shape, nodes), shape, seconds, prices);
        expect(costUsd("aws-spot", configurationOf(shape, nodes + 1), shape, seconds, prices)).toBeGreaterThan(usd);
        expect(costUsd("aws-spot", configurationOf(shape, nodes), shape, seconds + 1, prices)).toBeGreaterThan(usd);
      }),
    );
  });
});

/** The expected cost of exactly so many seconds. */
function costUsd(where: Where, configuration: Configuration, shape: InstanceShape, seconds: number, asked: Prices) {
  return totalUsd(costParts(where, configuration, shape, exactly(seconds), asked)).expected;
}
