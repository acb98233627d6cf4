import type { Forest } from "../study/analysis.ts";

/** The size of a study, as Inspect found it. */
export interface DataSize {
  readonly samples: number;
  readonly variants: number;
  /** Bytes of VCF text; 0 for the prepared matrix. */
  readonly uncompressedBytes: number;
  /** Spark partitions of the input as the engine reads it: so many tasks work side by side. A gzip file is one. */
  readonly partitions: number;
}

/** What decides how long the engine takes: the data, the forest, and where it runs. */
export interface EngineRun {
  readonly size: DataSize;
  readonly forest: Forest;
  /** 1 − Σ p² of the classes; two of the same size (0.5) when absent. Few cases make thin, deep trees. */
  readonly labelImpurity?: number;
  readonly executors: number;
  readonly coresPerExecutor: number;
  /** Heap of one executor, MiB. */
  readonly executorMemoryMiB: number;
  /** Until the engine's first job: nodes, images, JVM. */
  readonly startSeconds: number;
  /** Of a core, by that of the machine that the model was calibrated on. */
  readonly speed: number;
}

/** Gini impurity of labels of which there are so many of each class. */
export function labelImpurity(classes: readonly number[]): number {
  const samples = classes.reduce((sum, count) => sum + count, 0);
  return 1 - classes.reduce((sum, count) => sum + (count / Math.max(1, samples)) ** 2, 0);
}
