/** Which nodes and executors hold a study: the cheapest of the catalogue on which 100 % of the data is cached. */
import type { Configuration } from "./estimate.ts";
import { cachedBytes, type DataSize } from "./phases.ts";
import type { InstanceShape } from "./sizingData.ts";

/** What the system pods and the kubelet keep of each node. */
const reservedGiBPerNode = 2;
const reservedCoresPerNode = 1;
/** Memory beside the heap in a pod: Spark on Kubernetes asks for at least 10 % or 384 MiB (spark.kubernetes.memoryOverheadFactor). */
const overheadFraction = 0.1;
/** Of the heap, spark.memory.fraction (0.6); nothing of it is needed for execution beside the cache but the headroom. */
const storageFraction = 0.6;
/** Room for blocks that move when a spot node leaves. */
const headroom = 0.15;

/** Nodes of this shape, one executor each, without the question whether the data fits. */
export function configurationOf(shape: InstanceShape, nodes: number): Configuration {
  const podMiB = Math.floor((shape.memoryGiB * 0.95 - reservedGiBPerNode) * 1024);
  const executorMemoryMiB = Math.floor(podMiB / (1 + overheadFraction));
  return {
    instanceTypes: shape.instanceTypes.map((type) => type.name),
    nodes,
    executorsPerNode: 1,
    coresPerExecutor: shape.vcpus - reservedCoresPerNode,
    executorMemoryMiB,
    executorOverheadMiB: podMiB - executorMemoryMiB,
    driverCores: 1,
    driverMemoryMiB: 4096,
    driverOverheadMiB: 512,
  };
}

/** Everything on one machine, in one JVM. */
export function localConfiguration(cores: number, memoryGiB: number): Configuration {
  const driverMemoryMiB = Math.floor(memoryGiB * 1024 * 0.75);
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
  };
}

export function totalCores(configuration: Configuration): number {
  return executors(configuration) * configuration.coresPerExecutor;
}

/** Whether the fullest executor has room for its share: Spark caches a partition whole, in one executor. */
export function holds(configuration: Configuration, size: DataSize): boolean {
  const count = executors(configuration);
  const fullestBytes = Math.ceil(size.partitions / count) * (cachedBytes(size) / size.partitions);
  return cacheCapacityBytes(configuration) / count >= fullestBytes;
}

/** Bytes that the executors can cache with headroom to spare, if they fill evenly. */
export function cacheCapacityBytes(configuration: Configuration): number {
  const heapBytes = executors(configuration) * configuration.executorMemoryMiB * 1024 * 1024;
  return heapBytes * storageFraction * (1 - headroom);
}

function executors({ nodes, executorsPerNode }: Configuration): number {
  return nodes * Math.max(executorsPerNode, 1);
}
