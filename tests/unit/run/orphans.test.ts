import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OwningExecution, orphansOf, owningRuns, type PaidResource } from "../../../core/run/orphans.ts";
import { later } from "./runOf.ts";

const reconciler = { pipeline: "runs-dev", graceSeconds: 300 };
const now = later(10_000);

function nodeGroup(parts: Partial<PaidResource> = {}): PaidResource {
  return {
    kind: "node-group",
    id: "vs-a",
    owner: { pipeline: "runs-dev", runId: "a" },
    createdAt: later(0).toISOString(),
    state: "live",
    ...parts,
  };
}

function endedAfter(seconds: number): OwningExecution {
  return { status: "ABORTED", stoppedAt: later(seconds).toISOString() };
}

const live: OwningExecution = { status: "RUNNING" };
const young = later(9_900).toISOString();

describe("a node group", () => {
  test.each<[string, PaidResource, OwningExecution | undefined, string | undefined]>([
    ["of a live execution stays", nodeGroup(), live, undefined],
    ["of a child execution that waits for its redrive stays", nodeGroup(), { status: "PENDING_REDRIVE" }, undefined],
    ["of an execution that was aborted goes", nodeGroup(), endedAfter(60), "ABORTED"],
    [
      "that was made a second before the abort goes at once",
      nodeGroup({ createdAt: young }),
      endedAfter(9_901),
      "ABORTED",
    ],
    [
      "that was made after the abort, as a redrive makes it, is waited for",
      nodeGroup({ createdAt: young }),
      endedAfter(60),
      undefined,
    ],
    [
      "that was made after the abort goes in the end",
      nodeGroup({ createdAt: later(61).toISOString() }),
      endedAfter(60),
      "ABORTED",
    ],
    ["whose execution does not exist goes", nodeGroup(), undefined, "does not exist"],
    ["whose execution is perhaps not seen yet is waited for", nodeGroup({ createdAt: young }), undefined, undefined],
    ["that is going already is left to it", nodeGroup({ state: "ending" }), endedAfter(60), undefined],
    ["that could not be deleted is tried again", nodeGroup({ state: "stuck" }), endedAfter(60), "ABORTED"],
    [
      "of another stage on the same cluster stays",
      nodeGroup({ owner: { pipeline: "runs-prod", runId: "a" } }),
      undefined,
      undefined,
    ],
    ["of nobody's stays", nodeGroup({ owner: undefined }), undefined, undefined],
  ])("%s", (_, resource, execution, because) => {
    const orphans = orphansOf([resource], new Map([["a", execution]]), reconciler, now);
    expect(orphans.map((orphan) => orphan.because)).toEqual(because ? [expect.stringContaining(because)] : []);
  });

  test("whose execution could not be asked for stays", () => {
    expect(orphansOf([nodeGroup()], new Map(), reconciler, now)).toEqual([]);
  });
});

describe("of any resources and executions", () => {
  const runId = fc.constantFrom("a", "b", "c", "d");
  const resource: fc.Arbitrary<PaidResource> = fc.record({
    kind: fc.constantFrom("node-group", "job-run"),
    id: fc.uuid(),
    owner: fc.option(fc.record({ pipeline: fc.constantFrom("runs-dev", "runs-prod"), runId }), { nil: undefined }),
    createdAt: fc.integer({ min: 0, max: 10_000 }).map((seconds) => later(seconds).toISOString()),
    state: fc.constantFrom("live", "ending", "stuck"),
  });
  const execution: fc.Arbitrary<OwningExecution | undefined> = fc.oneof(
    fc.constant(undefined),
    fc.constant(live),
    fc
      .record({
        status: fc.constantFrom<OwningExecution["status"]>("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"),
        seconds: fc.integer({ min: 0, max: 10_000 }),
      })
      .map(({ status, seconds }) => ({ status, stoppedAt: later(seconds).toISOString() })),
  );
  const executionsOf = fc
    .array(fc.tuple(runId, execution))
    .map((entries) => new Map<string, OwningExecution | undefined>(entries));
  const everything = fc.tuple(fc.array(resource), executionsOf);

  test("nothing of a live execution, of another pipeline or of nobody is ever ended", () => {
    fc.assert(
      fc.property(everything, fc.integer({ min: 0, max: 1e9 }), ([resources, executions], seconds) => {
        for (const { resource, runId } of orphansOf(resources, executions, reconciler, later(10_000 + seconds))) {
          expect(resource.owner).toEqual({ pipeline: "runs-dev", runId });
          expect(executions.get(runId)?.status).not.toBe("RUNNING");
        }
      }),
    );
  });

  test("everything else is ended once the grace is over, each once, jobs before nodes", () => {
    fc.assert(
      fc.property(everything, ([resources, executions]) => {
        const asked = new Map(owningRuns(resources, reconciler).map((id) => [id, executions.get(id)]));
        const ended = orphansOf(resources, asked, reconciler, later(10_300)).map((orphan) => orphan.resource);
        const unowned = resources.filter(
          ({ owner, state }) =>
            owner?.pipeline === "runs-dev" && state !== "ending" && executions.get(owner.runId)?.status !== "RUNNING",
        );
        expect(new Set(ended)).toEqual(new Set(unowned));
        expect(ended.length).toBe(unowned.length);
        const kinds = ended.map(({ kind }) => kind);
        expect(kinds).toEqual(kinds.toSorted());
      }),
    );
  });

  test("what is ended now would be ended later too", () => {
    fc.assert(
      fc.property(everything, fc.integer({ min: 0, max: 1e6 }), ([resources, executions], seconds) => {
        const idsAt = (date: Date) =>
          orphansOf(resources, executions, reconciler, date).map((orphan) => orphan.resource.id);
        expect(idsAt(later(10_000 + seconds))).toEqual(expect.arrayContaining(idsAt(now)));
      }),
    );
  });
});
