import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cacheCapacityBytes, totalCores } from "../../../core/sizing/configuration.ts";
import { type Option, takeableOption, type Where } from "../../../core/sizing/estimate.ts";
import { dataSize, estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { cachedBytes, totalSeconds } from "../../../core/sizing/phases.ts";
import type { Analysis } from "../../../core/study/analysis.ts";
import { anyAnalysis, anyInspection, defaults, inspectionOf, sizingData } from "./inputs.ts";

type Study = Parameters<typeof estimateStudy>[0];

const small = inspectionOf(2504, 17_010, [{ compression: "gzip" }]);

test("six options are named, in the order in which they are shown", () => {
  expect(estimateStudy(small, defaults, sizingData).options.map(({ where, prepare }) => [where, prepare])).toEqual([
    ["aws-spot", false],
    ["aws-spot", true],
    ["aws-on-demand", false],
    ["aws-on-demand", true],
    ["local", false],
    ["local", true],
  ]);
});

test.each([
  ["needs preparing", { needsPreparing: "Another order." }, {}, "Another order."],
  ["has filters", {}, { filters: { minMaf: 0.1 } }, "VariantSpark does not filter"],
])("a study that %s is run prepared or not at all", (_, found, parameters, words) => {
  const { options } = estimateStudy({ ...small, ...found }, { ...defaults, ...parameters }, sizingData);
  for (const { prepare, refusal = "" } of options) {
    if (prepare) expect(refusal).toBe("");
    else expect(refusal).toContain(words);
  }
});

test("a small study may be run anywhere, and its message names all three", () => {
  const { options, message } = estimateStudy(small, defaults, sizingData);
  expect(options.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
  expect(message).toMatch(/AWS on spot nodes: .*AWS on on-demand nodes: .*Your own machine: /);
});

test("the figures say what they rest on", () => {
  const { basis } = estimateStudy(small, defaults, sizingData);
  for (const { date, source } of [sizingData.prices, sizingData.model]) {
    expect(basis).toContain(date);
    expect(basis).toContain(source);
  }
});

describe("any option of any study", () => {
  test("caches all of the data with headroom, or carries a refusal", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        for (const option of takeable(inspection, analysis))
          expect(cacheCapacityBytes(option.configuration)).toBeGreaterThanOrEqual(cachedBytes(dataSize(inspection)));
      }),
    );
  });

  test("gives no executor more of the data than it can cache: a partition is never spread over two", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        const size = dataSize(inspection);
        for (const { configuration } of takeable(inspection, analysis).filter((option) => !option.prepare)) {
          const executors = configuration.nodes * Math.max(configuration.executorsPerNode, 1);
          const fullest = Math.ceil(size.partitions / executors) * (cachedBytes(size) / size.partitions);
          expect(cacheCapacityBytes(configuration) / executors).toBeGreaterThanOrEqual(fullest);
        }
      }),
    );
  });

  test("has ranges around what it expects, and a sum that is its phases'", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        for (const option of estimateStudy(inspection, analysis, sizingData).options) {
          expect(option.runSeconds.expected).toBe(totalSeconds(option.phases));
          for (const { low, expected, high } of [option.runSeconds, option.costUsd]) {
            expect(low).toBeCloseTo(expected * sizingData.model.rangeLow, 6);
            expect(high).toBeCloseTo(expected * sizingData.model.rangeHigh, 6);
          }
          if (option.refusal === undefined) expect(option.prepareSeconds.expected > 0).toBe(option.prepare);
        }
      }),
    );
  });

  test("costs less on spot than on demand, and nothing on the own machine", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        const usd = (where: Where) => optionOf(inspection, analysis, where).costUsd.expected;
        expect(usd("aws-spot")).toBeLessThan(usd("aws-on-demand"));
        expect(usd("aws-spot")).toBeGreaterThan(0);
        expect(usd("local")).toBe(0);
      }),
    );
  });

  test("asks AWS for types of one shape of the catalogue", () => {
    const shapes = sizingData.shapes.map(({ instanceTypes }) => instanceTypes.map(({ name }) => name));
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        expect(shapes).toContainEqual(optionOf(inspection, analysis, "aws-spot").configuration.instanceTypes);
      }),
    );
  });

  test("costs no less with more trees", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, fc.integer({ min: 1, max: 10_000 }), (inspection, analysis, extra) => {
        const larger = { ...analysis, trees: analysis.trees + extra };
        const before = optionOf(inspection, analysis, "aws-spot").costUsd.expected;
        expect(optionOf(inspection, larger, "aws-spot").costUsd.expected).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe("nodes", () => {
  test("are not multiplied for one gzip file, which one core reads", () => {
    expect(optionOf(inspectionOf(2504, 1_000_000, [{ compression: "gzip" }]), defaults, "aws-spot")).toMatchObject({
      configuration: { nodes: 1 },
    });
  });

  test("are multiplied for plain text until the run takes at most an hour", () => {
    const genome = inspectionOf(2504, 100_000_000, [{ compression: "none" }]);
    const { configuration, runSeconds } = optionOf(genome, defaults, "aws-on-demand");
    expect(totalCores(configuration)).toBeGreaterThan(100);
    expect(runSeconds.expected).toBeLessThanOrEqual(3600);
  });
});

describe("a file named .vcf.bgz", () => {
  const files = [{ compression: "gzip" as const }, { compression: "bgzf" as const, engineReadable: false }];
  const estimate = estimateStudy(inspectionOf(2504, 17_010, files), defaults, sizingData);

  test.each<Where>(["aws-spot", "aws-on-demand"])("is refused by %s, with its name and the reason", (where) => {
    expect(takeableOption(estimate, where, false)).toBeUndefined();
    expect(estimate.options.find((option) => option.where === where && !option.prepare)?.refusal).toBe(
      "VariantSpark cannot read chr2.vcf.bgz from S3: a .vcf.bgz is taken for raw bytes there.",
    );
  });

  test("is not refused by the own machine", () => {
    expect(takeableOption(estimate, "local", false)).toBeDefined();
  });
});

describe("a study that is too large", () => {
  const biobank = inspectionOf(500_000, 100_000_000, [{ compression: "none" }]);
  const options = estimateStudy(biobank, defaults, sizingData).options;

  test.each(options)("for $where is refused and says what does not fit", ({ refusal }) => {
    expect(refusal).toMatch(/^The genotypes do not fit into the |^The matrix would have [0-9,]+ parts/);
  });

  test("is still told what it would have cost on the largest configuration", () => {
    expect(options[0]?.configuration.nodes).toBe(64);
    expect(options[0]?.costUsd.expected).toBeGreaterThan(0);
  });

  test("for one executor is refused as one gzip file, though more nodes would hold it, and taken as plain text", () => {
    const variants = 60_000_000;
    const asGzip = optionOf(inspectionOf(2504, variants, [{ compression: "gzip" }]), defaults, "aws-spot");
    const asText = optionOf(inspectionOf(2504, variants, [{ compression: "none" }]), defaults, "aws-spot");
    expect(asGzip.refusal).toMatch(
      /^The genotypes of a compressed file, which one task reads, do not fit into one executor: split /,
    );
    expect(asText.refusal).toBeUndefined();
  });
});

describe("tasks that can read side by side", () => {
  const mebibyte = 1024 * 1024;

  test.each([
    { case: "one gzip file", files: [fileOf("gzip", 500 * mebibyte)], partitions: 1 },
    { case: "22 BGZF files", files: Array.from({ length: 22 }, () => fileOf("bgzf", 500 * mebibyte)), partitions: 22 },
    { case: "a plain file of 32 MiB", files: [fileOf("none", 32 * mebibyte)], partitions: 1 },
    { case: "a plain file of a byte more", files: [fileOf("none", 32 * mebibyte + 1)], partitions: 2 },
    { case: "gzip and plain", files: [fileOf("gzip", 1), fileOf("none", 100 * mebibyte)], partitions: 5 },
    { case: "an empty plain file", files: [fileOf("none", 0)], partitions: 1 },
  ])("are $partitions for $case", ({ files, partitions }) => {
    expect(dataSize({ ...small, vcfs: files }).partitions).toBe(partitions);
  });

  test("come with the text of all files", () => {
    const [one] = small.vcfs;
    expect(one?.uncompressedBytes).toBeGreaterThan(0);
    expect(dataSize({ ...small, vcfs: [...small.vcfs, ...small.vcfs] })).toEqual({
      samples: 2504,
      variants: 17_010,
      uncompressedBytes: 2 * (one?.uncompressedBytes ?? 0),
      partitions: 2,
    });
  });
});

function fileOf(compression: "none" | "gzip" | "bgzf", compressedBytes: number) {
  const [file] = inspectionOf(1, 1, [{ compression }]).vcfs;
  if (file === undefined) throw new Error("an inspection has as many files as were asked for");
  return { ...file, compressedBytes };
}

function optionOf(inspection: Study, analysis: Analysis, where: Where): Option {
  const option = estimateStudy(inspection, analysis, sizingData).options.find(
    (one) => one.where === where && !one.prepare,
  );
  if (option === undefined) throw new Error(`there is no option ${where}`);
  return option;
}

function takeable(inspection: Study, analysis: Analysis): Option[] {
  return estimateStudy(inspection, analysis, sizingData).options.filter(({ refusal }) => refusal === undefined);
}
