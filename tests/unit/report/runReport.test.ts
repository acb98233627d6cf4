import { describe, expect, test } from "vitest";
import type { RankedVariant, Ranking } from "../../../core/report/rank.ts";
import { runReport } from "../../../core/report/report.ts";
import { reportedCost } from "../../../core/report/reportedCost.ts";
import type { Choice, Run } from "../../../core/run/run.ts";
import { configurationOf } from "../../../core/sizing/configuration.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { historyOf, later, optionOf, runOf } from "../run/runOf.ts";
import { sizingData } from "../sizing/inputs.ts";

const [shape] = sizingData.shapes;
if (shape === undefined) throw new Error("the catalogue has shapes");
const configuration = configurationOf(shape, 2);
const now = later(1_000);

/** Nodes asked for at 10 s, job over at 310 s, written since 300 s; the engine took 60 s to load and 130 s for trees. */
const chosen: Choice = {
  where: "aws-spot",
  prepare: false,
  approvedUsd: 1,
  at: later(9).toISOString(),
  by: "researcher",
};

const finished: Partial<Run> = {
  state: "Report",
  history: historyOf([
    ["Ask", 0],
    ["Provision", 10],
    ["Launch", 90],
    ["Observe", 95],
    ["Report", 320],
  ]),
  choice: chosen,
  estimate: {
    options: [optionOf("aws-spot", { configuration }), optionOf("aws-on-demand", { configuration }), optionOf("local")],
    curve: [],
    message: "",
    cachedBytes: 1,
    basis: "",
  },
  jobRun: { id: "job", startedAt: later(92).toISOString(), finishedAt: later(310).toISOString() },
  progress: { ...initialProgress(500), phase: "finished", variants: 17_010, loadSeconds: 60, treeSeconds: 130 },
  phases: [
    { phase: "growing-trees", at: later(160).toISOString() },
    { phase: "writing-results", at: later(300).toISOString() },
    { phase: "finished", at: later(305).toISOString() },
  ],
};

describe("a run on AWS", () => {
  const run = runOf(finished);
  const report = reportOf(run);

  test("shows each phase against what was predicted; what no phase explains is the start", () => {
    expect(report.seconds).toEqual({
      start: { predicted: 100, actual: 100 },
      load: { predicted: 50, actual: 60 },
      trees: { predicted: 40, actual: 130 },
      finish: { predicted: 10, actual: 10 },
      total: { predicted: 200, actual: 300 },
    });
  });

  test("has phases that add up to the total", () => {
    const { start, load, trees, finish, total } = report.seconds;
    const sum = [start, load, trees, finish].reduce((seconds, { actual }) => seconds + (actual ?? Number.NaN), 0);
    expect(sum).toBe(total.actual);
  });

  test("has the cost that is computed of its parts", () => {
    expect(report).toMatchObject(reportedCost(run, sizingData, now));
    expect(report.costUsd.actual).toBeGreaterThan(0);
  });

  test("keeps where it ran, on what and with which parameters", () => {
    expect(report).toMatchObject({ where: "aws-spot", configuration, parameters: run.analysis });
  });

  test("costs more on demand", () => {
    const choice = { ...chosen, where: "aws-on-demand" as const };
    expect(reportOf(runOf({ ...finished, choice })).costUsd.actual).toBeGreaterThan(report.costUsd.actual ?? Infinity);
  });
});

describe("what the run does not know", () => {
  test("is null for phases that the driver's log never told, and not nought", () => {
    const { progress: _, ...silent } = runOf(finished);
    expect(reportOf(silent).seconds).toMatchObject({
      start: { actual: null },
      load: { actual: null },
      trees: { actual: null },
      total: { actual: 300 },
    });
  });

  test("is null for the cost of nodes that are in the price list no more", () => {
    const { costUsd: cost } = runReport(runOf(finished), { ranking: rankingOf(1) }, { ...sizingData, shapes: [] }, now);
    expect(cost).toEqual({ predicted: 0.2, actual: null });
  });

  test("lasts until now for a job whose end was not written down", () => {
    const jobRun = { id: "job", startedAt: later(92).toISOString() };
    expect(reportOf(runOf({ ...finished, jobRun })).seconds.total.actual).toBe(990);
  });

  test("never makes a phase shorter than nothing, when the clocks of driver and record differ", () => {
    const progress = { ...initialProgress(500), loadSeconds: 200, treeSeconds: 200 };
    expect(reportOf(runOf({ ...finished, progress })).seconds.start.actual).toBe(0);
  });
});

