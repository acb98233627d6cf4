/** How much memory the genotypes take when Spark caches them, and whether it has that much. */
import type { DataSize, EngineRun } from "./engineRun.ts";

/**
 * Per variant beside its genotypes: the object (32 bytes), the head of its array (16), its name of 15 characters (56), the
 * slot that holds it (4).
 */
const bytesPerVariant = 108;
/** Spark estimates a partition of more than 400 rows by whole hundreds (SizeEstimator.visitArray divides integers). */
const sampledRows = 400;
/** Spark's own, spark.memory.fraction; beside the cache nothing takes of it for long. */
const memoryFraction = 0.6;
const reservedMiB = 300;
const unrollBytes = 2 ** 20;
const unrollGrowth = 1.5;

/** Bytes of the genotypes when all are in memory, over all executors, as Spark counts them. */
export function cachedBytes({ samples, variants, partitions }: DataSize): number {
  const rows = variants / partitions;
  const counted = rows > sampledRows ? Math.max(sampledRows, 100 * Math.floor(rows / 100)) : rows;
  return partitions * counted * (8 * Math.ceil(samples / 8) + bytesPerVariant);
}

/** Bytes that Spark lets the executors cache: of the heap that the garbage collector G1 offers. */
export function cacheCapacityBytes(executors: number, executorMemoryMiB: number): number {
  return executors * Math.max(0, executorMemoryMiB - reservedMiB) * 2 ** 20 * memoryFraction;
}

/** Whether all partitions lie in memory. */
export function cachesWhole(run: EngineRun): boolean {
  return heldPartitions(run) >= run.size.partitions;
}

/**
 * Partitions that find room. Each lies whole in one executor, where as many are built at a time as it has cores. One that is
 * being built holds more than it will take: memory is asked for in steps of half as much again from 1 MiB on
 * (spark.storage.unrollMemoryThreshold, unrollMemoryGrowthFactor). When that is refused the partition is given up.
 */
export function heldPartitions({ size, executors, coresPerExecutor, executorMemoryMiB }: EngineRun): number {
  const share = Math.ceil(size.partitions / executors);
  const capacity = cacheCapacityBytes(1, executorMemoryMiB);
  const bytes = cachedBytes(size) / size.partitions;
  const held = heldByOne(share, coresPerExecutor, bytes, capacity);
  return Math.min(size.partitions, executors * held);
}

function heldByOne(share: number, cores: number, bytes: number, capacity: number): number {
  const building = Math.min(cores, share);
  const steps = Math.max(0, Math.ceil(Math.log(bytes / unrollBytes) / Math.log(unrollGrowth)));
  const room = Math.floor((capacity - building * unrollBytes * unrollGrowth ** steps) / bytes);
  // Rounds of `building` partitions; the last begins when at most `room` are held.
  return room < 0 ? 0 : Math.min(share, building * (Math.floor(room / building) + 1));
}
