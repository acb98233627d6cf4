import { describe, expect, test } from "vitest";
import { attempted } from "../../../core/run/attempts.ts";
import { healingRules } from "../../../core/run/healing.ts";
import { lookInterval } from "../../../core/run/lookInterval.ts";
import { progressed, type Run } from "../../../core/run/run.ts";
import { troubleAtEnd, troubleWhileRunning } from "../../../core/run/trouble.ts";
import { type EngineProgress, initialProgress, progressOf } from "../../../core/variantspark/driverLog.ts";
import { sparkJob } from "../../../core/variantspark/sparkJob.ts";
import { awsConfiguration, later, runOn } from "./runOf.ts";

function observedRun(
  progress: Partial<EngineProgress>,
  parts: Partial<Run> = {},
  where: "aws-spot" | "cluster" = "aws-spot",
): Run {
  const jobRun = { id: "job", startedAt: later(10).toISOString() };
  return {
    ...attempted(runOn(where), later(1)),
    jobRun,
    progress: { ...initialProgress(500), ...progress },
    ...parts,
  };
}

describe("a running job", () => {
  test.each<[string, Partial<EngineProgress>, string | undefined]>([
    ["that still fills its cache is well", { phase: "caching", cachedFraction: 0.5 }, undefined],
    ["that cached everything is well", { phase: "growing-trees", filledFraction: 1 }, undefined],
    [
      "whose cache was full before it lost an executor is well",
      { phase: "growing-trees", filledFraction: 1, cachedFraction: 0.5, executorsLost: 1 },
      undefined,
    ],
    [
      "that lost an executor while it filled its cache is well",
      { phase: "growing-trees", filledFraction: 0.5, executorsLost: 1 },
      undefined,
    ],
    [
      "that did not find room for everything is undersized",
      { phase: "growing-trees", filledFraction: 0.99 },
      "undersized",
    ],
    ["that lost four of its executors is well", { phase: "growing-trees", executorsLost: 4 }, undefined],
    [
      "that lost more than twice its executors has lost its nodes",
      { phase: "growing-trees", executorsLost: 5 },
      "nodes-lost",
    ],
    [
      "whose executors were mostly killed for memory is short of it",
      { executorsLost: 5, executorsOutOfMemory: 3 },
      "executor-out-of-memory",
    ],
  ])("%s", (_, progress, kind) => {
    expect(troubleWhileRunning(observedRun(progress), later(20))?.kind).toBe(kind);
  });

  test("says which share of the genotypes found room", () => {
    const trouble = troubleWhileRunning(observedRun({ phase: "growing-trees", filledFraction: 0.625 }), later(20));
    expect(trouble).toMatchObject({ cachedFraction: 0.625, failure: { message: expect.stringContaining("62 %") } });
  });

  test("is stuck once nothing has moved for half an hour, where seconds were predicted", () => {
    const run = observedRun({ phase: "growing-trees" }, { movedAt: later(100).toISOString() });
    expect(troubleWhileRunning(run, later(100 + 1800))).toBeUndefined();
    expect(troubleWhileRunning(run, later(100 + 1801))?.kind).toBe("stuck");
  });

  test("whose batches take an hour each is stuck after five", () => {
    const run = observedRun({ phase: "growing-trees" }, { movedAt: later(0).toISOString() });
    const [attempt] = run.attempts ?? [];
    if (attempt === undefined) throw new Error("no attempt");
    const slow = { ...attempt.option, phases: { ...attempt.option.phases, trees: 5 * 3600 } };
    const slowRun = { ...run, attempts: [{ ...attempt, option: slow }] };
    expect(troubleWhileRunning(slowRun, later(5 * 3600))).toBeUndefined();
    expect(troubleWhileRunning(slowRun, later(5 * 3600 + 1))?.kind).toBe("stuck");
  });
});

