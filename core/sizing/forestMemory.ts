/**
 * How much memory growing a batch of trees takes beside the cached data. The driver keeps the samples of every node of
 * every tree of the batch while it grows (the recursion of VariantSpark's DecisionTree.buildSplit holds all levels),
 * broadcasts those of the level, merges one best split per open node and partition, and keeps all trees until the
 * importances are written. The sizes are those of the objects in VariantSpark 0.5.4's source on a 64-bit JVM, times twice
 * the nodes that trees are expected to have; they were not measured.
 */
import type { Forest } from "../study/analysis.ts";
import type { Input } from "./input.ts";
import { treeShape } from "./treeShape.ts";

/** Spark itself, its plans, the broadcasts of labels and splitter. */
const baseMiB = 1024;
/** Heap that garbage may take beside what lives. */
const garbageFactor = 1.5;
/** Nodes for each that is expected: the shape of trees was fitted to 10,000 samples at most. */
const caution = 2;
/** An index in SubsetInfo. */
const indexBytes = 4;
/** VarSplitInfo and the reference to it. */
const splitBytes = 68;
/** Results that Spark deserialises at one time (task-result-getter has 4 threads), the merged one and the next. */
const resultsInFlight = 6;
/** SubsetInfo, its list cell and its array's header. */
const subsetBytes = 72;
/** A SplitNode or LeafNode with its class counts. */
const nodeBytes = 92;
/** A variable that some tree used: index, importance, name, in the maps and lists that ImportanceCmd makes of it. */
const usedVariableBytes = 300;

type Cohort = Pick<Input, "samples" | "variants" | "labelImpurity">;

/** Heap of the driver, MiB, in steps of 512. */
export function driverHeapMiB(cohort: Cohort, forest: Forest): number {
  const { samples, variants } = cohort;
  const { nodes, open, visits } = treeSize(cohort, forest);
  const level = 2 * indexBytes * samples + open * (splitBytes * resultsInFlight + 2 * subsetBytes);
  const used = Math.min(variants, (forest.trees * nodes) / 2);
  const bytes =
    batchOf(forest) * (level + indexBytes * visits) + forest.trees * nodes * nodeBytes + used * usedVariableBytes;
  return Math.ceil((baseMiB + (garbageFactor * bytes) / 2 ** 20) / 512) * 512;
}

/** Heap that an executor needs beside its cache, MiB: the broadcast and two results per core. */
export function executorWorkingMiB(cohort: Cohort, forest: Forest, cores: number): number {
  const { open } = treeSize(cohort, forest);
  const perTree = 2 * indexBytes * cohort.samples + open * (2 * subsetBytes + 2 * cores * splitBytes);
  return (batchOf(forest) * perTree) / 2 ** 20;
}

function batchOf({ batchSize, trees }: Forest): number {
  return Math.min(batchSize, trees);
}

/** Of one tree: its nodes, those of its widest level that are split, the samples of all of them. */
function treeSize({ samples, variants, labelImpurity = 0.5 }: Cohort, forest: Forest) {
  const { mtryFraction, maxDepth = Number.POSITIVE_INFINITY, minNodeSize = 1 } = forest;
  const growth = { samples, candidates: variants * mtryFraction, impurity: 2 * labelImpurity, maxDepth, minNodeSize };
  const { nodes, visits } = treeShape(growth);
  return { nodes: caution * nodes, open: (caution * nodes) / 2, visits };
}
