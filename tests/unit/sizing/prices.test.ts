import { describe, expect, test } from "vitest";
import { listedPrices, onDemandHourUsd, rateQueries, rateUsd } from "../../../core/sizing/priceList.ts";
import { type AskedPrices, isFresh, pricedTypes, spotRanges, withPrices } from "../../../core/sizing/prices.ts";
import type { Rates } from "../../../core/sizing/sizingData.ts";
import { sizingData } from "./inputs.ts";

const now = new Date("2026-11-24T12:00:00.000Z");

/** A document of GetProducts as AWS writes it, shortened to one term of each kind. */
function product(
  attributes: Record<string, string>,
  unit: string,
  tiers: readonly (readonly [string, string])[],
): string {
  const sku = "2223B6PCG6QAUYY6";
  const term = `${sku}.JRTCKXETXF`;
  return JSON.stringify({
    product: { productFamily: "Compute Instance", attributes: { servicecode: "AmazonEC2", ...attributes }, sku },
    serviceCode: "AmazonEC2",
    terms: {
      OnDemand: {
        [term]: {
          priceDimensions: Object.fromEntries(
            tiers.map(([beginRange, USD], index) => [
              `${term}.${index}`,
              {
                unit,
                beginRange,
                endRange: "Inf",
                description: `$${USD} per ${unit}`,
                appliesTo: [],
                rateCode: `${term}.${index}`,
                pricePerUnit: { USD },
              },
            ]),
          ),
          sku,
          effectiveDate: "2026-11-01T00:00:00Z",
          offerTermCode: "JRTCKXETXF",
          termAttributes: {},
        },
      },
      Reserved: {
        [`${sku}.38NPMPTW36`]: {
          priceDimensions: { x: { unit: "Hrs", beginRange: "0", pricePerUnit: { USD: "0.0300000000" } } },
        },
      },
    },
    version: "20261101000000",
    publicationDate: "2026-11-01T00:00:00Z",
  });
}

describe("the price list", () => {
  test("tells the hourly on-demand price of each instance type, and not the reserved one", () => {
    const documents = [
      product({ instanceType: "r7g.xlarge", usagetype: "BoxUsage:r7g.xlarge" }, "Hrs", [["0", "0.2142000000"]]),
      product({ instanceType: "r6a.xlarge", usagetype: "BoxUsage:r6a.xlarge" }, "Hrs", [["0", "0.2268000000"]]),
    ];
    expect(onDemandHourUsd(documents)).toEqual({ "r7g.xlarge": 0.2142, "r6a.xlarge": 0.2268 });
  });

  test.each<{ rate: keyof Rates; usagetype: string; unit: string; usd: string }>([
    { rate: "emrVcpuHourUsd", usagetype: "EUW1-EMR-EKS-EC2-vCPUHours", unit: "vCPU-Hours", usd: "0.0101200000" },
    { rate: "emrGbHourUsd", usagetype: "EMR-EKS-EC2-GBHours", unit: "GB-Hours", usd: "0.0011112500" },
    { rate: "eksClusterHourUsd", usagetype: "USE1-AmazonEKS-Hours:perCluster", unit: "Hours", usd: "0.1000000000" },
    { rate: "ebsGbMonthUsd", usagetype: "EBS:VolumeUsage.gp3", unit: "GB-Mo", usd: "0.0800000000" },
    { rate: "lambdaGbSecondUsd", usagetype: "Lambda-GB-Second-ARM", unit: "Lambda-GB-Second", usd: "0.0000133334" },
    { rate: "lambdaRequestUsd", usagetype: "Request-ARM", unit: "Requests", usd: "0.0000002000" },
    { rate: "s3PutUsd", usagetype: "Requests-Tier1", unit: "Requests", usd: "0.0000050000" },
    { rate: "s3GetUsd", usagetype: "Requests-Tier2", unit: "Requests", usd: "0.0000004000" },
    { rate: "s3GbMonthUsd", usagetype: "EUW1-TimedStorage-ByteHrs", unit: "GB-Mo", usd: "0.0230000000" },
  ])("knows $rate by its usage type", ({ rate, usagetype, unit, usd }) => {
    const query = rateQueries.find((one) => one.rate === rate);
    if (query === undefined) throw new Error(`nothing asks for ${rate}`);
    const other = product({ usagetype: "EMR-EKS-Fargate-vCPUHours" }, unit, [["0", "9.9"]]);
    expect(rateUsd(query, [other, product({ usagetype }, unit, [["0", usd]])])).toBe(Number(usd));
    expect(rateUsd(query, [other])).toBeUndefined();
  });

  test("asks for every rate once", () => {
    const asked = rateQueries.map(({ rate }) => rate);
    expect(new Set(asked).size).toBe(asked.length);
    expect(Object.keys(sizingData.prices)).toEqual(expect.arrayContaining(asked));
    expect(asked).toHaveLength(9);
  });

  test("has its first tier where prices fall with the amount", () => {
    const tiers = product({ usagetype: "Lambda-GB-Second-ARM" }, "Lambda-GB-Second", [
      ["7500000000", "0.0000120001"],
      ["0", "0.0000133334"],
    ]);
    expect(listedPrices([tiers]).map(({ usd }) => usd)).toEqual([0.0000133334]);
  });

  test.each(["", "null", "[]", "{}", '{"terms":{"OnDemand":{"a":{}}}}', '{"product":7,"terms":3}'])(
    "passes over the document %s",
    (document) => {
      expect(listedPrices([document])).toEqual([]);
    },
  );

  test("passes over what is free, and over yuan", () => {
    const free = product({ instanceType: "r5.xlarge" }, "Hrs", [["0", "0.0000000000"]]);
    const yuan = product({ instanceType: "r5.xlarge" }, "Hrs", [["0", "1"]]).replaceAll('"USD"', '"CNY"');
    expect(listedPrices([free, yuan])).toEqual([]);
  });
});

