import { expect, test } from "vitest";
import { adviceOf } from "../../../core/report/advice.ts";
import { runReport } from "../../../core/report/report.ts";
import type { RunReport } from "../../../core/report/result.ts";
import { sizingData } from "../sizing/inputs.ts";
import { finishedRun, forestOf, now } from "./resultRun.ts";

const ranking = { ranked: [], variants: 0, withImportance: 0, symbolic: 0 };
const { advice: _, ...plain } = runReport(finishedRun(), { ranking }, sizingData, now);
const seconds = { ...plain.seconds, total: { predicted: 100, actual: 110 } };
const use = { coresPaid: 8, coresBusy: 7.5, cacheBytes: 100e9, cachedBytes: 80e9, cachedFraction: 1 };
const significance = { kind: "not-possible" as const, reason: "" };
const configuration = { ...plain.configuration, partitions: 16 };
const fine: Omit<RunReport, "advice"> = { ...plain, seconds, use, significance, configuration, oobErrors: [] };

test("a run that used what was paid for is given no advice", () => {
  expect(adviceOf(fine)).toEqual([]);
});

function chunksOf(agreements: readonly number[]): NonNullable<RunReport["chunks"]> {
  const { planned, grown, stability } = forestOf(agreements);
  return { planned: planned.length, grown, ...(stability && { stability }) };
}

test.each<{ case: string; change: Partial<RunReport>; advice: RegExp }>([
  {
    case: "did not fit into memory",
    change: { use: { ...use, cachedFraction: 0.75 } },
    advice: /Only 75 % of the data lay in memory/,
  },
  { case: "used little memory", change: { use: { ...use, cachedBytes: 10e9 } }, advice: /took 10 GB of the 100 GB/ },
  { case: "kept few cores busy", change: { use: { ...use, coresBusy: 2 } }, advice: /2\.0 of 8 cores were busy/ },
  {
    case: "came in one piece",
    change: { configuration: { ...configuration, partitions: 1 } },
    advice: /1 partition, so 7 of 8 cores/,
  },
  {
    case: "was still learning",
    change: { oobErrors: [100, 250, 400, 500].map((trees) => ({ trees, error: 20 / trees })) },
    advice: /fell from 8\.00 % to 4\.00 %.*trees=1000/,
  },
  {
    case: "was stable before its last chunk",
    change: { chunks: chunksOf([0.5, 0.9, 0.95, 1, 1]) },
    advice: /stable from 800 of 1,200 trees on: 800 trees would have done \(run\.again\(trees=800\)\)/,
  },
  {
    case: "took far longer",
    change: { seconds: { ...seconds, total: { predicted: 100, actual: 250 } } },
    advice: /2\.5 times/,
  },
])("a run that $case is told what to change", ({ change, advice }) => {
  expect(adviceOf({ ...fine, ...change })).toEqual([expect.stringMatching(advice)]);
});

test("a run without significance is told that it can be asked for", () => {
  const { significance: __, ...unjudged } = fine;
  expect(adviceOf(unjudged)).toEqual([expect.stringContaining("localFdr=True")]);
});

test.each([
  ["a node of few cores is not said to have too many", { coresPaid: 2, coresBusy: 0.3 }],
  ["the least memory on offer is not said to be too much", { cacheBytes: 4e9, cachedBytes: 2e6 }],
])("%s", (_, parts) => {
  expect(adviceOf({ ...fine, use: { ...use, ...parts } })).toEqual([]);
});

test.each([
  ["became stable with its last chunk", [0.5, 0.7, 0.9, 0.95]],
  ["was stable only for a while", [1, 1, 1, 0.5]],
  ["had too few chunks to tell", [1, 1]],
  ["had one chunk", []],
])("a forest that %s is not said to have grown too many trees", (_, agreements) => {
  expect(adviceOf({ ...fine, chunks: chunksOf(agreements) })).toEqual([]);
});
