/**
 * The designed runs: sizes, forests and machines spread over the ranges that researchers use, each 10 to 60 seconds
 * long. One line is one run.
 */
import type { Analysis, Forest } from "../../core/study/analysis.ts";
import type { CohortShape, LabelColumn } from "./cohort.ts";

export interface GridRun {
  readonly cohort: CohortShape;
  readonly label: LabelColumn;
  readonly forest: Analysis & Forest;
  /** Of the one JVM. */
  readonly cores: number;
  /** Its heap. */
  readonly memoryMiB: number;
  /** Spark's own number of partitions of a matrix, instead of one for each part. */
  readonly defaultSplits?: boolean;
}

interface Line extends Partial<Pick<Analysis, "maxDepth" | "minNodeSize">> {
  readonly memoryMiB?: number;
  readonly label?: LabelColumn;
}

/** Enough for every run whose line says nothing else. */
const ROOMY_MIB = 2048;

function run(
  format: CohortShape["format"],
  [variants, samples, parts]: readonly [number, number, number],
  [trees, mtryFraction, batchSize]: readonly [number, number, number],
  cores: number,
  { memoryMiB = ROOMY_MIB, label = "balanced", ...limits }: Line = {},
): GridRun {
  const cohort = { variants, samples, format, parts, seed: 1 };
  return { cohort, label, forest: { trees, mtryFraction, batchSize, seed: 13, ...limits }, cores, memoryMiB };
}

export const benchGrid: readonly GridRun[] = [
  // Variants, samples, parts; trees, mtry fraction, batch; cores.
  run("matrix", [1_000, 1_000, 4], [500, 0.1, 100], 2),
  run("matrix", [5_000, 500, 4], [500, 0.1, 100], 2),
  run("matrix", [5_000, 1_000, 4], [200, 0.1, 50], 1),
  run("matrix", [10_000, 2_504, 8], [50, 0.05, 50], 2),
  run("matrix", [17_010, 2_504, 8], [100, 0.0076, 100], 2),
  run("matrix", [20_000, 500, 8], [200, 0.02, 100], 2),
  run("matrix", [50_000, 500, 8], [100, 0.01, 100], 2),
  run("matrix", [50_000, 1_000, 8], [100, 0.0045, 10], 2),
  run("matrix", [100_000, 200, 8], [200, 0.01, 100], 2),
  run("matrix", [200_000, 1_000, 16], [20, 0.0022, 20], 2),
  run("matrix", [170_000, 2_504, 16], [20, 0.0024, 20], 2),
  run("matrix", [2_000, 10_000, 4], [50, 0.1, 50], 2),
  run("matrix", [1_000, 10_000, 4], [100, 0.05, 100], 1),
  run("matrix", [5_000, 5_000, 4], [50, 0.05, 25], 2),
  run("matrix", [20_000, 1_000, 16], [50, 0.3, 50], 2),
  run("matrix", [1_000, 200, 2], [1_000, 0.1, 100], 2),
  run("matrix", [3_000, 300, 4], [1_000, 0.1, 250], 2),
  run("matrix", [100_000, 500, 32], [40, 0.005, 20], 1),
  run("matrix", [50_000, 200, 4], [300, 0.005, 10], 2),
  // Few cases, shallow trees, large nodes.
  run("matrix", [5_000, 2_000, 4], [100, 0.1, 100], 2, { label: "unbalanced" }),
  run("matrix", [50_000, 500, 8], [100, 0.02, 100], 2, { label: "unbalanced" }),
  run("matrix", [20_000, 2_000, 8], [100, 0.01, 100], 2, { maxDepth: 8 }),
  run("matrix", [10_000, 2_000, 8], [300, 0.05, 100], 2, { maxDepth: 5 }),
  run("matrix", [20_000, 1_000, 8], [200, 0.02, 100], 2, { minNodeSize: 20 }),
  run("matrix", [5_000, 5_000, 8], [100, 0.05, 100], 1, { minNodeSize: 50 }),
  // From text.
  run("vcf", [5_000, 1_000, 4], [200, 0.05, 100], 2),
  run("vcf", [20_000, 1_000, 4], [50, 0.02, 50], 2),
  run("vcf", [50_000, 500, 8], [40, 0.01, 40], 1),
  run("vcf", [10_000, 2_504, 4], [50, 0.02, 50], 2),
  run("vcf", [2_000, 10_000, 4], [30, 0.05, 30], 2),
  run("vcf", [100_000, 200, 8], [50, 0.01, 50], 2),
  run("vcf", [40_000, 2_504, 16], [20, 0.005, 20], 2),
  run("vcf", [10_000, 1_000, 1], [50, 0.02, 50], 2),
  run("wide-vcf", [3_000, 1_000, 4], [50, 0.05, 50], 2),
  run("wide-vcf", [5_000, 2_000, 8], [20, 0.02, 20], 1),
  // Little memory, which is enough …
  run("matrix", [100_000, 1_000, 16], [20, 0.003, 20], 2, { memoryMiB: 640 }),
  run("matrix", [200_000, 1_000, 32], [20, 0.002, 20], 2, { memoryMiB: 720 }),
  run("matrix", [10_000, 10_000, 8], [20, 0.02, 20], 2, { memoryMiB: 512 }),
  // … and which is not: what is left out is parsed again in every pass.
  run("matrix", [200_000, 1_000, 16], [20, 0.002, 20], 2, { memoryMiB: 512, maxDepth: 8 }),
  run("matrix", [100_000, 2_504, 16], [20, 0.003, 20], 2, { memoryMiB: 600, maxDepth: 8 }),
  run("matrix", [200_000, 500, 8], [20, 0.003, 20], 2, { memoryMiB: 450, maxDepth: 10 }),
  run("vcf", [45_000, 2_504, 16], [20, 0.003, 20], 2, { memoryMiB: 450, maxDepth: 4 }),
  run("vcf", [150_000, 700, 16], [20, 0.003, 20], 2, { memoryMiB: 480, maxDepth: 3 }),
];

/** A dozen short runs, each of which tells one kind of work from the others; on one core and on all. */
export function calibrationGrid(cores: number): readonly GridRun[] {
  return [
    run("matrix", [1_000, 1_000, 4], [200, 0.1, 20], cores),
    run("matrix", [5_000, 1_000, 4], [100, 0.1, 100], 1),
    run("matrix", [2_000, 5_000, 8], [100, 0.05, 100], cores),
    run("matrix", [20_000, 500, 8], [100, 0.02, 100], cores),
    run("matrix", [100_000, 200, 8], [100, 0.01, 100], cores),
    run("matrix", [50_000, 500, 32], [40, 0.005, 20], 1),
    run("matrix", [10_000, 2_000, 8], [200, 0.05, 100], cores, { maxDepth: 5 }),
    run("matrix", [100_000, 500, 8], [20, 0.005, 10], cores),
    run("matrix", [10_000, 1_000, 8], [100, 0.3, 100], cores),
    run("vcf", [20_000, 1_000, 4], [20, 0.02, 20], 1),
    run("vcf", [40_000, 1_000, 16], [20, 0.01, 20], cores),
    run("wide-vcf", [3_000, 1_000, 4], [20, 0.05, 20], cores),
    run("matrix", [200_000, 500, 8], [20, 0.003, 20], cores, { memoryMiB: 450, maxDepth: 5 }),
  ];
}
