import { describe, expect, test } from "vitest";
import type { Run, RunState } from "../../../core/run/run.ts";
import { type ExecutionStatus, runView } from "../../../core/run/runView.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { askedAt, later, runOf } from "./runOf.ts";

const id = "cohort-0123456789ab";
const startedAt = askedAt.toISOString();
const now = later(60);
const failure = { code: "rejected", message: "labels.csv is empty.", remedy: "Upload it again." };

test("a run whose execution has not written its record yet settles", () => {
  expect(runView(id, undefined, { status: "RUNNING", startedAt }, now)).toEqual({ id, state: "Settle", startedAt });
});

test("a run whose execution is forgotten (90 days) is its record", () => {
  const run = runOf({ state: "Succeeded" });
  expect(runView(id, run, undefined, now)).toEqual(run);
});

test("what only Observe needs is never shown", () => {
  const run = runOf({
    state: "Observe",
    progress: { ...initialProgress(500), phase: "growing-trees", treesDone: 100 },
    logPosition: { stream: "token" },
  });
  const view = runView(id, run, { status: "RUNNING", startedAt }, now);
  expect(view).not.toHaveProperty("logPosition");
  expect(view.progress).toEqual({ phase: "growing-trees", treesDone: 100, treesTotal: 500 });
});

interface Ending {
  readonly status: string;
  readonly record: RunState;
  readonly shown: RunState;
  readonly code?: string;
}

const middle = ["Settle", "Inspect", "Ask", "Provision", "Observe", "AwaitLocal", "Release"] satisfies RunState[];
const ended = ["Succeeded", "Failed", "Superseded", "Expired", "Cancelled"] satisfies RunState[];

const endings: readonly Ending[] = [
  ...middle.flatMap((record) => [
    { status: "RUNNING", record, shown: record },
    { status: "PENDING_REDRIVE", record, shown: record },
    { status: "ABORTED", record, shown: "Cancelled" as const, code: "cancelled" },
    { status: "FAILED", record, shown: "Failed" as const, code: "internal" },
    { status: "TIMED_OUT", record, shown: "Failed" as const, code: "internal" },
  ]),
  ...ended.flatMap((record) =>
    ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"].map((status) => ({ status, record, shown: record })),
  ),
];

test.each(endings)("an execution $status over a record in $record is shown as $shown", (ending) => {
  const view = runView(id, runOf({ state: ending.record }), { status: ending.status, startedAt }, now);
  expect(view.state).toBe(ending.shown);
  expect(view.failure?.code).toBe(ending.code);
});

describe("why a run was interrupted", () => {
  test.each<{ case: string; execution: Omit<ExecutionStatus, "startedAt">; code: string; message: string }>([
    {
      case: "an abort with a cause",
      execution: { status: "ABORTED", cause: "Wrong cohort." },
      code: "cancelled",
      message: "Wrong cohort.",
    },
    {
      case: "an abort without a word",
      execution: { status: "ABORTED" },
      code: "cancelled",
      message: "The run was stopped.",
    },
    {
      case: "a failure with a cause",
      execution: { status: "FAILED", cause: "No such path." },
      code: "internal",
      message: "No such path.",
    },
    {
      case: "a failure with an empty one",
      execution: { status: "FAILED", cause: "" },
      code: "internal",
      message: "The run ended in the state Observe.",
    },
    {
      case: "a Lambda's failure, whose cause is JSON with a stack",
      execution: { status: "FAILED", cause: '{"errorType":"Error","errorMessage":"Broken.","trace":["at x"]}' },
      code: "internal",
      message: "Broken.",
    },
    {
      case: "a time-out",
      execution: { status: "TIMED_OUT" },
      code: "internal",
      message: "The run ended in the state Observe.",
    },
  ])("is told for $case, with a remedy", ({ execution, code, message }) => {
    const view = runView(id, runOf({ state: "Observe" }), { ...execution, startedAt }, now);
    expect(view.failure).toEqual({ code, message, remedy: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  test("is never put in the place of what the run itself wrote down", () => {
    const run: Run = runOf({ state: "Release", failure });
    const view = runView(id, run, { status: "FAILED", startedAt, cause: "Release gave up." }, now);
    expect(view).toMatchObject({ state: "Failed", failure });
  });

  test("is told even if the run never wrote a record", () => {
    const view = runView(id, undefined, { status: "FAILED", startedAt, cause: "Settle could not begin." }, now);
    expect(view).toMatchObject({ id, state: "Failed", failure: { message: "Settle could not begin." } });
  });
});
