import { describe, expect, test } from "vitest";
import type { Run } from "../../../core/run/run.ts";
import { secondsLeft } from "../../../core/run/secondsLeft.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { askedAt, historyOf, later, runOf } from "./runOf.ts";

/** Predicted: start 100, load 50, trees 40, finish 10. */
const chosen: Partial<Run> = {
  choice: { where: "aws-spot", prepare: false, at: askedAt.toISOString(), by: "researcher", approvedUsd: 1 },
  history: historyOf([
    ["Ask", 0],
    ["Provision", 10],
  ]),
};
const progress = initialProgress(500);
const phases = [
  { phase: "loading" as const, at: later(100).toISOString() },
  { phase: "growing-trees" as const, at: later(160).toISOString() },
];

test.each<[string, Partial<Run>, number, number]>([
  ["nodes were asked for 30 s ago", { state: "Provision" }, 40, 170],
  ["nodes take longer than predicted", { state: "Launch" }, 400, 100],
  ["the engine has not begun", { state: "Observe" }, 60, 150],
  ["it loads for 20 s", { state: "Observe", progress: { ...progress, phase: "loading" }, phases }, 120, 80],
  ["no tree is done", { state: "Observe", progress: { ...progress, phase: "growing-trees" }, phases }, 170, 40],
  [
    "100 of 500 trees took 60 s",
    { state: "Observe", progress: { ...progress, phase: "growing-trees", treesDone: 100, treeSeconds: 60 }, phases },
    220,
    250,
  ],
  ["results are being written", { state: "Observe", progress: { ...progress, phase: "finished" }, phases }, 300, 10],
  ["all is over but the report", { state: "Report" }, 300, 0],
])("when %s, the rest is known", (_, parts, at, expected) => {
  expect(secondsLeft(runOf({ ...chosen, ...parts }), later(at))).toBeCloseTo(expected, 6);
});

describe("nothing is said", () => {
  test.each<[string, Partial<Run>]>([
    ["while the run asks", {}],
    ["while the researcher's own machine is at work", { ...chosen, state: "AwaitLocal" }],
    ["of a run that has ended", { ...chosen, state: "Succeeded" }],
  ])("%s", (_, parts) => {
    expect(secondsLeft(runOf(parts), later(5))).toBeUndefined();
  });
});
