import { expect, test } from "vitest";
import {
  askedAgain,
  attempted,
  jobRunsOf,
  nodeGroupsOf,
  relaunched,
  troubled,
  withCurrent,
} from "../../../core/run/attempts.ts";
import { chosenOption, currentAttempt } from "../../../core/run/chosenOption.ts";
import { finished } from "../../../core/run/release.ts";
import { progressed, type Run } from "../../../core/run/run.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { askedAt, later, optionOf, runOf } from "./runOf.ts";

const choice = {
  where: "aws-spot",
  prepare: false,
  at: askedAt.toISOString(),
  by: "researcher",
  approvedUsd: 1,
} as const;
const chosen = runOf({ choice });
const trouble = { kind: "nodes-lost", failure: { code: "executors-lost", message: "", remedy: "" } } as const;

function inSecondAttempt(keptNodes?: string): Run {
  const first = withCurrent(attempted(chosen, later(1)), { jobRun: "job-1" });
  const seen = progressed(
    { ...first, jobRun: { id: "job-1", startedAt: later(2).toISOString() } },
    initialProgress(9),
    later(3),
  );
  return relaunched(troubled(seen, trouble), optionOf("aws-on-demand"), "It was lost.", keptNodes, later(5));
}

test("the first attempt goes by the chosen option, and begins once however often Provision looks", () => {
  const run = attempted(chosen, later(1));
  expect(currentAttempt(run)).toMatchObject({
    number: 1,
    option: chosenOption(chosen),
    begunAt: later(1).toISOString(),
  });
  expect(attempted(run, later(2))).toBe(run);
});

test("an attempt never begins before its choice, though a clock may be slow", () => {
  expect(currentAttempt(attempted(chosen, later(-1)))).toMatchObject({ number: 1, begunAt: choice.at });
});

test("the next attempt goes by its own option and knows nothing of the job before", () => {
  const run = inSecondAttempt();
  expect(chosenOption(run).where).toBe("aws-on-demand");
  expect(run.attempts?.[0]).toMatchObject({
    jobRun: "job-1",
    endedAt: later(5).toISOString(),
    trouble,
    story: "It was lost.",
  });
  for (const key of ["jobRun", "progress", "phases", "movedAt", "logPosition"]) expect(run).not.toHaveProperty(key);
});

test("all that any attempt has asked for is known, so that it can be given back", () => {
  const run = inSecondAttempt();
  expect(nodeGroupsOf(run)).toEqual([run.attempts?.[0]?.nodeGroup, run.nodeGroup?.name]);
  expect(nodeGroupsOf(inSecondAttempt(run.attempts?.[0]?.nodeGroup))).toHaveLength(1);
  expect(jobRunsOf({ ...run, jobRun: { id: "job-2", startedAt: later(6).toISOString() } })).toEqual(["job-1", "job-2"]);
});

test("a run that asks again has no choice, and its next attempt goes by the new one", () => {
  const before = troubled(attempted(chosen, later(1)), trouble);
  const estimate = {
    ...(chosen.estimate ?? { curve: [], cachedBytes: 0, basis: "" }),
    options: [optionOf("aws-on-demand")],
    message: "",
  };
  const asking = askedAgain(before, estimate, "It would cost more.", later(5));
  expect(asking.choice).toBeUndefined();
  const answered = { ...asking, choice: { ...choice, where: "aws-on-demand", at: later(60).toISOString() } as const };
  expect(currentAttempt(answered)).toBeUndefined();
  expect(currentAttempt(attempted(answered, later(61)))).toMatchObject({
    number: 2,
    option: { where: "aws-on-demand" },
  });
});

test("a run that has ended says when its last attempt did", () => {
  const end = finished({ ...inSecondAttempt(), state: "Release" }, later(90));
  expect(end.attempts?.map(({ endedAt }) => endedAt)).toEqual([later(5), later(90)].map((at) => at.toISOString()));
});

test("a finished batch of trees is a sign of life, a look without one is none", () => {
  const run = progressed(chosen, { ...initialProgress(9), phase: "growing-trees" }, later(1));
  const grown = progressed(run, { ...initialProgress(9), phase: "growing-trees", treesDone: 3 }, later(2));
  expect(progressed(grown, { ...initialProgress(9), phase: "growing-trees", treesDone: 3 }, later(3)).movedAt).toBe(
    later(2).toISOString(),
  );
});
