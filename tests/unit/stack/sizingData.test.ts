import { describe, expect, test } from "vitest";
import { sizingData } from "../sizing/inputs.ts";

const { prices, shapes, search, model, localMachine } = sizingData;

/** vCPUs of AWS's sizes: xlarge is 4, 2xlarge is 8 and so on (EC2 user guide, instance type specifications). */
function vcpusBySuffix(name: string): number {
  const [, times] = /^\w+\.(\d*)xlarge$/.exec(name) ?? [];
  return 4 * Number(times || (times === "" ? 1 : Number.NaN));
}

function family(name: string | undefined): string | undefined {
  return name?.split(".")[0];
}

test("prices are positive", () => {
  const figures = Object.entries(prices).filter(([, value]) => typeof value === "number");
  expect(figures).toHaveLength(9);
  for (const [name, usd] of figures) expect(usd, name).toBeGreaterThan(0);
});

test("spot costs a part of on-demand, and other regions at least as much as the table's", () => {
  const { low, expected, high } = prices.spotFraction;
  expect([0, low, expected, high, 1]).toEqual([0, low, expected, high, 1].toSorted((a, b) => a - b));
  expect(low).toBeGreaterThan(0);
  expect(prices.otherRegions.low).toBeGreaterThanOrEqual(1);
});

test.each([prices, model])("what was measured says when and where from: $date", ({ date, source }) => {
  expect(new Date(date).toISOString()).toBe(`${date}T00:00:00.000Z`);
  expect(source).not.toBe("");
});

test("EMR's uplift is the published one", () => {
  expect([prices.emrVcpuHourUsd, prices.emrGbHourUsd]).toEqual([0.01012, 0.00111125]);
});

describe.each(shapes)("the shape of $vcpus vCPUs and $memoryGiB GiB of $instanceTypes.0.name", (shape) => {
  const { architecture, vcpus, memoryGiB, maxPods, instanceTypes } = shape;
  const names = instanceTypes.map(({ name }) => name);

  test("has types of as many vCPUs, which their size says", () => {
    expect(names.map(vcpusBySuffix)).toEqual(names.map(() => vcpus));
    expect(new Set(names).size).toBe(names.length);
  });

  test("has types of as much memory: 8 GiB per vCPU in the memory-optimised family", () => {
    for (const name of names) expect(name).toMatch(/^r\d/);
    expect(memoryGiB).toBe(8 * vcpus);
  });

  test("has types of one processor architecture, because a node group has one AMI", () => {
    for (const name of names) expect(/^r\dg\./.test(name)).toBe(architecture === "arm64");
  });

  test("has the pods that EKS allows on such a type", () => {
    expect(maxPods).toBe(vcpus <= 8 ? 58 : vcpus <= 48 ? 234 : 737);
  });

  test("costs in proportion to its size", () => {
    const [small] = shapes.filter((one) => family(one.instanceTypes[0]?.name) === family(names[0]));
    for (const [index, { hourUsd }] of instanceTypes.entries())
      expect(hourUsd / vcpus).toBeCloseTo((small?.instanceTypes[index]?.hourUsd ?? 0) / (small?.vcpus ?? 1), 4);
  });

  test("has speeds of about a core's", () => {
    for (const { speed } of instanceTypes) {
      expect(speed).toBeGreaterThan(0.5);
      expect(speed).toBeLessThan(2);
    }
  });
});

test("a spot run has shapes of either architecture to choose from, with several pools each", () => {
  const several = shapes.filter(({ instanceTypes }) => instanceTypes.length >= search.minSpotTypes);
  expect(new Set(several.map(({ architecture }) => architecture))).toEqual(new Set(["x86_64", "arm64"]));
});

test("no work of the model takes less than nothing, and its range holds what it expects", () => {
  const coefficients = Object.values(model).flatMap((value) =>
    typeof value === "object" ? Object.values(value) : value,
  );
  for (const value of coefficients.filter((one) => typeof one === "number")) expect(value).toBeGreaterThanOrEqual(0);
  expect(model.rangeLow).toBeLessThan(1);
  expect(model.rangeHigh).toBeGreaterThan(1);
});

test("the machine that local assumes is a laptop", () => {
  expect(localMachine.cores).toBeGreaterThanOrEqual(2);
  expect(localMachine.memoryGiB).toBeGreaterThanOrEqual(8);
});
