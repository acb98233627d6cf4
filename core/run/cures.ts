/** The cures of core/run/healing.ts: what each makes of the option under which the run met with trouble. */
import { executorsOf, roomFor } from "../sizing/configuration.ts";
import { costParts, totalUsd } from "../sizing/cost.ts";
import { choose } from "../sizing/curve.ts";
import type { Configuration, OnNodes, Option, PhaseSeconds, Where } from "../sizing/estimate.ts";
import { type Input, inputOf } from "../sizing/input.ts";
import { largestDriverMiB } from "../sizing/layout.ts";
import { executorPod, memoryOverheadMiB, nodeRoom } from "../sizing/nodeRoom.ts";
import { secondsRange } from "../sizing/phases.ts";
import { nothing } from "../sizing/range.ts";
import { searchConfigurations } from "../sizing/search.ts";
import type { NodeKind, SizingData } from "../sizing/sizingData.ts";
import { chosenOption } from "./chosenOption.ts";
import type { Run, Trouble } from "./run.ts";
import { shapeOf } from "./spent.ts";

export type Cure =
  | "larger"
  | "roomier-executors"
  | "smaller-batch"
  | "larger-driver"
  | "again"
  | "on-demand"
  | "other-nodes"
  | "wait"
  | "pause";

/** How much more heap executors get that ran out of it. */
const roomier = 1.5;
/** A cache that held nothing does not tell how much is missing. */
const enlarged = 4;

/**
 * The option with that cure; undefined when there is nothing to offer for it. A run on the own cluster stays there.
 *
 * @param leftUsd of what was approved: the choice among several prefers what it pays for
 */
export function cured(
  cure: Cure,
  run: Run,
  { cachedFraction = 1 }: Trouble,
  leftUsd: number,
  data: SizingData,
): Option | undefined {
  const { where, configuration, phases } = chosenOption(run);
  if (where === "local") return undefined;
  switch (cure) {
    case "larger":
      return larger(run, cachedFraction > 0 ? 1 / cachedFraction : enlarged, leftUsd, data);
    case "roomier-executors":
      return roomierExecutors(run, leftUsd, data);
    case "smaller-batch":
      return smallerBatch(where, configuration, phases, data);
    case "larger-driver":
      return largerDriver(where, configuration, phases, data);
    case "again":
    case "pause":
      return priced(where, configuration, phases, data);
    case "on-demand":
      return where === "aws-spot" ? priced("aws-on-demand", configuration, phases, data) : undefined;
    case "other-nodes":
      return where === "cluster" ? undefined : otherNodes(run, leftUsd, data);
    case "wait":
      // Others have the nodes. On AWS there are more.
      return where === "cluster" ? priced(where, configuration, phases, data) : undefined;
  }
}

/**
 * What has so many times the room: executors on the same nodes, of which the first attempt asked for no more memory than it needed, or
 * else on nodes that hold so many times the data.
 */
function larger(run: Run, factor: number, leftUsd: number, data: SizingData): Option | undefined {
  const { where, configuration, phases } = chosenOption(run);
  const room = roomFor(executorsOf(configuration), configuration.executorMemoryMiB) * factor;
  const here = withRoom(where, configuration, room, data);
  if (here) return priced(where, here, phases, data);
  return best(run, scaled(inputOfRun(run), factor), leftUsd, data, (one) => withRoom(where, one, room, data));
}

/** With as much heap as has that room; undefined when the nodes do not have it. */
function withRoom(
  where: Where,
  configuration: Configuration,
  bytes: number,
  data: SizingData,
): Configuration | undefined {
  const node = nodeOf(where, configuration, data);
  const pod = node && executorPod(node, configuration.executorsPerNode);
  const executors = executorsOf(configuration);
  if (pod === undefined || roomFor(executors, pod.heapMiB) < bytes) return undefined;
  // Room grows evenly with the heap.
  const roomOfMiB = roomFor(executors, pod.heapMiB) - roomFor(executors, pod.heapMiB - 1) || 1;
  const needed = Math.ceil(pod.heapMiB - (roomFor(executors, pod.heapMiB) - bytes) / roomOfMiB);
  const executorMemoryMiB = Math.max(configuration.executorMemoryMiB, needed);
  return { ...configuration, executorMemoryMiB, executorOverheadMiB: memoryOverheadMiB(executorMemoryMiB) };
}