describe("a driver that waits for executors", () => {
  const waiting = { sparkVersion: "3.5.9", sparkSeenAt: later(60).toISOString() };
  const limit = 60 + 12 * 60;

  test.each<[string, Partial<EngineProgress>, number, string | undefined]>([
    ["may wait for twelve minutes", waiting, limit, undefined],
    ["has no nodes after that", waiting, limit + 1, "nodes-unavailable"],
    ["has none either when Spark began without them", { ...waiting, phase: "loading" }, limit + 1, "nodes-unavailable"],
    ["is well with one executor", { ...waiting, executorsRegistered: 1 }, limit + 1, undefined],
    ["is well once something is computed", { ...waiting, phase: "caching" }, limit + 1, undefined],
    ["is not judged before Spark was seen in its log", {}, limit + 1, undefined],
  ])("%s", (_, progress, seconds, kind) => {
    expect(troubleWhileRunning(observedRun(progress), later(seconds))?.kind).toBe(kind);
  });

  test("is given up before Spark would start without its executors", () => {
    const settings = sparkJob([], awsConfiguration, {
      jarUri: "",
      driverPodTemplateUri: "",
      executorPodTemplateUri: "",
      eventLogUri: "",
    }).sparkSubmitParameters;
    const [, sparkWaits] = /maxRegisteredResourcesWaitingTime=(\d+)s/.exec(settings) ?? [];
    const trouble = troubleWhileRunning(observedRun(waiting), later(60 + Number(sparkWaits)));
    expect(trouble?.failure).toMatchObject({
      code: "executors-pending",
      message: expect.stringContaining("15 minutes"),
    });
  });

  test("gets other nodes, then on-demand ones, and on the own cluster waits", () => {
    expect(healingRules["nodes-unavailable"].cures).toEqual(["other-nodes", "other-nodes", "on-demand", "wait"]);
  });

  test.each<[string, Partial<EngineProgress>]>([
    ["that never came", waiting],
    ["that were lost", { phase: "growing-trees", executorsLost: 5 }],
  ])("on the own cluster, has its owner told of executors %s, and no market of AWS", (_, progress) => {
    const remedy = (where: "aws-spot" | "cluster") =>
      troubleWhileRunning(observedRun(progress, {}, where), later(limit + 1))?.failure.remedy;
    expect(remedy("cluster")).toMatch(/your cluster/);
    expect(remedy("cluster")).not.toMatch(/spot|on-demand|EKS/);
    expect(remedy("aws-spot")).toMatch(/on-demand/);
  });

  test("waits from the moment at which Spark was seen, whatever was logged since", () => {
    const up = { ...initialProgress(500), sparkVersion: "3.5.9" };
    const run = observedRun({ sparkSeenAt: undefined });
    const seen = progressed(run, up, later(60));
    const seenAgain = progressed(seen, progressOf(seen.progress ?? up, ["a line"], ["another"]), later(500));
    expect(seenAgain.progress?.sparkSeenAt).toBe(later(60).toISOString());
    expect(progressed(run, initialProgress(500), later(60)).progress?.sparkSeenAt).toBeUndefined();
  });
});

test.each([
  ["Command exited with code 137", "driver-killed", "Main Spark container terminated with exit code 137."],
  [
    "lost executors",
    "nodes-lost",
    "ExecutorLostFailure (executor 3 exited unrelated to the running tasks) Reason: node gone",
  ],
  [
    "executors without memory",
    "executor-out-of-memory",
    "ExecutorLostFailure (executor 0) Reason: exited with code 137",
  ],
  ["a driver without memory", "driver-out-of-memory", "OutOfMemoryError: Java heap space"],
  ["no cluster", "nodes-unavailable", "CLUSTER_UNAVAILABLE"],
  ["a study that VariantSpark refuses", "engine-error", "NoSuchElementException: key not found"],
])("a job that ended with %s is %s", (_, kind, details) => {
  expect(troubleAtEnd({ reason: "USER_ERROR", details }).kind).toBe(kind);
});

test.each([
  ["most of which had no memory", 2, "executor-out-of-memory", "An executor ran out of memory"],
  ["which went with their nodes", 1, "nodes-lost", "Executors went away with their nodes"],
])("a job that Spark gave up after three lost executors, %s", (_, executorsOutOfMemory, kind, message) => {
  const error = "Max number of executor failures (3) reached";
  const progress = { ...initialProgress(500), executorsLost: 3, executorsOutOfMemory, error };
  const trouble = troubleAtEnd({ reason: "USER_ERROR", details: "", progress });
  expect(trouble.kind).toBe(kind);
  expect(trouble.failure.message).toContain(message);
});

test.each([
  [60, 0, 2],
  [3600, 0, 90],
  [3600, 7200, 180],
  [604_800, 0, 600],
])("a run of %d expected seconds is looked at after %d seconds every %d", (expected, elapsed, interval) => {
  expect(lookInterval(expected, elapsed)).toBe(interval);
});
