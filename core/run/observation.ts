/** A finished run as the model learns from it: what it was, and how long each of its phases took. */
import { isOnAws } from "../sizing/estimate.ts";
import type { Observation } from "../sizing/fit.ts";
import { dataSize, inputOf } from "../sizing/input.ts";
import type { SizingData } from "../sizing/sizingData.ts";
import type { EngineLog } from "../variantspark/eventLog.ts";
import { chosenOption } from "./chosenOption.ts";
import { chunksOf } from "./forestChunks.ts";
import type { Run } from "./run.ts";

/**
 * undefined for a run on the researcher's own machine or cluster, of which nothing is known, and on nodes that are in the catalogue no more.
 * On spot AWS may have mixed the types of the shape; the first, which it prefers, stands for them.
 */
export function observationOf(run: Run, { phases }: EngineLog, { model, shapes }: SizingData): Observation | undefined {
  const { analysis, inspection, matrix } = run;
  const { configuration, where } = chosenOption(run);
  const [instanceType] = configuration.instanceTypes;
  const type = shapes.flatMap(({ instanceTypes }) => instanceTypes).find(({ name }) => name === instanceType);
  if (!isOnAws(where) || !analysis || !inspection || !type) return undefined;
  const input = inputOf(inspection, matrix);
  const { partitions, batchSize, nodes, executorsPerNode, coresPerExecutor, executorMemoryMiB } = configuration;
  return {
    run: {
      size: dataSize({ ...input, variants: run.progress?.variants ?? input.variants }, partitions),
      // The log is of one job.
      forest: { ...analysis, trees: chunksOf(run)?.grown.at(-1)?.trees ?? analysis.trees, batchSize },
      ...(input.labelImpurity !== undefined && { labelImpurity: input.labelImpurity }),
      executors: nodes * executorsPerNode,
      coresPerExecutor,
      executorMemoryMiB,
      startSeconds: model.awsStartSeconds,
      speed: type.speed,
    },
    phases,
    instanceType: type.name,
  };
}
