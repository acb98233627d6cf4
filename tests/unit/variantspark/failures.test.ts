import { expect, test } from "vitest";
import { initialProgress, progressOf } from "../../../core/variantspark/driverLog.ts";
import { explainFailure } from "../../../core/variantspark/failures.ts";
import { goldenRuns } from "./golden.ts";

const failedRuns = [
  { run: "driver-out-of-memory", code: "driver-out-of-memory" },
  { run: "driver-exits-out-of-memory", code: "driver-out-of-memory" },
  { run: "driver-memory-below-minimum", code: "driver-out-of-memory" },
  { run: "sample-without-label", code: "sample-without-label" },
  { run: "label-not-an-integer", code: "label-not-an-integer" },
  { run: "label-negative", code: "label-not-an-integer" },
  { run: "label-column-missing", code: "label-column-missing" },
  { run: "input-missing", code: "input-not-found" },
  { run: "vcf-line-broken", code: "input-not-readable" },
  { run: "vcf-without-header", code: "input-not-readable" },
  { run: "samples-differ", code: "samples-differ" },
  { run: "untouched-jar", code: "engine-incompatible" },
  { run: "driver-terminated", code: "job-killed" },
  { run: "output-not-writable", code: "engine-failed" },
  { run: "unknown-option", code: "engine-failed" },
];

test.each(failedRuns)("explains the failed run $run as $code", ({ run, code }) => {
  const golden = goldenRuns.find(({ name }) => name === run);
  const progress = progressOf(initialProgress(20), golden?.stdout ?? [], golden?.stderr ?? []);
  const failure = explainFailure({ reason: "USER_ERROR", details: "Job failed with exit code 2", progress });
  expect(failure).toEqual({ code, message: expect.stringMatching(/\w/), remedy: expect.stringMatching(/\w/) });
});

test("every golden run that did not finish is explained above", () => {
  const unfinished = goldenRuns.filter(({ expected }) => expected.phase !== "finished").map(({ name }) => name);
  expect(failedRuns.map(({ run }) => run).toSorted()).toEqual(unfinished.toSorted());
});

test.each([
  {
    reason: "USER_ERROR",
    details: "driver pod exited with exit code 137, reason: OOMKilled",
    code: "driver-out-of-memory",
  },
  { reason: "USER_ERROR", details: "Job failed with exit code: 137", code: "job-killed" },
  { reason: "USER_ERROR", details: "Driver exited with code 143", code: "job-killed" },
  { reason: "USER_ERROR", details: "Job failed with exit code: 11", code: "executors-lost" },
  { reason: "CLUSTER_UNAVAILABLE", details: "", code: "cluster-unavailable" },
  { reason: "VALIDATION_ERROR", details: "", code: "job-rejected" },
  { reason: "INTERNAL_ERROR", details: "", code: "engine-failed" },
  { reason: "", details: "", code: "engine-failed" },
])("explains '$details' ($reason) as $code when the log says nothing", ({ reason, details, code }) => {
  expect(explainFailure({ reason, details }).code).toBe(code);
});

test.each([
  "ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 52",
  "ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).",
])("tells an executor's end from the driver's: %s", (error) => {
  const progress = { ...initialProgress(10), error };
  expect(explainFailure({ reason: "USER_ERROR", details: "", progress }).code).toBe("executor-out-of-memory");
});

test("tells a driver that the JVM had killed for want of memory from one that somebody else killed", () => {
  const stdout = ["#", "# java.lang.OutOfMemoryError: Java heap space", '# -XX:OnOutOfMemoryError="kill -9 %p"'];
  const progress = progressOf(initialProgress(10), stdout, []);
  const details = "driver pod exited with exit code 137";
  expect(explainFailure({ reason: "USER_ERROR", details, progress }).code).toBe("driver-out-of-memory");
});

test("knows Spark's own giving up, after which it throws nothing", () => {
  const stderr = [
    "26/11/24 07:58:39 ERROR ExecutorPodsAllocator: Max number of executor failures (6) reached",
    "26/11/24 07:58:39 INFO SparkContext: Invoking stop() from shutdown hook",
  ];
  const progress = progressOf(initialProgress(10), [], stderr);
  expect(explainFailure({ reason: "USER_ERROR", details: "", progress }).code).toBe("executors-lost");
});

test("says where an unknown failure struck, in the engine's words", () => {
  const progress = {
    ...initialProgress(500),
    phase: "growing-trees" as const,
    treesDone: 200,
    error: "StackOverflowError",
  };
  expect(explainFailure({ reason: "USER_ERROR", details: "", progress }).message).toBe(
    "VariantSpark stopped after 200 of 500 trees: StackOverflowError",
  );
});
