import { describe, expect, test } from "vitest";
import { sizingData } from "../sizing/inputs.ts";

const { prices, shapes, model, localMachine } = sizingData;

/** vCPUs of AWS's sizes: xlarge is 4, 2xlarge is 8 and so on (EC2 user guide, instance type specifications). */
function vcpusBySuffix(name: string): number {
  const [, times] = /^\w+\.(\d*)xlarge$/.exec(name) ?? [];
  return 4 * Number(times || (times === "" ? 1 : Number.NaN));
}

test("prices are positive", () => {
  const { date: _date, source: _source, ...figures } = prices;
  expect(Object.keys(figures)).toHaveLength(6);
  for (const [name, usd] of Object.entries(figures)) expect(usd, name).toBeGreaterThan(0);
});

test("spot costs a part of on-demand", () => {
  expect(prices.spotFraction).toBeGreaterThan(0);
  expect(prices.spotFraction).toBeLessThan(1);
});

test.each([prices, model])("what was measured says when and where from: $date", ({ date, source }) => {
  expect(new Date(date).toISOString()).toBe(`${date}T00:00:00.000Z`);
  expect(source).not.toBe("");
});

test("EMR's uplift is the published one", () => {
  expect([prices.emrVcpuHourUsd, prices.emrGbHourUsd]).toEqual([0.01012, 0.00111125]);
});

test("shapes stand in the order of their prices, and each is larger than the one before", () => {
  const rows = shapes.map(({ vcpus, memoryGiB, instanceTypes: [first] }) => [first?.hourUsd, vcpus, memoryGiB]);
  for (const column of [0, 1, 2]) {
    const figures = rows.map((row) => row[column] ?? Number.NaN);
    expect(figures).toEqual([...new Set(figures)].sort((a, b) => a - b));
  }
  expect(shapes.length).toBeGreaterThan(1);
});

describe.each(shapes)("the shape of $vcpus vCPUs and $memoryGiB GiB", ({ vcpus, memoryGiB, instanceTypes }) => {
  const names = instanceTypes.map(({ name }) => name);

  test("has several types, so that spot has several pools to draw from, the cheapest first", () => {
    const usd = instanceTypes.map(({ hourUsd }) => hourUsd);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(usd).toEqual(usd.toSorted((a, b) => a - b));
    expect(usd[0]).toBeGreaterThan(0);
  });

  test("has types of as many vCPUs, which their size says", () => {
    expect(names.map(vcpusBySuffix)).toEqual(names.map(() => vcpus));
  });

  test("has types of as much memory: 8 GiB per vCPU in the memory-optimised family", () => {
    for (const name of names) expect(name).toMatch(/^r/);
    expect(memoryGiB).toBe(8 * vcpus);
  });

  test("has types of one processor architecture, for which the image is built", () => {
    for (const name of names) expect(name).toMatch(/^[a-z]\d[ai]?\./);
  });
});

test("the model's coefficients are positive and its range holds what it expects", () => {
  const { date: _date, source: _source, ...coefficients } = model;
  for (const [name, value] of Object.entries(coefficients)) expect(value, name).toBeGreaterThan(0);
  expect(model.rangeLow).toBeLessThan(1);
  expect(model.rangeHigh).toBeGreaterThan(1);
});

test("the machine that local assumes is a laptop", () => {
  expect(localMachine.cores).toBeGreaterThanOrEqual(2);
  expect(localMachine.memoryGiB).toBeGreaterThanOrEqual(8);
});
