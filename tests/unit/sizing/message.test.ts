import { describe, expect, test } from "vitest";
import type { CurvePoint, Option } from "../../../core/sizing/estimate.ts";
import { cost, dollars, duration, estimateMessage, gib } from "../../../core/sizing/message.ts";
import { exactly } from "../../../core/sizing/range.ts";
import { optionOf } from "../run/runOf.ts";
import { inspectionOf, sizingData } from "./inputs.ts";

test.each([
  [0, "1 s"],
  [0.4, "1 s"],
  [1.5, "2 s"],
  [89, "89 s"],
  [90, "2 min"],
  [150, "3 min"],
  [3_600, "60 min"],
  [5_399, "90 min"],
  [5_400, "1.5 h"],
  [86_400, "24.0 h"],
])("%d seconds are said as %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  [0, "$0.000"],
  [0.004, "$0.004"],
  [0.0994, "$0.099"],
  [0.1, "$0.10"],
  [1.005, "$1.00"],
  [12.345, "$12.35"],
  [1234.5, "$1234.50"],
])("%d US dollars are said as %s", (usd, words) => {
  expect(dollars(usd)).toBe(words);
});

test.each([
  [0, "0 GiB"],
  [2.44 * 2 ** 30, "2.4 GiB"],
  [12.4 * 2 ** 30, "12 GiB"],
  [1234 * 2 ** 30, "1,234 GiB"],
])("%d bytes are said as %s", (bytes, words) => {
  expect(gib(bytes)).toBe(words);
});

test.each([
  [0, 0, "free of charge"],
  [0.0001, 0.0004, "under $0.001"],
  [0.0004, 0.004, "$0.000 to $0.004"],
  [0.2, 1.5, "$0.20 to $1.50"],
])("a cost between %d and %d US dollars is said as %s", (low, high, words) => {
  expect(cost({ low, expected: (low + high) / 2, high }, " to ")).toBe(words);
});

describe("the message", () => {
  const spot = optionOf("aws-spot");
  const local = optionOf("local");
  const onDemand = optionOf("aws-on-demand", { refusal: "There is no quota for it." });
  const gzip = inspectionOf(2504, 17_010, [{ compression: "gzip" }]);

  test("says into how many jobs a large forest is cut, and nothing of one that is not", () => {
    const inTen = { ...spot, configuration: { ...spot.configuration, chunks: 10 } };
    expect(message([inTen, local], gzip, { uncut: [] })).toContain("in up to 10 jobs");
    expect(message([spot, local], gzip, { uncut: [] })).not.toContain("jobs");
  });

  test("says the size, then each option, then what is not on offer and why", () => {
    expect(message([spot, onDemand, local], gzip, { uncut: [] })).toBe(
      "17,010 variants of 2,504 samples. AWS on spot nodes: 2 min to 7 min, $0.10 to $0.40. " +
        "Your own machine: 2 min to 7 min, free of charge. " +
        "AWS on on-demand nodes is not on offer: There is no quota for it.",
    );
  });

  test("says of the own cluster that AWS charges nothing, and of preparing for it what that costs", () => {
    const cluster = optionOf("cluster", { costUsd: exactly(0) });
    const prepared = optionOf("cluster", { prepare: true, costUsd: exactly(0.2) });
    const words = message([cluster, prepared], gzip, { uncut: [] });
    expect(words).toContain("Your own cluster: 2 min to 7 min, no charge from AWS.");
    expect(words).toContain("Your own cluster, prepared first: 2 min to 7 min, $0.20 to $0.20.");
    expect(words).not.toMatch(/Preparing first|could also be/);
  });

  test("says where it is cut into jobs", () => {
    const inTen = { ...spot, configuration: { ...spot.configuration, chunks: 10 } };
    const onCluster = { ...inTen, where: "cluster" as const };
    expect(message([inTen, onCluster], gzip, { uncut: [] })).toContain("On AWS and your own cluster the forest grows");
    expect(message([spot, onCluster], gzip, { uncut: [] })).toContain("On your own cluster the forest grows");
  });

  test("says which file one Lambda has to prepare alone, and for how long", () => {
    expect(message([spot], gzip, { uncut: [{ file: "chr1.vcf.gz", seconds: 400 }] })).toContain(
      "chr1.vcf.gz is gzip, not BGZF, and cannot be cut: preparing it takes one Lambda 7 min or so",
    );
  });

  test("says what of the records the prepared matrix holds, and why the others are not in it", () => {
    const droppedBy = { region: 1_200, "not-biallelic": 0, missing: 3, maf: 7 };
    const counts = { recordsIn: 2_000, rowsOut: 790, droppedBy, genotypes: 79_000, missing: 158 };
    expect(message([spot], gzip, counts)).toContain(
      "Prepared: 790 of 2,000 records are in the matrix, left out were 1,200 outside the regions, " +
        "3 with too many missing genotypes, 7 too rare; 0.20 % of its genotypes are missing",
    );
  });

  test("says how many samples the filters keep", () => {
    const kept = { ...gzip, keptSamples: { count: 2_000, digest: "d" } };
    expect(message([spot], kept, { uncut: [] })).toContain("of 2,504 samples, of which 2,000 are kept.");
  });

  test("says that a count is estimated when it is", () => {
    const estimated = { ...gzip, variants: { estimate: 17_010, exact: false } };
    expect(message([spot], estimated, { uncut: [] })).toMatch(/^About 17,010 variants of 2,504 samples\. /);
  });

  test.each<{ case: string; options: readonly Option[]; files: "gzip" | "none"; advised: boolean }>([
    { case: "a long load of gzip", options: [slowly(spot)], files: "gzip", advised: true },
    { case: "a short load of gzip", options: [spot], files: "gzip", advised: false },
    { case: "a long load of plain text", options: [slowly(spot)], files: "none", advised: false },
    {
      case: "a long load in an option that cannot be taken",
      options: [local, slowly(onDemand)],
      files: "gzip",
      advised: false,
    },
  ])("after $case advises to split: $advised", ({ options, files, advised }) => {
    const words = message(options, inspectionOf(2504, 17_010, [{ compression: files }]), {
      uncut: [],
    });
    expect(words.includes("splitting the study by chromosome")).toBe(advised);
  });
});