test.each([
  { case: "only the total", told: { total: 77 }, start: null },
  { case: "its phases too", told: { total: 77, load: 20, trees: 50 }, start: 7 },
])("a local run has the seconds that its machine told ($case) and costs nothing", ({ told, start }) => {
  const { jobRun: _job, progress: _progress, phases: _phases, ...local } = runOf(finished);
  const report = reportOf({
    ...local,
    choice: { where: "local", prepare: false, approvedUsd: 1, at: later(9).toISOString(), by: "researcher" },
    localSeconds: told,
  });
  expect(report.where).toBe("local");
  expect(report.seconds.total).toEqual({ predicted: 200, actual: 77 });
  expect(report.seconds.start.actual).toBe(start);
  expect(report.seconds.load.actual).toBe(told.load ?? null);
  expect(report.costUsd).toEqual({ predicted: 0, actual: 0 });
});

describe("the variants of a report", () => {
  test("are the first fifty of the ranking, beside how many there are", () => {
    const report = reportOf(runOf(finished), rankingOf(120));
    expect(report.top.map(({ rank }) => rank)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(report).toMatchObject({ variants: 17_010, withImportance: 120 });
  });

  const { progress: _, ...silent } = runOf(finished);
  const { inspection: __, ...blind } = silent;
  test.each([
    { case: "the engine", run: runOf({ ...finished, progress: { ...initialProgress(1), variants: 7 } }), variants: 7 },
    { case: "inspection, if the engine said nothing", run: silent, variants: 17_010 },
    { case: "the result, if nobody else did", run: blind, variants: 120 },
  ])("are counted by $case", ({ run, variants }) => {
    expect(reportOf(run, rankingOf(120)).variants).toBe(variants);
  });
});

test.each([
  { case: "was not chosen for", parts: { choice: undefined }, message: "has no chosen option" },
  { case: "was not inspected", parts: { analysis: undefined }, message: "needs the run's parameters" },
])("a run that $case has no report", ({ parts, message }) => {
  const run = Object.fromEntries(Object.entries({ ...runOf(finished), ...parts }).filter(([, value]) => value));
  expect(() => reportOf(run as unknown as Run)).toThrow(message);
});

describe("the notes", () => {
  const totals = {
    recordsIn: 10,
    rowsOut: 9,
    droppedBy: { region: 0, "not-biallelic": 0, missing: 0, maf: 1 },
    genotypes: 90,
    missing: 9,
  };
  const matrix = { digest: "d", samples: 10, rows: 9, bytes: 1, parts: 1, totals };

  test("say what the matrix holds, and that symbolic alleles are kept apart in it", () => {
    const { notes } = reportOf(runOf({ ...finished, matrix }), { ...rankingOf(3), symbolic: 2 });
    expect(notes).toEqual([
      expect.stringContaining("9 of 10 records are in the matrix, left out were 1 too rare; 10.00 %"),
      expect.stringMatching(/1_100_A_<DEL> beside 1_100_A_<DUP>\): 2 variants/),
    ]);
  });

  test("are none where VariantSpark read the VCF", () => {
    expect(reportOf(runOf(finished)).notes).toEqual([]);
  });
});

function reportOf(run: Run, ranking = rankingOf(3)) {
  return runReport(run, { ranking }, sizingData, now);
}

function rankingOf(variants: number): Ranking {
  const ranked = Array.from({ length: variants }, (_, index) => variantOf(index + 1));
  return { ranked, variants, withImportance: variants, symbolic: 0 };
}

function variantOf(rank: number): RankedVariant {
  return { rank, variant: `22_${rank}_T_C`, contig: "22", pos: rank, ref: "T", alts: ["C"], importance: 1_000 - rank };
}
