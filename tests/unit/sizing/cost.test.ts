import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configurationOf } from "../../../core/sizing/configuration.ts";
import { costUsd } from "../../../core/sizing/cost.ts";
import type { Configuration } from "../../../core/sizing/estimate.ts";
import type { InstanceShape } from "../../../core/sizing/sizingData.ts";
import { sizingData } from "./inputs.ts";

const { prices, shapes } = sizingData;

describe("two hours on three nodes, computed by hand", () => {
  const shape: InstanceShape = { vcpus: 8, memoryGiB: 64, instanceTypes: [{ name: "r6a.2xlarge", hourUsd: 0.4536 }] };
  const configuration: Configuration = {
    instanceTypes: ["r6a.2xlarge"],
    nodes: 3,
    executorsPerNode: 1,
    coresPerExecutor: 7,
    executorMemoryMiB: 50 * 1024,
    executorOverheadMiB: 5 * 1024,
    driverCores: 1,
    driverMemoryMiB: 4 * 1024,
    driverOverheadMiB: 512,
  };
  const handPrices = {
    date: "2026-01-01",
    source: "this test",
    spotFraction: 0.4,
    emrVcpuHourUsd: 0.01012,
    emrGbHourUsd: 0.00111125,
    eksClusterHourUsd: 0.1,
    ebsGbMonthUsd: 0.073,
    lambdaGbSecondUsd: 0.0000133334,
  };
  // Disks: 3 × 50 GB × 0.073 / 730 h = 0.015 per hour. EKS: 0.1 per hour.
  // EMR: (3 × 7 + 1) vCPUs × 0.01012 = 0.22264; (3 × 55 + 4.5) GB × 0.00111125 = 0.188356875; 0.410996875 per hour.
  // EC2: on-demand 3 × 0.4536 = 1.3608 per hour, on spot 0.4 of it, 0.54432.
  test.each([
    { where: "aws-on-demand", usd: 2 * (1.3608 + 0.015 + 0.410996875 + 0.1) },
    { where: "aws-spot", usd: 2 * (0.54432 + 0.015 + 0.410996875 + 0.1) },
    { where: "local", usd: 0 },
  ] as const)("cost $usd US dollars $where", ({ where, usd }) => {
    expect(costUsd(where, configuration, shape, 7200, handPrices)).toBeCloseTo(usd, 10);
  });

  test("are 3.77 and 2.14 US dollars, so that spot saves less than its discount on the nodes", () => {
    expect(costUsd("aws-on-demand", configuration, shape, 7200, handPrices)).toBeCloseTo(3.77, 2);
    expect(costUsd("aws-spot", configuration, shape, 7200, handPrices)).toBeCloseTo(2.14, 2);
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
