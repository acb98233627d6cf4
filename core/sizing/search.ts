/**
 * Every sensible way to run a study on nodes: their kind × nodes × executors per node × cores × memory × partitions × batch
 * size. Only what caches 100 % of the data, fits on its nodes and is accepted by EKS and EMR is among them.
 */
import type { Analysis } from "../study/analysis.ts";
import { chunkCount, inChunks, restartSeconds } from "./chunks.ts";
import { configurationOf, inputBytes, roomFor } from "./configuration.ts";
import { costParts, totalUsd } from "./cost.ts";
import type { Configuration, CostParts, OnNodes, PhaseSeconds } from "./estimate.ts";
import { driverHeapMiB } from "./forestMemory.ts";
import { type Input, partitionBytes, partitionCount } from "./input.ts";
import { type Executors, fastestLayout, neededHeapMiB, type TimedLayout, unheldLayout } from "./layout.ts";
import { familyOf } from "./learn.ts";
import { executorPod } from "./nodeRoom.ts";
import { secondsRange } from "./phases.ts";
import type { Range } from "./range.ts";
import type { EngineModel, NodeKind, SizingData } from "./sizingData.ts";

/** One way to run a study. */
export interface Candidate {
  readonly configuration: Configuration;
  readonly phases: PhaseSeconds;
  readonly seconds: Range;
  readonly costParts: CostParts;
  readonly costUsd: Range;
}

/** A managed node group has at most 450 nodes (EKS service quotas). */
const eksNodesPerGroup = 450;
const nodeCounts = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 450];
const executorsPerNode = [1, 2, 4, 8];
/** A node is not divided into executors of fewer cores: each holds the broadcasts of its own, and costs its logging container. */
const leastCores = 4;

/** The candidates that hold the data, in no order. */
export function searchConfigurations(where: OnNodes, input: Input, analysis: Analysis, data: SizingData): Candidate[] {
  const bytes = inputBytes(input, 1);
  const mostPartitions = partitionCount(input, Number.POSITIVE_INFINITY);
  const candidates: Candidate[] = [];
  for (const kind of kindsFor(where, data))
    for (const perNode of executorsPerNode)
      for (const nodes of nodesOf(kind, data)) {
        const on = executorsOn(where, kind, nodes, perNode, data);
        if (on === undefined || on.executors > mostPartitions) continue;
        if (roomFor(on.executors, on.executorMemoryMiB) < bytes) continue;
        const layout = fastestLayout(where, on, input, analysis, data);
        if (layout) candidates.push(candidateOf(where, kind, nodes, perNode, input, analysis, layout, data));
      }
  return candidates;
}

/** The one with the most room for the cache, whether or not it is enough: for the figures of a study that is refused. */
export function largestCandidate(where: OnNodes, input: Input, analysis: Analysis, data: SizingData): Candidate {
  const sizes = kindsFor(where, data).flatMap((kind) =>
    executorsPerNode.flatMap((perNode) => {
      const on = executorsOn(where, kind, nodesOf(kind, data).at(-1) ?? 1, perNode, data);
      return on ? [{ on, kind, perNode, capacity: roomFor(on.executors, on.executorMemoryMiB) }] : [];
    }),
  );
  const [largest] = sizes.toSorted((a, b) => b.capacity - a.capacity);
  if (largest === undefined) throw new Error("there is no node that holds an executor");
  const { on, kind, perNode } = largest;
  const layout = unheldLayout(on, input, analysis, data);
  return candidateOf(where, kind, on.executors / perNode, perNode, input, analysis, layout, data);
}

/** A single pool of spot instances may be taken away at once, so spot asks for several. */
function kindsFor(where: OnNodes, { shapes, search, ownCluster }: SizingData): readonly NodeKind[] {
  if (where === "cluster") return ownCluster ? [ownCluster] : [];
  if (where === "aws-on-demand") return shapes;
  return shapes.filter(({ instanceTypes }) => instanceTypes.length >= search.minSpotTypes);
}

function nodesOf(kind: NodeKind, { search }: SizingData): number[] {
  if ("nodes" in kind) return [...nodeCounts.filter((nodes) => nodes < kind.nodes), kind.nodes];
  const most = Math.min(eksNodesPerGroup, search.maxNodes, Math.floor(search.maxVcpus / kind.vcpus));
  return nodeCounts.filter((nodes) => nodes <= most);
}

/**
 * Undefined when so many executors do not fit on such a node, or, where there are smaller ones to rent, would be larger than is wise. On
 * the own cluster they leave what is too much.
 */
function executorsOn(
  where: OnNodes,
  kind: NodeKind,
  nodes: number,
  perNode: number,
  { model, search }: SizingData,
): Executors | undefined {
  const pod = executorPod(kind, perNode);
  if (pod === undefined || (perNode > 1 && pod.cores < leastCores)) return undefined;
  const mostMiB = search.maxExecutorHeapGiB * 1024;
  if (pod.heapMiB > mostMiB && where !== "cluster") return undefined;
  return {
    executors: nodes * perNode,
    coresPerExecutor: pod.cores,
    executorMemoryMiB: Math.min(pod.heapMiB, mostMiB),
    startSeconds: where === "cluster" ? restartSeconds : model.awsStartSeconds,
    speed: speedOf(where, kind, model),
  };
}

/**
 * On demand AWS takes the first type. On spot it may mix them, and every pass over the data waits for the slowest. Of the own
 * cluster nothing is known.
 */
function speedOf(where: OnNodes, kind: NodeKind, { speeds: learned = {} }: EngineModel): number {
  if (!("instanceTypes" in kind)) return 1;
  const speeds = kind.instanceTypes.map(({ name, speed }) => learned[familyOf(name)]?.speed ?? speed);
  return where === "aws-on-demand" ? (speeds[0] ?? 1) : Math.min(...speeds);
}

function candidateOf(
  where: OnNodes,
  kind: NodeKind,
  nodes: number,
  perNode: number,
  input: Input,
  analysis: Analysis,
  layout: TimedLayout,
  data: SizingData,
): Candidate {
  const { partitions, run } = layout;
  const chunks = chunkCount(analysis, run.forest.batchSize, layout.phases);
  const phases = inChunks(layout.phases, chunks);
  const onNodes = configurationOf(kind, nodes, {
    executorsPerNode: perNode,
    coresPerExecutor: run.coresPerExecutor,
    executorMemoryMiB: neededHeapMiB(input, layout),
    partitions,
    partitionBytes: partitionBytes(input, partitions),
    batchSize: run.forest.batchSize,
    driverMemoryMiB: driverHeapMiB(input, run.forest),
  });
  const configuration = chunks > 1 ? { ...onNodes, chunks } : onNodes;
  const seconds = secondsRange(phases, data.model);
  const parts = costParts(where, configuration, kind, seconds, data.prices);
  return { configuration, phases, seconds, costParts: parts, costUsd: totalUsd(parts) };
}
