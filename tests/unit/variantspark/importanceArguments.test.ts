import { expect, test } from "vitest";
import { type ImportanceInput, importanceArguments } from "../../../core/variantspark/importanceArguments.ts";

const request = {
  inputs: [{ kind: "vcf" as const, uri: "s3://inbox/study/chr22.vcf" }],
  labelsUri: "s3://runs/r/labels.csv",
  labelColumn: "label",
  outputUri: "s3://runs/r/importance.csv",
  analysis: { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 },
  variantsReported: 0,
};

test("gives the command, the inputs as JSON and the parameters of the forest", () => {
  const json = '[{"type":"vcf","inputFile":"s3://inbox/study/chr22.vcf"}]';
  expect(importanceArguments(request)).toEqual([
    ...[
      "importance",
      "-ij",
      json,
      "-ff",
      "s3://runs/r/labels.csv",
      "-fc",
      "label",
      "-of",
      "s3://runs/r/importance.csv",
    ],
    ...["-on", "0", "-rn", "500", "-rmtf", "0.1", "-rbs", "100", "-sr", "13"],
  ]);
});

test("names depth and node size only when the analysis does", () => {
  const bounded = importanceArguments({ ...request, analysis: { ...request.analysis, maxDepth: 12, minNodeSize: 5 } });
  expect(bounded.slice(bounded.indexOf("-rmd"), bounded.indexOf("-sr"))).toEqual(["-rmd", "12", "-rmns", "5"]);
});

test.each(["-if", "-it", "-ovn", "-om", "-ro"])(
  "never uses %s, which fails, misleads or costs time on Spark 3.5",
  (flag) => {
    expect(importanceArguments(request)).not.toContain(flag);
  },
);

test("hands several inputs on in their order", () => {
  const inputs = [
    { kind: "vcf" as const, uri: "s3://inbox/study/chr2.vcf" },
    { kind: "parquet" as const, uri: "s3://assets/matrix/chr1" },
  ];
  expect(inputFiles(inputs)).toEqual([
    { type: "vcf", inputFile: "s3://inbox/study/chr2.vcf" },
    { type: "parquet", inputFile: "s3://assets/matrix/chr1" },
  ]);
});

test.each([
  { case: "spaces, plus signs and unicode as they are", uri: "s3://b/a b+ü.vcf", read: "s3://b/a b+ü.vcf" },
  { case: "brackets escaped", uri: "s3://b/a[1]{2}.vcf", read: "s3://b/a\\[1\\]\\{2\\}.vcf" },
  { case: "stars and question marks escaped", uri: "s3://b/a*?.vcf", read: "s3://b/a\\*\\?.vcf" },
  { case: "a backslash escaped", uri: "s3://b/a\\b.vcf", read: "s3://b/a\\\\b.vcf" },
  { case: "a comma as a class without a comma in it", uri: "s3://b/a,b.vcf", read: "s3://b/a[\\x2c]b.vcf" },
])("writes a path with $case, because Hadoop takes it for a list of globs", ({ uri, read }) => {
  expect(inputFiles([{ kind: "vcf", uri }])).toEqual([{ type: "vcf", inputFile: read }]);
});

function inputFiles(inputs: readonly ImportanceInput[]): unknown {
  const argv = importanceArguments({ ...request, inputs });
  return JSON.parse(argv[argv.indexOf("-ij") + 1] ?? "");
}

test("the input's JSON is ASCII whatever the key, and says the same", () => {
  const uri = "s3://inbox/Studie ä 数据/😀.vcf.gz";
  const json = importanceArguments({ ...request, inputs: [{ kind: "vcf", uri }] })[2] ?? "";
  expect(json).toMatch(/^[ -~]+$/);
  expect(JSON.parse(json)).toEqual([{ type: "vcf", inputFile: uri }]);
});
