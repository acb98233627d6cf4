/** What the driver pod's status says, and how EMR words its end. */
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { outcomeOf } from "../executeJob.ts";
import type { JobOutcome } from "../records.ts";

export const driverContainer = "spark-kubernetes-driver";

export type DriverState =
  /** No node takes it yet, or its image is not there yet. */
  | { readonly kind: "pending"; readonly why: string }
  | { readonly kind: "running" }
  /** The pod itself: it is there no more. */
  | { readonly kind: "gone" }
  /** `reason` is Kubernetes's: OOMKilled, Error, Completed; Evicted and the like of the pod. */
  | { readonly kind: "ended"; readonly exitCode: number; readonly reason: string };

/** As of a process that was killed. */
const KILLED = 137;

export function driverState(pod: V1Pod | undefined): DriverState {
  if (pod === undefined) return { kind: "gone" };
  const status = containerStatus(pod, driverContainer);
  const terminated = status?.state?.terminated;
  if (terminated) return { kind: "ended", exitCode: terminated.exitCode, reason: terminated.reason ?? "" };
  // A pod that is evicted, or whose node is gone, may fail without its container having a word on it.
  if (pod.status?.phase === "Failed") return { kind: "ended", exitCode: KILLED, reason: pod.status.reason ?? "" };
  if (status?.state?.running) return { kind: "running" };
  return { kind: "pending", why: whyPending(pod, status) };
}

/** @param lastError of the driver's log */
export function outcomeOfDriver(state: DriverState & { kind: "gone" | "ended" }, lastError: string): JobOutcome {
  if (state.kind === "gone") return outcomeOf({ code: KILLED, lastError: `The driver pod was deleted. ${lastError}` });
  const { exitCode, reason } = state;
  const words = ["", "Error", "Completed"].includes(reason) ? lastError : `${reason}: ${lastError}`;
  return outcomeOf({ code: exitCode, lastError: words });
}

export function containerStatus(pod: V1Pod, container: string): V1ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === container);
}

function whyPending({ status }: V1Pod, container: V1ContainerStatus | undefined): string {
  const waiting = container?.state?.waiting;
  const unschedulable = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  const words = waiting ? [waiting.reason, waiting.message] : [unschedulable?.reason, unschedulable?.message];
  return words.filter(Boolean).join(": ");
}
