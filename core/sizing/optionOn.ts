/** An option on nodes: what the search found for it, or why it found nothing. */
import type { Analysis } from "../study/analysis.ts";
import { executorsOf, inputBytes, roomFor } from "./configuration.ts";
import { totalUsd } from "./cost.ts";
import type { Configuration, OnNodes, Option } from "./estimate.ts";
import { driverHeapMiB } from "./forestMemory.ts";
import type { Input } from "./input.ts";
import { largestDriverMiB, smallestBatch } from "./layout.ts";
import { gib } from "./message.ts";
import type { PrepareEstimate } from "./prepare.ts";
import { nothing } from "./range.ts";
import { type Candidate, largestCandidate } from "./search.ts";
import type { SizingData } from "./sizingData.ts";

/**
 * @param chosen undefined when no configuration holds the study: then the largest is shown, with why it is refused
 * @param prepare what making the matrix takes, when that comes first
 */
export function optionOn(
  where: OnNodes,
  chosen: Candidate | undefined,
  prepare: Omit<PrepareEstimate, "refusal"> | undefined,
  input: Input,
  analysis: Analysis,
  data: SizingData,
): Option {
  const shown = chosen ?? largestCandidate(where, input, analysis, data);
  const { configuration, phases, seconds } = shown;
  const costParts = { ...shown.costParts, ...prepare?.costParts };
  return {
    where,
    prepare: prepare !== undefined,
    prepareSeconds: prepare?.seconds ?? nothing,
    runSeconds: seconds,
    costUsd: totalUsd(costParts),
    costParts,
    phases,
    configuration,
    ...(chosen === undefined && { refusal: tooLarge(where, configuration, input, analysis, data) }),
  };
}

/** Why not even the largest configuration holds the study. */
function tooLarge(where: OnNodes, largest: Configuration, input: Input, analysis: Analysis, data: SizingData): string {
  const forest = { ...analysis, batchSize: smallestBatch(analysis) };
  const driverMiB = driverHeapMiB(input, forest);
  const mostDriverMiB = largestDriverMiB(where, data);
  if (driverMiB > mostDriverMiB)
    return `The forest needs a driver of ${gib(driverMiB * 2 ** 20)}, and the node for drivers has room for ${gib(mostDriverMiB * 2 ** 20)}: fewer trees, a smaller batchSize or a maxDepth would do.`;
  const bytes = inputBytes(input, 1);
  const capacity = roomFor(executorsOf(largest), largest.executorMemoryMiB);
  const { nodes } = largest;
  return capacity >= bytes
    ? "The genotypes of a compressed file, which one task reads, do not fit into one executor: prepare the study first, split it by chromosome, or hand over plain .vcf."
    : `The genotypes do not fit into the memory of ${where === "cluster" ? `the ${nodes === 1 ? "node" : `${nodes} nodes`} that your cluster lends` : "the largest configuration on offer"}: they take ${gib(bytes)}, it caches ${gib(capacity)}.`;
}
