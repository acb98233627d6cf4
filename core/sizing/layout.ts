/** The partitions and the batch size with which given executors are fastest, as far as they and the driver have the memory. */
import type { Analysis, Forest } from "../study/analysis.ts";
import { executorsHold } from "./configuration.ts";
import type { EngineRun } from "./engineRun.ts";
import type { OnNodes, PhaseSeconds } from "./estimate.ts";
import { driverHeapMiB, executorWorkingMiB } from "./forestMemory.ts";
import { dataSize, type Input, partitionCount } from "./input.ts";
import { heapOf, nodeRoom } from "./nodeRoom.ts";
import { phaseSeconds } from "./phases.ts";
import type { SizingData } from "./sizingData.ts";

/** Executors of a run, before it is said how the data is cut and the forest batched. */
export type Executors = Omit<EngineRun, "size" | "forest" | "labelImpurity">;

export interface TimedLayout {
  readonly partitions: number;
  readonly run: EngineRun;
  readonly phases: PhaseSeconds;
}

const partitionsPerCore = [1, 2, 3, 4];
/** Into how many batches a forest is cut. */
const batchCounts = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 33, 50, 100, 200, 500, 1000];
/** As many as analysis.json may ask for. */
const maxBatchSize = 1000;
/** Of the heap, what Spark leaves to the tasks' own objects (1 − spark.memory.fraction), with a quarter to spare. */
const workingFraction = 0.3;
const memoryShares = [0.25, 0.5, 0.75];
const leastMiBPerCore = 1536;
/** Inspection may have expected too few variants. */
const caution = 1.5;

/**
 * Undefined when these executors cannot hold the data or the forest. Partitions are chosen first and the batch for them:
 * both have one best value, and hardly touch each other.
 */
export function fastestLayout(
  where: OnNodes,
  on: Executors,
  input: Input,
  analysis: Analysis,
  data: SizingData,
): TimedLayout | undefined {
  const batches = feasibleBatches(where, on, input, analysis, data);
  const middle = batches[Math.floor(batches.length / 2)];
  if (middle === undefined) return undefined;
  const cores = on.executors * on.coresPerExecutor;
  const counts = [...new Set(partitionsPerCore.map((perCore) => partitionCount(input, perCore * cores)))];
  const layouts = counts
    .filter((partitions) => executorsHold(on.executors, on.executorMemoryMiB, input, partitions))
    .map((partitions) => timed(on, input, partitions, { ...analysis, batchSize: middle }, data));
  const [best] = layouts.toSorted((a, b) => growing(a) - growing(b));
  return best && withFastestBatch(best, on, input, analysis, batches, data);
}

/**
 * Heap to ask for: of what the node has, a quarter, half or three quarters when that holds half as much data again, else all.
 * EMR bills what is asked for; on spot, its uplift on the memory is a fifth of the whole cost.
 */
export function neededHeapMiB(input: Input, { partitions, run }: TimedLayout): number {
  const { executors, executorMemoryMiB: all, coresPerExecutor: cores, forest } = run;
  const working = executorWorkingMiB(input, forest, cores) / workingFraction;
  const shares = memoryShares.map((share) => Math.floor(share * all));
  const enough = shares.find(
    (heap) =>
      heap >= Math.max(working, cores * leastMiBPerCore) && executorsHold(executors, heap / caution, input, partitions),
  );
  return enough ?? all;
}

/** What a study would take on executors that cannot hold it. */
export function unheldLayout(on: Executors, input: Input, analysis: Analysis, data: SizingData): TimedLayout {
  const partitions = partitionCount(input, on.executors * on.coresPerExecutor);
  return timed(on, input, partitions, { ...analysis, batchSize: smallestBatch(analysis) }, data);
}

/** On one machine, where the partitions are given. */
export function fastestBatch(
  on: Executors,
  input: Input,
  partitions: number,
  analysis: Analysis,
  data: SizingData,
): TimedLayout {
  const sizes = batchSizes(analysis);
  const first = timed(on, input, partitions, { ...analysis, batchSize: smallestBatch(analysis) }, data);
  return withFastestBatch(first, on, input, analysis, sizes, data);
}

/** Heap that a driver may have on the node for drivers. */
export function largestDriverMiB(
  where: OnNodes,
  { prices, ownCluster }: Pick<SizingData, "prices" | "ownCluster">,
): number {
  const own = where === "cluster" && ownCluster;
  const room = nodeRoom(own ? { ...own, memoryGiB: own.driverMemoryGiB } : prices.systemNode);
  return heapOf(room.memoryMiB, room);
}

/** With it driver and executors need the least memory. */
export function smallestBatch(analysis: Analysis): number {
  return batchSizes(analysis).at(-1) ?? 1;
}

/** Even batches, the largest first; a given size is taken as it is. */
function batchSizes({ batchSize, trees }: Analysis): number[] {
  if (batchSize !== undefined) return [batchSize];
  const sizes = batchCounts.map((count) => Math.ceil(trees / count)).filter((size) => size <= maxBatchSize);
  return [...new Set(sizes)];
}

function feasibleBatches(where: OnNodes, on: Executors, input: Input, analysis: Analysis, data: SizingData): number[] {
  const driverMiB = largestDriverMiB(where, data);
  return batchSizes(analysis).filter((batchSize) => {
    const forest = { ...analysis, batchSize };
    const working = executorWorkingMiB(input, forest, on.coresPerExecutor);
    return driverHeapMiB(input, forest) <= driverMiB && working <= workingFraction * on.executorMemoryMiB;
  });
}

/** Fewer batches cost fewer passes, larger ones longer lists of nodes: there is one best size, found by walking down. */
function withFastestBatch(
  layout: TimedLayout,
  on: Executors,
  input: Input,
  analysis: Analysis,
  batches: readonly number[],
  data: SizingData,
): TimedLayout {
  let best: TimedLayout | undefined;
  for (const batchSize of batches) {
    const next = timed(on, input, layout.partitions, { ...analysis, batchSize }, data);
    if (best && isTold(best, analysis, data) && growing(next) >= growing(best)) break;
    best = next;
  }
  return best ?? layout;
}

/** Whether progress, which the engine tells once per batch, comes often enough. */
function isTold({ run, phases }: TimedLayout, { trees }: Analysis, { search }: SizingData): boolean {
  return phases.trees / Math.ceil(trees / run.forest.batchSize) <= search.maxBatchSeconds;
}

function timed(on: Executors, input: Input, partitions: number, forest: Forest, data: SizingData): TimedLayout {
  const run: EngineRun = {
    ...on,
    // More cores than partitions have nothing to do, and EMR bills what is asked for.
    coresPerExecutor: Math.min(on.coresPerExecutor, Math.ceil(partitions / on.executors)),
    size: dataSize(input, partitions),
    forest,
    ...(input.labelImpurity !== undefined && { labelImpurity: input.labelImpurity }),
  };
  return { partitions, run, phases: phaseSeconds(run, data.model) };
}

/** What partitions and batches change. */
function growing({ phases }: TimedLayout): number {
  return phases.load + phases.trees;
}
