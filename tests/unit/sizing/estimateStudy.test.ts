import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds, totalCores } from "../../../core/sizing/configuration.ts";
import { type Option, takeableOption, type Where } from "../../../core/sizing/estimate.ts";
import { estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { matrixInput, studyInput } from "../../../core/sizing/input.ts";
import { totalSeconds } from "../../../core/sizing/phases.ts";
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

test("the speed of the cores is assumed until runs have taught it, and the estimate says which", () => {
  const before = estimateStudy(small, defaults, sizingData);
  expect(before.basis).toMatch(/speed of the cores assumed \(\w+/);
  const family = before.options[0]?.configuration.instanceTypes[0]?.split(".")[0] ?? "";
  const taught = { ...sizingData, model: { ...sizingData.model, speeds: { [family]: { speed: 2, weight: 1 } } } };
  expect(estimateStudy(small, defaults, taught).basis).toContain("learned from finished runs");
});

describe("any option of any study", () => {
  test("caches all of the data with headroom, or carries a refusal", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        for (const { configuration, prepare } of takeable(inspection, analysis)) {
          const { samples, variants, labels } = inspection;
          const input = prepare ? matrixInput(samples, variants.estimate, labels) : studyInput(inspection);
          expect(holds(configuration, input)).toBe(true);
        }
      }),
    );
  });

  test("stands once on the curve of its market, as it is offered", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        const { options, curve } = estimateStudy(inspection, analysis, sizingData);
        for (const { where, prepare, refusal, costUsd, configuration } of options) {
          const points = curve.filter((point) => point.where === where && point.prepare === prepare);
          if (where === "local" || refusal !== undefined) expect(points).toEqual([]);
          else {
            const offered = points.filter((point) => point.offered);
            expect(offered).toHaveLength(1);
            expect(offered[0]?.costUsd.expected).toBeCloseTo(costUsd.expected, 6);
            expect(offered[0]?.nodes).toBe(configuration.nodes);
            expect(points.length).toBeLessThanOrEqual(13);
          }
        }
      }),
    );
  });

  test("costs the sum of its parts", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        for (const { costUsd, costParts } of estimateStudy(inspection, analysis, sizingData).options)
          expect(Object.values(costParts).reduce((usd, part) => usd + part.high, 0)).toBeCloseTo(costUsd.high, 6);
      }),
    );
  });

  test("has ranges around what it expects, and a sum that is its phases'", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        for (const option of estimateStudy(inspection, analysis, sizingData).options) {
          expect(option.runSeconds.expected).toBe(totalSeconds(option.phases));
          for (const { low, expected, high } of [option.runSeconds, option.costUsd]) {
            expect(low).toBeLessThanOrEqual(expected);
            expect(high).toBeGreaterThanOrEqual(expected);
          }
          if (option.refusal === undefined) expect(option.prepareSeconds.expected > 0).toBe(option.prepare);
        }
      }),
    );
  });

  test("costs something on AWS, and nothing on the own machine", () => {
    fc.assert(
      fc.property(anyInspection, anyAnalysis, (inspection, analysis) => {
        const usd = (where: Where) => optionOf(inspection, analysis, where).costUsd.expected;
        expect(usd("aws-on-demand")).toBeGreaterThan(0);
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
      configuration: { nodes: 1, coresPerExecutor: 1 },
    });
  });

  const genome = inspectionOf(2504, 10_000_000, [{ compression: "none" }]);

  test("are multiplied for plain text", () => {
    const { configuration } = optionOf(genome, defaults, "aws-on-demand");
    expect(totalCores(configuration)).toBeGreaterThan(50);
  });

  test("are faster with an earlier deadline, and cheaper with a smaller budget", () => {
    const { options, curve } = estimateStudy(genome, defaults, sizingData);
    const knee = options.find(({ where, prepare }) => where === "aws-spot" && !prepare);
    const points = curve.filter(({ where, prepare }) => where === "aws-spot" && !prepare);
    const [fastest] = points;
    const cheapest = points.at(-1);
    if (knee === undefined || fastest === undefined || cheapest === undefined) throw new Error("spot is on offer");
    const hours = (fastest.seconds.high + 1) / 3600;
    const fast = optionOf(genome, { ...defaults, deadlineHours: hours }, "aws-spot");
    const cheap = optionOf(genome, { ...defaults, budgetUsd: cheapest.costUsd.high * 1.001 }, "aws-spot");
    expect(points.length).toBeGreaterThan(2);
    expect(fast.runSeconds.high).toBeLessThan(knee.runSeconds.high);
    expect(fast.runSeconds.high).toBeLessThanOrEqual(hours * 3600);
    expect(fast.costUsd.high).toBeGreaterThan(knee.costUsd.high);
    expect(cheap.costUsd.high).toBeLessThan(knee.costUsd.high);
    expect(cheap.runSeconds.high).toBeGreaterThan(knee.runSeconds.high);
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
    expect(refusal).toMatch(
      /^The (genotypes do not fit into the|matrix would have [0-9,]+ parts|forest needs a driver of)/,
    );
  });

  test("is still told what it would have cost on the largest configuration", () => {
    const [largest] = options;
    expect(largest && totalCores(largest.configuration)).toBeGreaterThan(500);
    expect(options[0]?.costUsd.expected).toBeGreaterThan(0);
  });

  test("for one executor is refused as one gzip file, though more nodes would hold it, and taken as plain text", () => {
    const variants = 60_000_000;
    const asGzip = optionOf(inspectionOf(2504, variants, [{ compression: "gzip" }]), defaults, "aws-spot");
    const asText = optionOf(inspectionOf(2504, variants, [{ compression: "none" }]), defaults, "aws-spot");
    expect(asGzip.refusal).toMatch(
      /^The genotypes of a compressed file, which one task reads, do not fit into one executor: prepare /,
    );
    expect(asText.refusal).toBeUndefined();
  });
});

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
