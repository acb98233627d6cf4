/**
 * How long VariantSpark takes, phase by phase. The engine parses the input twice (zipWithIndex, then count), caches
 * about one byte per genotype, then grows trees in batches: two passes over the cached data for each tree level of each
 * batch. Every genotype costs something at every level of every tree, whatever the fraction of variants that is tried: runs with
 * mtry fractions of 0.1 (1,988 × 1,092, 500 trees: 16 s) and 0.0076 (17,010 × 2,504, 100 trees: 31 s), each on one core,
 * give the same seconds per genotype, tree and level.
 */
import type { Analysis } from "../study/analysis.ts";
import type { PhaseSeconds } from "./estimate.ts";
import type { EngineModel } from "./sizingData.ts";

/** The size of a study, as Inspect found it. */
export interface DataSize {
  readonly samples: number;
  readonly variants: number;
  /** Bytes of VCF text; 0 for the prepared matrix. */
  readonly uncompressedBytes: number;
  /** How many tasks can read the input side by side: a gzip file is one. */
  readonly partitions: number;
}

/** Per variant, beside one byte per genotype: the name, two boxed longs, array headers (42.4 MiB measured for 17,010 × 2,504). */
const cachedBytesPerVariant = 110;

/** Bytes of the features when all are in memory, over all executors. */
export function cachedBytes({ samples, variants }: DataSize): number {
  return variants * (samples + cachedBytesPerVariant);
}

/** Expected seconds per phase on so many cores; `startSeconds` comes from where it runs. */
export function phaseSeconds(
  size: DataSize,
  analysis: Analysis,
  cores: number,
  startSeconds: number,
  model: EngineModel,
): PhaseSeconds {
  const loadCores = Math.min(cores, size.partitions);
  const levels = treeLevels(size, analysis);
  const passes = 2 * levels * Math.ceil(analysis.trees / analysis.batchSize);
  const visits = size.variants * size.samples * analysis.trees * levels;
  // The cached data keeps the partitions of the input, so a single gzip file also grows its trees on one core.
  return {
    start: startSeconds,
    load: model.loadStartSeconds + readSeconds(size, model) / loadCores,
    trees: passes * model.passSeconds + (visits * model.treeSecondsPerGenotype) / loadCores,
    finish: model.finishSeconds,
  };
}

/** Core seconds of both passes over the input. */
function readSeconds({ samples, variants, uncompressedBytes }: DataSize, model: EngineModel): number {
  if (uncompressedBytes > 0) return 2 * uncompressedBytes * model.parseSecondsPerByte;
  return variants * samples * model.matrixSecondsPerGenotype;
}

/** Levels until the leaves are pure; a balanced tree has log2(samples), VariantSpark's are somewhat deeper. */
function treeLevels({ samples }: DataSize, { maxDepth }: Analysis): number {
  const grown = Math.ceil(Math.log2(Math.max(samples, 2))) + 4;
  return Math.min(grown, maxDepth ?? grown);
}

export function totalSeconds({ start, load, trees, finish }: PhaseSeconds): number {
  return start + load + trees + finish;
}
