import { describe, expect, test } from "vitest";
import type { Orphan, OwningExecution } from "../../../core/run/orphans.ts";
import { reclaimed, reclaimedNotification } from "../../../core/run/reclaimed.ts";
import { later, runOf } from "./runOf.ts";

const now = later(100);
const group: Orphan = {
  resource: {
    kind: "node-group",
    id: "vs-a",
    owner: { pipeline: "runs", runId: "a" },
    createdAt: later(0).toISOString(),
    state: "live",
  },
  runId: "a",
  because: "The execution of its run has ended (ABORTED).",
};
const stuck: Orphan = { ...group, resource: { ...group.resource, state: "stuck", reason: "a load balancer holds it" } };
const aborted: OwningExecution = { status: "ABORTED", cause: "stopped in the console" };
const observed = runOf({ state: "Observe", nodeGroup: { name: "vs-a", createdAt: later(0).toISOString() } });

describe("the record of a run whose execution was aborted", () => {
  const run = reclaimed(observed, [group], aborted, now);

  test("says that the run was cancelled, and in whose words", () => {
    expect(run).toMatchObject({
      state: "Cancelled",
      failure: { code: "cancelled", message: "stopped in the console" },
    });
    expect(run.history.at(-1)).toEqual({ state: "Cancelled", at: now.toISOString() });
  });

  test("says what was ended, when and why", () => {
    expect(run.reclaimed).toEqual([{ kind: "node-group", id: "vs-a", because: group.because, at: now.toISOString() }]);
    expect(run.nodeGroup?.releasedAt).toBe(now.toISOString());
  });

  test("stays as it is when it is reconciled again", () => {
    expect(reclaimed(run, [group], aborted, later(200))).toBe(run);
  });

  test("is closed too when the run held nothing", () => {
    const asking = reclaimed(runOf({ state: "Ask" }), [], aborted, now);
    expect(asking.state).toBe("Cancelled");
    expect(asking).not.toHaveProperty("reclaimed");
  });
});

test.each(["FAILED", "TIMED_OUT"] as const)("a run whose execution ended as %s has failed", (status) => {
  const run = reclaimed(observed, [], { status, cause: '{"errorMessage":"no memory"}' }, now);
  expect(run).toMatchObject({ state: "Failed", failure: { code: "internal", message: "no memory" } });
});

test("what a run recorded as its failure stays its failure", () => {
  const failure = { code: "node-group-failed", message: "No capacity.", remedy: "Try later." };
  expect(reclaimed({ ...observed, failure }, [group], { status: "FAILED" }, now).failure).toEqual(failure);
});

test("a finished run keeps its state, with what had to be ended after it", () => {
  const run = reclaimed(runOf({ state: "Succeeded" }), [group], { status: "SUCCEEDED" }, now);
  expect(run).toMatchObject({ state: "Succeeded", reclaimed: [{ id: "vs-a" }] });
});

test("nodes that AWS cannot delete are the failure of any run, once", () => {
  const run = reclaimed(runOf({ state: "Succeeded" }), [stuck], { status: "SUCCEEDED" }, now);
  expect(run.failure).toMatchObject({ code: "nodes-not-released", message: expect.stringContaining("load balancer") });
  expect(reclaimed(run, [stuck], { status: "SUCCEEDED" }, later(200))).toBe(run);
});

test("people are told what was ended, and what still may be billed", () => {
  expect(reclaimedNotification("a", [group]).text).toContain("vs-a was ended.");
  expect(reclaimedNotification("a", [stuck]).text).toMatch(/may still be billed: a load balancer/);
});
