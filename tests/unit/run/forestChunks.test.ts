import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeSummary } from "../../../core/report/mergeImportance.ts";
import { askedAgain, attempted, continued, troubled } from "../../../core/run/attempts.ts";
import { chosenOption, currentAttempt } from "../../../core/run/chosenOption.ts";
import {
  canFinish,
  currentChunk,
  finishAsked,
  isFinishing,
  jobAnalysis,
  jobPhases,
  laterSeconds,
  nextChunk,
  plannedChunks,
  shareLeft,
  treesGrown,
  treesOf,
  withGrown,
} from "../../../core/run/forestChunks.ts";
import { nextAttempt, ofRest } from "../../../core/run/healing.ts";
import type { Run } from "../../../core/run/run.ts";
import { runView } from "../../../core/run/runView.ts";
import { overBudget } from "../../../core/run/trouble.ts";
import { totalSeconds } from "../../../core/sizing/phases.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { sizingData } from "../sizing/inputs.ts";
import { askedAt, later, optionOf, runOf } from "./runOf.ts";

const option = optionOf("aws-spot");
const analysis = { trees: 250, mtryFraction: 0.1, seed: 13 };
const inThree = { ...option, configuration: { ...option.configuration, chunks: 3, batchSize: 50 } };
const base = runOf({});
const estimate = base.estimate && { ...base.estimate, options: [inThree] };

function chosenRun(approvedUsd = 100): Run {
  const choice = {
    where: "aws-spot",
    prepare: false,
    at: askedAt.toISOString(),
    by: "researcher",
    approvedUsd,
  } as const;
  return { ...base, analysis, ...(estimate && { estimate }), choice, state: "Observe" };
}

/** The run whose present chunk has been grown and merged, in so many seconds. */
function merged(run: Run, odd: readonly string[] = ["a"], even: readonly string[] = ["a"]): Run {
  const chunk = currentChunk(run);
  if (chunk === undefined) throw new Error("no chunk");
  const summary = mergeSummary(20);
  for (const [at, name] of odd.entries()) summary.odd.add(name, 100 - at);
  for (const [at, name] of even.entries()) summary.even.add(name, 100 - at);
  for (const [at, name] of odd.entries()) summary.top.add(name, 1000 - at);
  summary.variants = odd.length;
  const progress = { ...initialProgress(chunk.trees), treesDone: chunk.trees, loadSeconds: 2, treeSeconds: 20 };
  return withGrown({ ...run, progress }, chunk, summary);
}

const first = attempted(chosenRun(), later(1));
const second = continued(merged(first), later(100));
const third = continued(merged(second), later(200));

describe("the plan", () => {
  test("has all trees and the run's own seed first; no two chunks, and no two runs, share a seed", () => {
    const trees = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        trees,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(1e6),
        (n, count, batch, seed) => {
          const chunks = plannedChunks({ trees: n, seed }, Math.min(count, n), batch);
          expect(treesOf(chunks)).toBe(n);
          expect(chunks.length).toBeLessThanOrEqual(count);
          expect(chunks.map(({ number }) => number)).toEqual(chunks.map((_, at) => at + 1));
          expect(chunks[0]?.seed).toBe(seed);
          const others = plannedChunks({ trees: n, seed: seed + 1 }, Math.min(count, n), batch);
          const seeds = [...chunks, ...others].map((chunk) => chunk.seed);
          expect(new Set(seeds).size).toBe(seeds.length);
          for (const chunk of chunks) expect(chunk.seed).toBeGreaterThanOrEqual(0);
          for (const chunk of chunks) expect(chunk.seed).toBeLessThan(2 ** 31);
        },
      ),
    );
  });

  test("cuts between batches", () => {
    expect(plannedChunks({ trees: 250, seed: 1 }, 3, 50).map(({ trees }) => trees)).toEqual([100, 100, 50]);
    expect(plannedChunks({ trees: 250, seed: 1 }, 3, 1000).map(({ trees }) => trees)).toEqual([84, 84, 82]);
  });

  test("is made once: what comes next follows it on other nodes too", () => {
    const other = { ...inThree, configuration: { ...inThree.configuration, chunks: 7, nodes: 9 } };
    const healed = {
      ...troubled(second, { kind: "driver-killed", failure: { code: "", message: "", remedy: "" } }),
      estimate: { ...(estimate as NonNullable<typeof estimate>), options: [other] },
    };
    expect(continued(merged(healed), later(300)).chunks?.planned).toEqual(first.chunks?.planned);
  });
});

