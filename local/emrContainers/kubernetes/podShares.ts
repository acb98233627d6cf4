/**
 * What the pods of a job ask of their nodes. Here alone a request that was sized for rented nodes is made smaller: what does not fit
 * onto the nodes that are there, cores and memory alike, becomes a part of a node. What fits is left as it is, and so is all that was sized
 * for these nodes.
 *
 * An executor may take this part of its node, divided by the executors that each node of the group was meant for: more than half,
 * so that where a group has fewer nodes than it asked for, its other pods stay Pending as they do on AWS. The driver may take a smaller part.
 */
import { memoryMiB } from "../machineShares.ts";

/** What pods may ask of a node (its `allocatable`). */
export interface NodeRoom {
  readonly cores: number;
  readonly memoryMiB: number;
}

export interface PodShares {
  readonly executor: PodShare;
  readonly driver: PodShare;
}

export interface PodShare {
  /** Tasks side by side; whole. */
  readonly cores: number;
  /** What the pod asks of its node; may be a fraction. */
  readonly requestedCores: number;
  /** Of the JVM. */
  readonly heapMiB: number;
  /** Beside it. The sum is the pod's request and its limit. */
  readonly overheadMiB: number;
}

const EXECUTORS_PART = 0.6;
const DRIVER_PART = 0.2;
/** Spark refuses less than 450 MiB. */
const LEAST_HEAP_MIB = 512;
/** Spark's own: a tenth, and no less than 384 MiB. */
const OVERHEAD_PART = 0.1;
const LEAST_OVERHEAD_MIB = 384;

/**
 * @param groupNodes nodes that the job's node group asked for; undefined = it has none, then one per executor
 * @param room of the smallest node that the pods may run on; undefined = they were sized for it
 */
export function podShares(
  conf: Readonly<Record<string, string>>,
  groupNodes: number | undefined,
  room: NodeRoom | undefined,
): PodShares {
  const [executor, driver] = [asked(conf, "executor"), asked(conf, "driver")];
  if (room === undefined) return { executor, driver };
  const instances = Number(conf["spark.executor.instances"] ?? 2) || 1;
  const perNode = Math.ceil(instances / (groupNodes || instances));
  return {
    executor: share(executor, room, EXECUTORS_PART / perNode),
    driver: share(driver, room, DRIVER_PART),
  };
}

function asked(conf: Readonly<Record<string, string>>, role: "executor" | "driver"): PodShare {
  const heapMiB = memoryMiB(conf[`spark.${role}.memory`] ?? "1g");
  const overhead = conf[`spark.${role}.memoryOverhead`];
  const cores = Number(conf[`spark.${role}.cores`] ?? 1) || 1;
  return {
    cores,
    requestedCores: Number(conf[`spark.kubernetes.${role}.request.cores`] ?? cores) || cores,
    heapMiB,
    overheadMiB: overhead ? memoryMiB(overhead) : Math.max(LEAST_OVERHEAD_MIB, heapMiB * OVERHEAD_PART),
  };
}

function share({ cores, requestedCores, heapMiB, overheadMiB }: PodShare, room: NodeRoom, part: number): PodShare {
  const scale = Math.min(1, (room.memoryMiB * part) / (heapMiB + overheadMiB));
  return {
    cores: Math.max(1, Math.min(cores, Math.floor(room.cores))),
    requestedCores: Math.min(requestedCores, Math.floor(room.cores * part * 1000) / 1000),
    heapMiB: Math.max(LEAST_HEAP_MIB, Math.floor(heapMiB * scale)),
    overheadMiB: Math.floor(scale < 1 ? Math.max(LEAST_OVERHEAD_MIB, overheadMiB * scale) : overheadMiB),
  };
}

/** Kubernetes's quantities of cores: "2", "1500m". */
export function coresOf(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

/** Kubernetes's quantities of memory: bytes, or with a unit as in "16Gi", "24105Ki", "16G". */
export function mebibytesOf(quantity: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]i?)?$/.exec(quantity) ?? [];
  if (number === "") throw new Error(`'${quantity}' is no amount of memory that Kubernetes knows.`);
  const power = " KMGT".indexOf(unit.charAt(0) || " ");
  return (Number(number) * (unit.endsWith("i") ? 1024 : 1000) ** power) / 1024 ** 2;
}
