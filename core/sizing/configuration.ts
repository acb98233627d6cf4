/** Nodes, executors and driver of a run, and whether they cache 100 % of its data. */
import { cacheCapacityBytes, cachedBytes } from "./cache.ts";
import type { Configuration } from "./estimate.ts";
import { fullestShare, type Input, largestShare } from "./input.ts";
import { executorPod, memoryOverheadMiB } from "./nodeRoom.ts";
import type { NodeKind } from "./sizingData.ts";

/** Room in the cache for blocks that move when a spot node leaves, and for more variants than inspection expected. */
const headroom = 0.15;
/** Of a partition that is being cached, Spark asks for half as much again (spark.storage.unrollMemoryGrowthFactor). */
const unroll = 0.5;

/** How a job is laid out on its nodes. */
export type Layout = Pick<
  Configuration,
  | "executorsPerNode"
  | "coresPerExecutor"
  | "executorMemoryMiB"
  | "partitions"
  | "partitionBytes"
  | "batchSize"
  | "driverMemoryMiB"
>;

/**
 * Nodes of this kind, without the question whether the data fits. What the layout leaves out: one executor per node with
 * all its cores and memory, two partitions per core, 100 trees per batch, 4 GiB for the driver.
 */
export function configurationOf(node: NodeKind, nodes: number, layout: Partial<Layout> = {}): Configuration {
  const { executorsPerNode = 1, driverMemoryMiB = 4096, batchSize = 100, partitionBytes = 32 * 2 ** 20 } = layout;
  const pod = executorPod(node, executorsPerNode);
  if (pod === undefined) throw new Error(`${executorsPerNode} executors do not fit on a node`);
  const { coresPerExecutor = pod.cores, executorMemoryMiB = pod.heapMiB } = layout;
  return {
    ...("architecture" in node && { architecture: node.architecture }),
    instanceTypes: "instanceTypes" in node ? node.instanceTypes.map(({ name }) => name) : [],
    nodes,
    executorsPerNode,
    coresPerExecutor,
    executorMemoryMiB,
    executorOverheadMiB: memoryOverheadMiB(executorMemoryMiB),
    driverCores: 1,
    driverMemoryMiB,
    driverOverheadMiB: memoryOverheadMiB(driverMemoryMiB),
    partitions: layout.partitions ?? 2 * nodes * executorsPerNode * coresPerExecutor,
    partitionBytes,
    batchSize,
  };
}

/** Everything on one machine, in one JVM. */
export function localConfiguration(
  cores: number,
  memoryGiB: number,
  layout: Pick<Layout, "partitions" | "partitionBytes" | "batchSize">,
): Configuration {
  const driverMemoryMiB = localHeapMiB(memoryGiB);
  return {
    instanceTypes: [],
    nodes: 1,
    executorsPerNode: 0,
    coresPerExecutor: cores,
    executorMemoryMiB: driverMemoryMiB,
    executorOverheadMiB: 0,
    driverCores: cores,
    driverMemoryMiB,
    driverOverheadMiB: 0,
    ...layout,
  };
}

/** The rest of the machine's memory is for the JVM beside its heap, and for its owner. */
export function localHeapMiB(memoryGiB: number): number {
  return Math.floor(memoryGiB * 1024 * 0.75);
}

export function executorsOf({ nodes, executorsPerNode }: Configuration): number {
  return nodes * Math.max(executorsPerNode, 1);
}

export function totalCores(configuration: Configuration): number {
  return executorsOf(configuration) * configuration.coresPerExecutor;
}

/** Whether the configuration caches all of the data, with headroom. */
export function holds(configuration: Configuration, input: Input): boolean {
  const { partitions, executorMemoryMiB } = configuration;
  return executorsHold(executorsOf(configuration), executorMemoryMiB, input, partitions);
}

/** Whether the fullest executor has room for its share: Spark caches a partition whole, in one executor. */
export function executorsHold(executors: number, executorMemoryMiB: number, input: Input, partitions: number): boolean {
  const capacity = cacheCapacityBytes(1, executorMemoryMiB);
  const bytes = inputBytes(input, partitions);
  const fullest = fullestShare(input, partitions, executors) * bytes;
  return fullest <= capacity * (1 - headroom) && fullest + unroll * largestShare(input, partitions) * bytes <= capacity;
}

/** Bytes of the data when all are cached. */
export function inputBytes({ samples, variants, uncompressedBytes }: Input, partitions: number): number {
  return cachedBytes({ samples, variants, uncompressedBytes, partitions });
}

/** Bytes of data that so many executors hold at best. */
export function roomFor(executors: number, executorMemoryMiB: number): number {
  return cacheCapacityBytes(executors, executorMemoryMiB) * (1 - headroom);
}
