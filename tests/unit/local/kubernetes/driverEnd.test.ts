import type { V1ContainerState, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { explainFailure } from "../../../../core/variantspark/failures.ts";
import { driverState, outcomeOfDriver } from "../../../../local/emrContainers/kubernetes/driverEnd.ts";

function pod(phase: string, state: V1ContainerState, reason?: string): V1Pod {
  const container = { name: "spark-kubernetes-driver", image: "", imageID: "", ready: false, restartCount: 0, state };
  return { status: { phase, ...(reason && { reason }), containerStatuses: [container] } };
}

const unschedulable = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/2 nodes are available",
};

test.each<[string, V1Pod | undefined, object]>([
  ["no pod", undefined, { kind: "gone" }],
  [
    "no node",
    { status: { phase: "Pending", conditions: [unschedulable] } },
    { kind: "pending", why: "Unschedulable: 0/2 nodes are available" },
  ],
  [
    "no image",
    pod("Pending", { waiting: { reason: "ErrImageNeverPull", message: "not present" } }),
    { kind: "pending", why: "ErrImageNeverPull: not present" },
  ],
  ["a driver at work", pod("Running", { running: {} }), { kind: "running" }],
  [
    "a driver over its limit",
    pod("Failed", { terminated: { exitCode: 137, reason: "OOMKilled" } }),
    { kind: "ended", exitCode: 137, reason: "OOMKilled" },
  ],
  ["a node that went", pod("Failed", {}, "NodeLost"), { kind: "ended", exitCode: 137, reason: "NodeLost" }],
])("%s", (_, found, state) => {
  expect(driverState(found)).toEqual(state);
});

test.each<[string, Parameters<typeof outcomeOfDriver>[0], string]>([
  ["a driver over its memory limit", { kind: "ended", exitCode: 137, reason: "OOMKilled" }, "driver-out-of-memory"],
  ["a driver that was killed", { kind: "ended", exitCode: 137, reason: "Error" }, "job-killed"],
  ["a driver that was asked to end", { kind: "ended", exitCode: 143, reason: "Error" }, "job-killed"],
  ["a driver whose pod was deleted", { kind: "gone" }, "job-killed"],
  ["a driver that was evicted", { kind: "ended", exitCode: 137, reason: "Evicted" }, "job-killed"],
])("%s is read from EMR's words as %s", (_, state, code) => {
  const outcome = outcomeOfDriver(state, "24/11/24 15:00:00 INFO TaskSetManager: Starting task 0.0");
  if (outcome.kind !== "failed") throw new Error(outcome.kind);
  expect(outcome.stateDetails.length).toBeLessThanOrEqual(256);
  expect(explainFailure({ reason: outcome.failureReason, details: outcome.stateDetails }).code).toBe(code);
});

test("a driver that ended well completes the job", () => {
  expect(outcomeOfDriver({ kind: "ended", exitCode: 0, reason: "Completed" }, "")).toEqual({ kind: "completed" });
});
