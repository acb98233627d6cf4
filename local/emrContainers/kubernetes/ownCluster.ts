/** What a cluster has for runs, by its nodes: the sizing of the option "cluster" goes by it. */
import type { V1Node } from "@kubernetes/client-node";
import { executorPod } from "../../../core/sizing/nodeRoom.ts";
import type { OwnCluster } from "../../../core/sizing/sizingData.ts";
import { coresOf, mebibytesOf, type NodeRoom } from "./podShares.ts";

/** Label by which the cluster's owner says what a node is for: drivers ("system") or runs ("runs"). */
export const roleLabel = "variantspark-pipeline/role";

/** undefined when no node that is ready holds an executor, or when there is none for drivers. */
export function ownClusterOf(nodes: readonly V1Node[]): OwnCluster | undefined {
  const rooms = (role: string) =>
    nodes.filter((node) => isReady(node) && node.metadata?.labels?.[roleLabel] === role).map(roomOf);
  const [runs, system] = [rooms("runs"), rooms("system")];
  if (runs.length === 0 || system.length === 0) return undefined;
  const room = smallestRoom(runs);
  const cluster = {
    nodes: runs.length,
    cores: room.cores,
    memoryGiB: room.memoryMiB / 1024,
    driverMemoryGiB: Math.max(...system.map(({ memoryMiB }) => memoryMiB)) / 1024,
  };
  return executorPod(cluster, 1) && cluster;
}

export function isReady({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
  return ready && !spec?.unschedulable;
}

export function roomOf({ status }: V1Node): NodeRoom {
  return {
    cores: coresOf(status?.allocatable?.["cpu"] ?? "0"),
    memoryMiB: mebibytesOf(status?.allocatable?.["memory"] ?? "0"),
  };
}

/** What each of them has at least. */
export function smallestRoom(rooms: readonly NodeRoom[]): NodeRoom {
  return {
    cores: Math.min(...rooms.map(({ cores }) => cores)),
    memoryMiB: Math.min(...rooms.map(({ memoryMiB }) => memoryMiB)),
  };
}
