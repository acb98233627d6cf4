import { describe, expect, test } from "vitest";
import { judged } from "../../../core/report/significance.ts";
import { tails } from "../../../core/report/skewNormal.ts";
import { splitCounts } from "../../../core/report/splitCounts.ts";
import { chr22, tableOf } from "./resultRun.ts";

const { rows, splits } = chr22();
const table = await tableOf(rows);

/** Importances that are exactly as chance has them, and some far above. */
function simulated(variants: number, signals: number): string[] {
  const chance = tails({ shape: 2, location: -9, scale: 1 });
  const logs = Array.from({ length: variants }, (_, index) => chance.quantile((index + 0.5) / variants));
  const strong = Array.from({ length: signals }, (_, index) => -2 + index / signals);
  return [...logs, ...strong].map((log, index) => `1_${index + 1}_A_C,${Math.exp(log)}`);
}

const often = { get: () => 9 } as unknown as ReadonlyMap<string, number>;

describe("what speaks against a local false discovery rate", () => {
  test("is nothing where many variants of many trees are distributed as they should be", async () => {
    const { significance } = judged(await tableOf(simulated(6_000, 30)), often, 1_000);
    expect(significance).toMatchObject({ kind: "fitted", passing: 30, doubts: [] });
  });

  test("is that nothing stands out, in so many words of the report: none passes", async () => {
    const { significance } = judged(await tableOf(simulated(6_000, 0)), often, 1_000);
    expect(significance).toMatchObject({ kind: "fitted", passing: 0 });
    expect(significance).not.toHaveProperty("importanceAbove");
  });

  test.each([
    { case: "few trees", trees: 100, counts: splits, doubt: /^100 trees are few/ },
    { case: "few variants", trees: 500, counts: splits, doubt: /^Only 652 variants/ },
    { case: "splits that are not known", trees: 500, counts: undefined, doubt: /^How often trees split/ },
    { case: "a bad fit", trees: 500, counts: undefined, doubt: /explains only 81 %/ },
  ])("are $case", ({ trees, counts, doubt }) => {
    const { significance } = judged(table, counts, trees);
    if (significance.kind !== "fitted") throw new Error(significance.reason);
    expect(significance.doubts).toContainEqual(expect.stringMatching(doubt));
  });
});

test("the minimum of splits is the original's, and variants below it are not judged", () => {
  const verdict = judged(table, splits, 500);
  expect(verdict.significance).toMatchObject({ splitsAtLeast: 2, variants: 652, passing: 14 });
  const rare = rows.findIndex((row) => (splits.get(row.split(",")[0] ?? "") ?? 0) < 2);
  expect(verdict.variant(rare)).toBeUndefined();
  expect(verdict.splits(rare)).toBe(1);
  expect(verdict.localFdr(rare)).toBeUndefined();
});

test("corrected importances of nought and less are not judged", async () => {
  const verdict = judged(await tableOf([...simulated(1_000, 10), "2_1_A_C,0", "2_2_A_C,-5"]), undefined, 500);
  expect(verdict.significance).toMatchObject({ variants: 1_010 });
  expect(verdict.variant(1_011)).toBeUndefined();
});

test.each([1, 7, 64, 10_000])("splits are counted in a model that comes in pieces of %i bytes", async (size) => {
  const line = (name: string) => `        "splitVar" : ${JSON.stringify(name)},\n        "splitVarIndex" : 9,\n`;
  const names = ["22_5_A_C", 'odd"name\\_7_A_C', "Ä_9_A_C"];
  const model = Buffer.from(`{\n${[...names, ...names, "22_5_A_C"].map(line).join("")}}`);
  async function* pieces() {
    for (let at = 0; at < model.length; at += size) yield model.subarray(at, at + size);
  }
  expect(Object.fromEntries(await splitCounts(pieces()))).toEqual({ "22_5_A_C": 3, 'odd"name\\_7_A_C': 2, Ä_9_A_C: 2 });
});
