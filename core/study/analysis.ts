import type { MatrixFilters } from "../matrix/filters.ts";

/** The forest as it is grown. */
export interface Forest extends Pick<Analysis, "trees" | "mtryFraction" | "maxDepth" | "minNodeSize"> {
  readonly batchSize: number;
}

/** What the researcher wants computed: the content of analysis.json, or of POST /runs, with defaults filled in. */
export interface Analysis {
  /** Column of the labels table; undefined = the only one besides the samples. */
  readonly labelColumn?: string;
  /** Number of trees of the forest, 1 to 10,000. */
  readonly trees: number;
  /** Fraction of the variants tried at each split, (0, 1]. */
  readonly mtryFraction: number;
  /**
   * Trees grown side by side; each tree level costs two passes over the data for the whole batch. Left out, it is chosen
   * with the nodes.
   */
  readonly batchSize?: number;
  readonly maxDepth?: number;
  readonly minNodeSize?: number;
  /** Seed of the forest; the same data, partitions, seed and version give the same file. */
  readonly seed: number;
  /** Decides without asking, when it lies within budgetUsd. */
  readonly where?: "aws-spot" | "aws-on-demand" | "cluster" | "local";
  /** With `where`: make the genotype matrix first. Left out, it is made only where the data cannot be run without. */
  readonly prepare?: boolean;
  /** What of the cohort goes into the matrix; needs preparing. */
  readonly filters?: MatrixFilters;
  /** The options are sized for it, and `where` may cost so much without asking: upper end of the range, US dollars. */
  readonly budgetUsd?: number;
  /** The options are sized for it: upper end of the range of preparing and running, hours. */
  readonly deadlineHours?: number;
  /** The out-of-bag error as trees are added; a third more time for the trees. */
  readonly oobError?: boolean;
  /**
   * Jobs in which the forest is grown on AWS or the own cluster, one after the other, so that a loss costs one of them and the ranking shows under
   * way. Left out, it is chosen with the nodes.
   */
  readonly chunks?: number;
  /** Which variants are more than chance, by their local false discovery rate (core/report/localFdr.ts). */
  readonly localFdr?: boolean;
}