describe("advice", () => {
  const direct = optionOf("aws-spot");
  const files = inspectionOf(2504, 17_010, [{ compression: "none" }]);
  const prepared = (seconds: number, usd: number) =>
    optionOf("aws-spot", {
      prepare: true,
      prepareSeconds: { low: 10, expected: 20, high: 30 },
      runSeconds: { low: seconds / 2, expected: seconds, high: 2 * seconds },
      costUsd: { low: usd / 2, expected: usd, high: 2 * usd },
    });

  test.each([
    { case: "saves half of both", seconds: 80, usd: 0.1, pays: true },
    { case: "saves a tenth of the time for the same money", seconds: 160, usd: 0.2, pays: true },
    { case: "saves less than a tenth", seconds: 170, usd: 0.19, pays: false },
    { case: "is twice as fast and more than a tenth dearer", seconds: 80, usd: 0.23, pays: false },
  ])("to prepare first is given when it $case: $pays", ({ seconds, usd, pays }) => {
    expect(message([direct, prepared(seconds, usd)], files, { uncut: [] }).includes("Preparing first pays")).toBe(pays);
  });

  test("to prepare first says both times and both costs", () => {
    expect(message([direct, prepared(80, 0.05)], files, { uncut: [] })).toContain(
      "Preparing first pays: 2 min and $0.050 in all instead of 3 min and $0.20, and later runs",
    );
  });

  const point = (seconds: number, usd: number, nodes: number, offered = false): CurvePoint => ({
    where: "aws-spot",
    prepare: false,
    seconds: exactly(seconds),
    costUsd: exactly(usd),
    instanceType: "r7g.2xlarge",
    nodes,
    cores: 7 * nodes,
    offered,
  });

  test("names what is faster and what is cheaper, by as much and with what", () => {
    const curve = [point(100, 0.28, 12), point(150, 0.22, 6), point(200, 0.2, 3, true), point(500, 0.1, 1)];
    expect(estimateMessage({ options: [direct], curve }, files, { uncut: [] }, sizingData)).toMatch(
      /AWS on spot nodes could also be twice as fast for 1\.4 × the cost with 12 nodes of r7g\.2xlarge \(deadlineHours\), or 0\.50 × the cost in 2\.5 times the time with 1 node of r7g\.2xlarge \(budgetUsd\)\.$/,
    );
  });

  test("names no alternative that is hardly different", () => {
    const curve = [point(190, 0.21, 4), point(200, 0.2, 3, true), point(220, 0.19, 2)];
    expect(estimateMessage({ options: [direct], curve }, files, { uncut: [] }, sizingData)).not.toContain("could also");
  });
});

function message(options: readonly Option[], ...rest: Tail): string {
  return estimateMessage({ options, curve: [] }, ...rest, sizingData);
}

type Tail = [Parameters<typeof estimateMessage>[1], Parameters<typeof estimateMessage>[2]];

function slowly(option: Option): Option {
  return { ...option, phases: { ...option.phases, load: 301 } };
}