/** On the same nodes, as long as they have the memory. */
function roomierExecutors(run: Run, leftUsd: number, data: SizingData): Option | undefined {
  const { where, configuration, phases } = chosenOption(run);
  const node = nodeOf(where, configuration, data);
  if (node === undefined) return undefined;
  const room = nodeRoom(node);
  const executorMemoryMiB = Math.ceil(configuration.executorMemoryMiB * roomier);
  const executorOverheadMiB = configuration.executorOverheadMiB * 2;
  const podMiB = executorMemoryMiB + executorOverheadMiB + room.loggingMiB;
  if (podMiB * configuration.executorsPerNode <= room.memoryMiB)
    return priced(where, { ...configuration, executorMemoryMiB, executorOverheadMiB }, phases, data);
  return larger(run, roomier, leftUsd, data);
}

/** Twice the batches, so twice the passes over the data. */
function smallerBatch(
  where: Where,
  configuration: Configuration,
  phases: PhaseSeconds,
  data: SizingData,
): Option | undefined {
  if (configuration.batchSize < 2) return undefined;
  const batchSize = Math.ceil(configuration.batchSize / 2);
  return priced(where, { ...configuration, batchSize }, { ...phases, trees: 2 * phases.trees }, data);
}

function largerDriver(
  where: OnNodes,
  configuration: Configuration,
  phases: PhaseSeconds,
  data: SizingData,
): Option | undefined {
  const driverMemoryMiB = Math.min(2 * configuration.driverMemoryMiB, largestDriverMiB(where, data));
  if (driverMemoryMiB <= configuration.driverMemoryMiB) return undefined;
  const driverOverheadMiB = memoryOverheadMiB(driverMemoryMiB);
  return priced(where, { ...configuration, driverMemoryMiB, driverOverheadMiB }, phases, data);
}

/** Of none of the instance types that the run has asked for. */
function otherNodes(run: Run, leftUsd: number, data: SizingData): Option | undefined {
  const tried = new Set((run.attempts ?? []).flatMap(({ option }) => option.configuration.instanceTypes));
  return best(run, inputOfRun(run), leftUsd, data, (one) =>
    one.instanceTypes.some((type) => tried.has(type)) ? undefined : one,
  );
}

function best(
  run: Run,
  input: Input,
  budgetUsd: number,
  data: SizingData,
  suited: (configuration: Configuration) => Configuration | undefined,
): Option | undefined {
  const { analysis } = run;
  const { where } = chosenOption(run);
  if (analysis === undefined || where === "local") return undefined;
  const candidates = searchConfigurations(where, input, analysis, data).flatMap(({ phases, configuration }) => {
    const option = priced(where, suited(configuration), phases, data);
    return option ? [{ ...option, seconds: option.runSeconds }] : [];
  });
  const deadlineSeconds = (analysis.deadlineHours ?? data.search.patienceHours) * 3600;
  const chosen = choose(candidates, { deadlineSeconds, budgetUsd });
  return chosen && priced(where, chosen.configuration, chosen.phases, data);
}

function priced(
  where: Where,
  configuration: Configuration | undefined,
  phases: PhaseSeconds,
  data: SizingData,
): Option | undefined {
  if (configuration === undefined) return undefined;
  const node = nodeOf(where, configuration, data);
  if (node === undefined) return undefined;
  const runSeconds = secondsRange(phases, data.model);
  const parts = costParts(where, configuration, node, runSeconds, data.prices);
  return {
    where,
    prepare: false,
    prepareSeconds: nothing,
    runSeconds,
    costUsd: totalUsd(parts),
    costParts: parts,
    phases,
    configuration,
  };
}

/** Undefined when the nodes are there no more: in the catalogue, or as an own cluster. */
function nodeOf(where: Where, configuration: Configuration, data: SizingData): NodeKind | undefined {
  return where === "cluster" ? data.ownCluster : shapeOf(configuration, data);
}

function inputOfRun({ id, matrix, inspection }: Run): Input {
  if (inspection === undefined) throw new Error(`the run ${id} has not been inspected`);
  return inputOf(inspection, matrix);
}

function scaled(input: Input, factor: number): Input {
  return { ...input, variants: input.variants * factor, uncompressedBytes: input.uncompressedBytes * factor };
}
