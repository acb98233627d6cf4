import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EngineProgress, initialProgress, progressOf } from "../../../core/variantspark/driverLog.ts";
import { goldenRuns } from "./golden.ts";

test("there are golden runs to compare with", () => {
  expect(goldenRuns.length).toBeGreaterThan(20);
});

test.each(goldenRuns)("reads the log of the run $name", ({ stdout, stderr, expected }) => {
  const { cursor: _, ...progress } = progressOf(initialProgress(20), stdout, stderr);
  expect(progress).toEqual(expected);
});

test.each(goldenRuns)("reads the log of the run $name alike however its lines come in", ({ stdout, stderr }) => {
  const whole = progressOf(initialProgress(20), stdout, stderr);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 })), { maxLength: 20 }), (looks) => {
      let [progress, out, err] = [initialProgress(20), 0, 0];
      for (const [outLines, errLines] of [...looks, [stdout.length, stderr.length] as const]) {
        progress = progressOf(progress, stdout.slice(out, out + outLines), stderr.slice(err, err + errLines));
        out += outLines;
        err += errLines;
      }
      expect(progress).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test("phases follow each other and trees and cached share grow while a run goes well", () => {
  const run = goldenRuns.find(({ name }) => name === "two-executors");
  const seen: EngineProgress[] = [initialProgress(20)];
  for (const line of run?.stderr ?? []) seen.push(progressOf(seen.at(-1) ?? initialProgress(20), [], [line]));
  const phases = seen.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
  expect(phases).toEqual(["starting", "loading", "caching", "growing-trees", "writing-results", "finished"]);
  const shares = seen
    .flatMap(({ cachedFraction }) => cachedFraction ?? [])
    .filter((share, at, all) => share !== all[at - 1]);
  expect(shares).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("the cached share falls when an executor is lost and comes back with its replacement", () => {
  const { stdout = [], stderr = [] } = goldenRuns.find(({ name }) => name === "executor-lost") ?? {};
  const lostAt = stderr.findIndex((line) => line.includes("Removing block manager"));
  expect(progressOf(initialProgress(60), stdout, stderr.slice(0, lostAt)).cachedFraction).toBe(1);
  expect(progressOf(initialProgress(60), stdout, stderr.slice(0, lostAt + 1)).cachedFraction).toBe(0.25);
  expect(progressOf(initialProgress(60), stdout, stderr)).toMatchObject({ cachedFraction: 1, phase: "finished" });
});

test.each([
  // Of a run on a standalone master; class and message are the same on Kubernetes, but for the backend's name.
  "26/11/24 13:24:46 INFO StandaloneSchedulerBackend$StandaloneDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) (127.0.0.1:33600) with ID 0,  ResourceProfileId 0",
  "26/11/24 13:24:46 INFO KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) (10.0.3.7:33600) with ID 1,  ResourceProfileId 0",
])("executors are counted as they register: %s", (line) => {
  const one = progressOf(initialProgress(1), [], [line]);
  expect(one.executorsRegistered).toBe(1);
  expect(progressOf(one, [], [line]).executorsRegistered).toBe(2);
  expect(one.phase).toBe("starting");
});

test.each([
  "ERROR TaskSchedulerImpl: Lost executor 1 on 10.0.0.11: The executor with id 1 was deleted by a user or the framework.",
  "INFO TaskSchedulerImpl: Executor 1 on 10.0.0.11 is decommissioned after 886 ms.",
])("an executor is lost, whether it could give away its blocks or not: %s", (line) => {
  const { executorsLost, executorsOutOfMemory } = progressOf(initialProgress(10), [], [`26/11/24 18:49:14 ${line}`]);
  expect({ executorsLost, executorsOutOfMemory }).toEqual({ executorsLost: 1 });
});

describe("on Kubernetes, where the reason of a loss stands on the lines after it", () => {
  // Spark 3.5.9 on Kubernetes 1.34, an executor over its memory limit.
  const lost = (executor: string, reason: string) => [
    `26/11/30 06:44:38 ERROR TaskSchedulerImpl: Lost executor ${executor} on 10.201.0.11: `,
    "",
    `The executor with id ${executor} exited with exit code ${reason}.`,
    "",
    "The API gave the following container statuses:",
    "\t exit code: 137",
    "\t termination reason: OOMKilled",
    "      ",
    `26/11/30 06:44:38 WARN TaskSetManager: Lost task 1.0 in stage 1.0 (TID 2) (10.201.0.11 executor ${executor}): ExecutorLostFailure (executor ${executor} exited caused by one of the running tasks) Reason: `,
    `The executor with id ${executor} exited with exit code ${reason}.`,
  ];
  const counts = (lines: string[]) => {
    const { executorsLost, executorsOutOfMemory } = progressOf(initialProgress(10), [], lines);
    return { executorsLost, executorsOutOfMemory };
  };

  test("each executor counts once, however often its reason is told", () => {
    const lines = [...lost("1", "137(SIGKILL, possible container OOM)"), ...lost("12", "52(JVM OOM)")];
    expect(counts(lines)).toEqual({ executorsLost: 2, executorsOutOfMemory: 2 });
  });

  test("another end of the process is no want of memory", () => {
    expect(counts(lost("1", "143(SIGTERM)"))).toEqual({ executorsLost: 1 });
  });
});

test("nothing of a log that names samples or quotes genotypes is kept", () => {
  for (const { stdout, stderr } of goldenRuns) {
    const kept = JSON.stringify(progressOf(initialProgress(20), stdout, stderr));
    expect(kept).not.toMatch(/SAMPLE|0\/[01]/);
  }
});

test("the golden logs name no sample, and no path of the machine that they were captured on", () => {
  const folder = new URL("golden/", import.meta.url);
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()))
    expect(readFileSync(`${file.parentPath}/${file.name}`, "utf8")).not.toMatch(
      /\b(HG|NA)\d{5}|\/(tmp|root|work|home\/(?!spark\b))/,
    );
});

test.each([
  [
    "the first of several is the cause",
    ["java.io.IOException: a", "26/11/24 07:58:39 INFO X: y", "java.io.IOException: b"],
    "IOException: a",
  ],
  [
    "an exception that ends a thread logs it",
    ["26/11/24 07:58:39 ERROR SparkUncaughtExceptionHandler: Uncaught", "java.lang.StackOverflowError"],
    "StackOverflowError",
  ],
  ["a long message is cut", [`java.io.IOException: ${"x".repeat(999)}`], `IOException: ${"x".repeat(287)}`],
  [
    "a failed task's own words count",
    [
      'Exception in thread "main" org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 4.0 failed 4 times, most recent failure: Lost task 0.3 in stage 4.0 (TID 20) (10.0.0.1 executor 3): ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 52',
    ],
    "ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 52",
  ],
  [
    "a trace that follows a warning is fatal when Spark is shut down after it",
    [
      "26/11/24 07:58:39 WARN TaskSetManager: a large task",
      "java.io.IOException: a",
      "26/11/24 07:58:39 INFO SparkContext: Invoking stop() from shutdown hook",
    ],
    "IOException: a",
  ],
  [
    "a trace that follows a warning is none when the run goes on",
    [
      "26/11/24 07:58:39 WARN Netty: lost",
      "java.io.IOException: a",
      "26/11/24 07:58:39 INFO X: y",
      "26/11/24 07:58:39 INFO SparkContext: Invoking stop() from shutdown hook",
    ],
    undefined,
  ],
])("of an error, %s", (_, stderr, error) => {
  expect(progressOf(initialProgress(1), [], stderr).error).toBe(error);
});

test("the curve of the out-of-bag error stays short, however small the batches are, and ends with the last one", () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, index) =>
      `Finished trees: ${index + 1}, current oobError: ${1 / (index + 1)}, totalTime: 1.5 s,  avg timePerTree: 1 s`,
  );
  const { oobErrors = [] } = progressOf(initialProgress(10_000), lines, []);
  expect(oobErrors.length).toBeGreaterThan(100);
  expect(oobErrors.length).toBeLessThanOrEqual(257);
  expect(oobErrors[0]).toEqual({ trees: 1, error: 1 });
  expect(oobErrors.at(-1)).toEqual({ trees: 10_000, error: 1e-4 });
});