test("the spot history is a range for each type: lowest, median, highest", () => {
  const entry = (InstanceType: string, SpotPrice: string) => ({
    InstanceType,
    SpotPrice,
    AvailabilityZone: "us-east-1a",
    ProductDescription: "Linux/UNIX",
    Timestamp: now,
  });
  const history = [
    entry("r7g.xlarge", "0.090000"),
    entry("r7g.xlarge", "0.070000"),
    entry("r7g.xlarge", "0.120000"),
    entry("r5.xlarge", "0.100000"),
    entry("r5.xlarge", "not a price"),
    {},
  ];
  expect(spotRanges(history)).toEqual({
    "r7g.xlarge": { low: 0.07, expected: 0.09, high: 0.12 },
    "r5.xlarge": { low: 0.1, expected: 0.1, high: 0.1 },
  });
});

describe("the sizing data", () => {
  const table = sizingData;
  const all = Object.fromEntries(pricedTypes(table).map((type) => [type, 1]));
  const asked: AskedPrices = {
    region: "eu-west-1",
    askedAt: "2026-11-24T02:00:00.000Z",
    onDemand: all,
    spot: { "r7g.xlarge": { low: 0.1, expected: 0.2, high: 0.3 } },
    rates: { emrVcpuHourUsd: 0.02 },
  };

  test("with what AWS told has its prices, their day and their source, and the table's for the rest", () => {
    const { prices, shapes } = withPrices(table, "eu-west-1", asked, now);
    expect(prices).toMatchObject({
      date: "2026-11-24",
      region: "eu-west-1",
      emrVcpuHourUsd: 0.02,
      emrGbHourUsd: 0.00111125,
    });
    expect(prices.source).toMatch(/^AWS price list and its spot price history; emrGbHourUsd, .*: table of 2026-01-19$/);
    const types = shapes.flatMap(({ instanceTypes }) => instanceTypes);
    expect(types.every(({ hourUsd }) => hourUsd === 1)).toBe(true);
    expect(types.find(({ name }) => name === "r7g.xlarge")?.spotHourUsd).toEqual(asked.spot["r7g.xlarge"]);
    expect(types.find(({ name }) => name === "r5.xlarge")?.spotHourUsd).toBeUndefined();
    expect(prices.systemNode.hourUsd).toBe(1);
  });

  test("has only types that AWS offers in the region", () => {
    const { "r8g.xlarge": _, ...offered } = all;
    const { shapes } = withPrices(table, "eu-west-1", { ...asked, onDemand: offered }, now);
    const names = shapes.flatMap(({ instanceTypes }) => instanceTypes.map(({ name }) => name));
    expect(names).not.toContain("r8g.xlarge");
    expect(names).toContain("r7g.xlarge");
  });

  test.each([
    ["nobody was asked", undefined],
    ["the answer is another region's", { ...asked, region: "us-west-2" }],
    ["the answer has hardly any type", { ...asked, onDemand: { "r5.xlarge": 1 } }],
  ])("is the table's, with its age, when %s", (_, answer) => {
    const { prices, shapes } = withPrices(table, "us-east-1", answer, now);
    expect(shapes).toEqual(table.shapes);
    expect(prices.source).toMatch(/; table 309 days old$/);
    expect({ ...prices, source: "" }).toEqual({ ...table.prices, source: "" });
  });

  test("of the table is dearer in another region, with a wider range on spot, and says so", () => {
    const { prices, shapes } = withPrices(table, "ap-southeast-2", undefined, now);
    const { otherRegions, spotFraction } = table.prices;
    expect(prices.source).toContain("ap-southeast-2 assumed 1.15 × us-east-1");
    expect(prices.emrVcpuHourUsd).toBeCloseTo(otherRegions.expected * table.prices.emrVcpuHourUsd, 10);
    expect(shapes[0]?.instanceTypes[0]?.hourUsd).toBeCloseTo(
      otherRegions.expected * (table.shapes[0]?.instanceTypes[0]?.hourUsd ?? 0),
      10,
    );
    expect(prices.spotFraction.low).toBeLessThan(spotFraction.low);
    expect(prices.spotFraction.high).toBeGreaterThan(spotFraction.high);
  });

  test.each([
    ["2026-11-24T11:00:00.000Z", true],
    ["2026-11-23T12:00:01.000Z", true],
    ["2026-11-23T11:59:59.000Z", false],
  ])("of %s is fresh enough at noon of the 24th: %s", (askedAt, fresh) => {
    expect(isFresh({ ...asked, askedAt }, now)).toBe(fresh);
  });

  test("asks for few enough types for one filter of the price list, which takes 1,024 characters", () => {
    expect(pricedTypes(table).join(",").length).toBeLessThanOrEqual(1024);
  });
});
