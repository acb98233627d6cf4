import { expect, test } from "vitest";
import { modelIsKept } from "../../../core/report/modelIsKept.ts";
import { importanceArguments } from "../../../core/variantspark/importanceArguments.ts";

const analysis = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 };
const request = { inputs: [], labelsUri: "l", labelColumn: "label", outputUri: "o", variantsReported: 0, analysis };

test("VariantSpark is asked for the out-of-bag error and for its model only where these are wanted", () => {
  expect(importanceArguments(request).slice(-2)).toEqual(["-sr", "13"]);
  const wanted = importanceArguments({
    ...request,
    analysis: { ...analysis, oobError: true },
    modelUri: "s3://r/model.json",
  });
  expect(wanted.slice(-5)).toEqual(["-ro", "-om", "s3://r/model.json", "-omf", "json"]);
});

test.each([
  { localFdr: true, trees: 500, samples: 2_504, kept: true },
  { localFdr: true, trees: 500, samples: 500_000, kept: false },
  { localFdr: false, trees: 500, samples: 2_504, kept: false },
])("a model of $trees trees and $samples samples is kept: $kept", ({ localFdr, trees, samples, kept }) => {
  expect(modelIsKept({ ...analysis, localFdr, trees }, samples)).toBe(kept);
});
