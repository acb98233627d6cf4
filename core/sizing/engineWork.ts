/**
 * What the engine has to do for a run, counted: each count times a coefficient of the model is seconds of the wall
 * clock. Read in VariantSpark's source (ImportanceCmd, RandomForest, DecisionTree): the input is parsed for
 * zipWithIndex, which leaves the last partition out, and again for count, which fills the cache. Then trees grow in
 * batches, level by level. Each level is one pass that draws, for every variant and every node, whether the variant is tried, and
 * evaluates those that are over the node's samples (fold); and one that splits the nodes (collectAsMap).
 */
import { heldPartitions } from "./cache.ts";
import type { EngineRun } from "./engineRun.ts";
import { batchLevels, type TreeGrowth, treeShape } from "./treeShape.ts";

export type LoadTerm = (typeof loadTerms)[number];
export type TreesTerm = (typeof treesTerms)[number];
export type LoadWork = Readonly<Record<LoadTerm, number>>;
export type TreesWork = Readonly<Record<TreesTerm, number>>;

export const loadTerms = [
  /** Once: the header or the schema, classes are loaded, code is compiled. */
  "once",
  /** Bytes of text parsed by the busiest core. */
  "textBytes",
  /** Genotypes parsed from text by the busiest core. */
  "textGenotypes",
  /** Genotypes read from the matrix by the busiest core. */
  "matrixGenotypes",
  /** Variants parsed from text by the busiest core: each line gets a parser of its own. */
  "textVariants",
  /** Variants read from the matrix by the busiest core. */
  "matrixVariants",
  /** Tasks, one after the other. */
  "tasks",
] as const;

export const treesTerms = [
  "once",
  /** Rounds of tasks, whatever they do: two for each level of each batch. */
  "passes",
  /** Tasks that a core runs one after the other, over all passes. */
  "tasks",
  /** Draws: variants × nodes, by the busiest core. */
  "draws",
  /** Evaluations: draws that are tried. */
  "evaluations",
  /** Samples looked at in evaluations. */
  "evaluatedSamples",
  /** Samples that the driver hands out and takes back, split by split. */
  "splitSamples",
  /** Steps along the list of a level's nodes, one for each node before the one that is sought: the square of a batch's nodes. */
  "listSteps",
] as const;

export function loadWork(run: EngineRun, coreEfficiency: number): LoadWork {
  const { samples, variants, uncompressedBytes, partitions } = run.size;
  const share = taskShare(run, partitions - 1, coreEfficiency) + taskShare(run, partitions, coreEfficiency);
  const genotypes = (samples * variants * share) / partitions;
  const isText = uncompressedBytes > 0;
  return {
    once: 1,
    textBytes: (uncompressedBytes * share) / partitions,
    textGenotypes: isText ? genotypes : 0,
    matrixGenotypes: isText ? 0 : genotypes,
    textVariants: isText ? (variants * share) / partitions : 0,
    matrixVariants: isText ? 0 : (variants * share) / partitions,
    tasks: rounds(run, partitions - 1) + rounds(run, partitions),
  };
}

/** Without what is parsed again in every pass, for want of memory. */
export function treesWork(run: EngineRun, coreEfficiency: number): TreesWork {
  const { size, forest } = run;
  const { samples, variants, partitions } = size;
  const { trees, mtryFraction, batchSize } = forest;
  const shape = treeShape(growthOf(run));
  const batch = Math.min(trees, batchSize);
  const batches = trees / batch;
  const levels = batchLevels(growthOf(run), batch) * batches;
  const share = taskShare(run, partitions, coreEfficiency) / partitions;
  return {
    once: 1,
    passes: 2 * levels,
    tasks: 2 * levels * rounds(run, partitions),
    draws: variants * trees * shape.nodes * share,
    evaluations: variants * mtryFraction * trees * shape.nodes * share,
    evaluatedSamples: variants * mtryFraction * trees * shape.visits * share,
    splitSamples: trees * samples * batchLevels(growthOf(run), 1),
    listSteps: batches * listSteps(growthOf(run), batch),
  };
}

/**
 * When a batch has grown, the driver ties its nodes together level by level, and looks up each by its place in a linked
 * list (DecisionTree.buildSplit, nextLevelNodes). Whatever the variants: a tree of so many samples has about as many nodes.
 */
function listSteps(growth: TreeGrowth, batch: number): number {
  const { nodes } = treeShape({ ...growth, candidates: usualCandidates });
  return (batch * nodes) ** 2 / batchLevels({ ...growth, maxDepth: Number.POSITIVE_INFINITY }, 1);
}

const usualCandidates = 300;

/** Passes over the data, and the partitions that are parsed again in each of them. */
export function reparsed(run: EngineRun): { readonly passes: number; readonly partitions: number } {
  const { trees, batchSize } = run.forest;
  const batch = Math.min(trees, batchSize);
  const passes = (2 * batchLevels(growthOf(run), batch) * trees) / batch;
  return { passes, partitions: run.size.partitions - heldPartitions(run) };
}

function growthOf({ size, forest, labelImpurity = 0.5 }: EngineRun): TreeGrowth {
  const { maxDepth = Number.POSITIVE_INFINITY, minNodeSize = 1, mtryFraction } = forest;
  const candidates = size.variants * mtryFraction;
  return { samples: size.samples, candidates, impurity: 2 * labelImpurity, maxDepth, minNodeSize };
}

/** Tasks of the busiest core, in units of tasks on a core that has nothing else to do. */
export function taskShare(run: EngineRun, tasks: number, coreEfficiency: number): number {
  const busyCores = Math.min(run.coresPerExecutor, tasks / run.executors);
  return rounds(run, tasks) / (busyCores > 1 ? coreEfficiency : 1);
}

function rounds({ executors, coresPerExecutor }: EngineRun, tasks: number): number {
  return Math.ceil(tasks / (executors * coresPerExecutor));
}
