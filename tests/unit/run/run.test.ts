import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entered, isFinal, newRun, progressed, type RunState, secondsPerState } from "../../../core/run/run.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { askedAt, historyOf, later, runOf } from "./runOf.ts";

const active: readonly RunState[] = [
  "Settle",
  "Inspect",
  "Estimate",
  "Ask",
  "Provision",
  "Launch",
  "Observe",
  "AwaitLocal",
  "Report",
  "RecordFailure",
  "Release",
];
const final: readonly RunState[] = ["Succeeded", "Failed", "Superseded", "Expired", "Cancelled"];

test("a new run settles, and has neither findings nor anything that is paid for", () => {
  expect(newRun("x-1", { bucket: "inbox", prefix: "x/" }, "abc", askedAt)).toEqual({
    id: "x-1",
    study: { bucket: "inbox", prefix: "x/" },
    digest: "abc",
    state: "Settle",
    history: [{ state: "Settle", at: "2026-01-02T03:04:05.000Z" }],
    findings: [],
  });
});

test.each([...active.map((state) => [state, false] as const), ...final.map((state) => [state, true] as const)])(
  "%s is final: %s",
  (state, expected) => {
    expect(isFinal(state)).toBe(expected);
  },
);

describe("entering a state", () => {
  test("is written into the history with its time and leaves everything else alone", () => {
    const run = runOf();
    const moved = entered(run, "Provision", later(60));
    expect(moved).toEqual({ ...run, state: "Provision", history: [...run.history, ...historyOf([["Provision", 60]])] });
    expect(run.history).toHaveLength(1);
  });

  test("ends what the run waited for in Settle", () => {
    const waiting = { until: askedAt.toISOString(), uploads: [], uploadCount: 0 };
    const run = { ...newRun("x-1", { bucket: "inbox", prefix: "x/" }, "abc", askedAt), waiting };
    expect(entered(run, "Settle", later(5))).toHaveProperty("waiting");
    expect(entered(run, "Inspect", later(5))).not.toHaveProperty("waiting");
  });

  test("in which the run is already changes nothing, so that repeated looks cost no write", () => {
    const run = runOf();
    expect(entered(run, "Ask", later(60))).toBe(run);
  });

  test("however often and in whatever order keeps one entry for each change, the last being the present state", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...active, ...final.filter((state) => state !== "Cancelled"))), (states) => {
        const run = states.reduce((before, state, index) => entered(before, state, later(index)), runOf());
        const walked = ["Ask", ...states];
        const changes = walked.filter((state, index) => state !== walked[index - 1]);
        expect(run.history.map(({ state }) => state)).toEqual(changes);
        expect(run.state).toBe(changes.at(-1));
      }),
    );
  });
});

describe("what the engine says", () => {
  const starting = initialProgress(500);
  const loading = { ...starting, phase: "loading" as const };

  test("is kept, with the time at which each phase was seen first", () => {
    const looks = [starting, loading, { ...loading, variants: 3 }, { ...loading, phase: "caching" as const }];
    const run = looks.reduce((before, progress, index) => progressed(before, progress, later(index)), runOf());
    expect(run.progress).toBe(looks.at(-1));
    expect(run.phases).toEqual([
      { phase: "starting", at: later(0).toISOString() },
      { phase: "loading", at: later(1).toISOString() },
      { phase: "caching", at: later(3).toISOString() },
    ]);
  });
});

describe("seconds per state", () => {
  test("run from one entry to the next, and for the last one until now", () => {
    const run = runOf({
      history: historyOf([
        ["Settle", 0],
        ["Inspect", 1.5],
        ["Estimate", 3],
      ]),
    });
    expect(secondsPerState(run, later(10))).toEqual([
      { state: "Settle", seconds: 1.5 },
      { state: "Inspect", seconds: 1.5 },
      { state: "Estimate", seconds: 7 },
    ]);
  });

  test("end with the final state, in which no time is spent", () => {
    const run = runOf({
      history: historyOf([
        ["Release", 0],
        ["Succeeded", 4],
      ]),
    });
    expect(secondsPerState(run, later(1000))).toEqual([{ state: "Release", seconds: 4 }]);
  });

  test("name a state twice that was entered twice", () => {
    const run = runOf({
      history: historyOf([
        ["Observe", 0],
        ["Release", 5],
        ["Observe", 7],
      ]),
    });
    expect(secondsPerState(run, later(10))).toEqual([
      { state: "Observe", seconds: 5 },
      { state: "Release", seconds: 2 },
      { state: "Observe", seconds: 3 },
    ]);
  });

  test("go on in a run that failed and was redriven, without the time that it lay there", () => {
    const run = runOf({
      history: historyOf([
        ["Launch", 0],
        ["Failed", 10],
        ["Launch", 500],
        ["Observe", 502],
        ["Succeeded", 520],
      ]),
    });
    expect(secondsPerState(run, later(1000))).toEqual([
      { state: "Launch", seconds: 10 },
      { state: "Launch", seconds: 2 },
      { state: "Observe", seconds: 18 },
    ]);
  });
});