test("each chunk is an attempt on the same nodes with its own trees and seed, and the record forgets the job before", () => {
  expect(second.attempts?.map(({ number, chunk }) => [number, chunk])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(new Set(third.attempts?.map(({ nodeGroup }) => nodeGroup)).size).toBe(1);
  expect(jobAnalysis(first)).toEqual({ ...analysis, trees: 100, seed: 13 });
  expect(jobAnalysis(third)).toMatchObject({ trees: 50 });
  expect(second.progress).toBeUndefined();
  expect(second.attempts?.[0]?.endedAt).toBe(second.attempts?.[1]?.begunAt);
  const all = merged(third);
  expect(nextChunk(all)).toBeUndefined();
  expect(treesGrown(all)).toBe(250);
});

test("a chunk is merged once, however often its Merge is repeated", () => {
  const once = merged(first);
  expect(merged(once)).toEqual(once);
  expect(once.chunks?.grown).toMatchObject([{ number: 1, trees: 100, attempt: 1, loadSeconds: 2, treeSeconds: 20 }]);
});

test("the ranking so far is of the mean: sums weighted by trees, over the trees that have grown", () => {
  expect(merged(second, ["a", "b"], ["b", "a"]).chunks).toMatchObject({
    ranking: {
      trees: 200,
      variants: 2,
      top: [
        { rank: 1, variant: "a", importance: 5 },
        { rank: 2, variant: "b", importance: 999 / 200 },
      ],
    },
    stability: { agreement: 1, sameFirst: 2 },
  });
});

test("a run shows the trees of all its chunks, whether the present one is under way or merged", () => {
  const grownOf = (run: Run) => runView(run.id, run, undefined, later(300)).progress;
  const growing = { ...second, progress: { ...initialProgress(100), treesDone: 40 } };
  expect(grownOf(growing)).toMatchObject({ treesDone: 140, treesTotal: 250 });
  expect(grownOf(merged(growing))).toMatchObject({ treesDone: 200, treesTotal: 250 });
});

test("what is predicted for the jobs adds up to what is predicted for the run", () => {
  const jobs = [first, second, third].map((run) => totalSeconds(jobPhases(run)));
  const predicted = totalSeconds(chosenOption(first).phases);
  expect(jobs.reduce((sum, seconds) => sum + seconds)).toBeCloseTo(predicted);
  expect(laterSeconds(first)).toBeCloseTo((jobs[1] ?? 0) + (jobs[2] ?? 0));
  expect(laterSeconds(third)).toBe(0);
});

describe("the budget", () => {
  test("is held against what is left to grow", () => {
    expect(shareLeft(second)).toBeCloseTo(0.6);
    expect(ofRest(inThree, second).costUsd.expected).toBeCloseTo(0.6 * inThree.costUsd.expected);
    expect(overBudget(merged(second), sizingData, later(200))).toBeUndefined();
  });

  test("stops the forest between two chunks, with what has grown kept, when the rest would pass it", () => {
    const short = merged(attempted(chosenRun(0), later(1)));
    const trouble = overBudget(short, sizingData, later(200));
    expect(trouble).toMatchObject({ kind: "over-budget" });
    if (trouble === undefined) return;
    const next = nextAttempt(troubled(short, trouble), trouble, sizingData, later(200));
    if (next.kind !== "ask") throw new Error(next.kind);
    const asking = askedAgain(short, next.estimate, next.story, later(200));
    expect(treesOf(asking.chunks?.grown ?? [])).toBe(100);
    const again = attempted(
      { ...asking, choice: { ...chosenRun().choice, at: later(300).toISOString() } as NonNullable<Run["choice"]> },
      later(301),
    );
    expect(currentChunk(again)?.number).toBe(2);
  });
});

describe("finishing early", () => {
  test("needs a chunk that has grown and one that has not", () => {
    expect(canFinish(first)).toBe(false);
    expect(() => finishAsked(first, later(9))).toThrow(/no chunk/);
    expect(isFinishing(finishAsked(second, later(150)))).toBe(true);
    expect(canFinish(merged(third))).toBe(false);
    expect(() => finishAsked({ ...second, state: "Report" }, later(9))).toThrow(/no chunk/);
    expect(() => finishAsked(runOf({}), later(9))).toThrow(/no chunk/);
  });

  test("may be asked for again without a change", () => {
    const finishing = finishAsked(second, later(150));
    expect(finishAsked(finishing, later(160))).toBe(finishing);
  });

  test("of a run that asks whether to go on takes up its last choice, with nothing more approved", () => {
    const trouble = { kind: "over-budget", failure: { code: "", message: "", remedy: "" } } as const;
    const asking: Run = {
      ...askedAgain(troubled(second, trouble), second.estimate as NonNullable<Run["estimate"]>, "", later(150)),
      state: "Ask",
    };
    const finishing = finishAsked(asking, later(160));
    expect(finishing.choice).toMatchObject({ where: "aws-spot", approvedUsd: 0 });
    expect(currentAttempt(finishing)?.number).toBe(2);
    expect(finishing.chunks?.leftBecause).toMatch(/left it/);
  });

  test("is what happens when nothing heals the next chunk", () => {
    const trouble = { kind: "engine-error", failure: { code: "x", message: "It broke.", remedy: "" } } as const;
    expect(nextAttempt(troubled(second, trouble), trouble, sizingData, later(120))).toMatchObject({
      kind: "finish",
      story: expect.stringContaining("It broke."),
    });
    expect(nextAttempt(troubled(first, trouble), trouble, sizingData, later(120))).toMatchObject({ kind: "give-up" });
  });
});

test("on the researcher's machine the forest is in one piece, whatever grew before", () => {
  const local: Run = {
    ...second,
    choice: { ...(second.choice as NonNullable<Run["choice"]>), where: "local", at: later(500).toISOString() },
  };
  expect(nextChunk(local)).toBeUndefined();
  expect(treesGrown(local)).toBe(250);
  expect(jobAnalysis(local)).toEqual(analysis);
});
