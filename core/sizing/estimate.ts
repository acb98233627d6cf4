/** What the researcher is shown before anything is paid for. */

/** A figure with the interval in which we expect the truth. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export type Where = "aws-spot" | "aws-on-demand" | "local";

/** Seconds per phase of the engine, expected values. */
export interface PhaseSeconds {
  /** Nodes, images, driver and executors come up. */
  readonly start: number;
  /** Both parses of the input and the cache fill. */
  readonly load: number;
  readonly trees: number;
  /** Importances are written, nodes are given back. */
  readonly finish: number;
}

/** The nodes and executors that an option would use. */
export interface Configuration {
  /** Instance types of the same shape, in order of preference; empty for a local run. */
  readonly instanceTypes: readonly string[];
  readonly nodes: number;
  readonly executorsPerNode: number;
  readonly coresPerExecutor: number;
  /** Heap of one executor, MiB. */
  readonly executorMemoryMiB: number;
  /** Memory beside the heap in one executor's pod, MiB. */
  readonly executorOverheadMiB: number;
  readonly driverCores: number;
  readonly driverMemoryMiB: number;
  readonly driverOverheadMiB: number;
}

export interface Option {
  readonly where: Where;
  /** Whether the genotype matrix is made first. */
  readonly prepare: boolean;
  readonly prepareSeconds: Range;
  readonly runSeconds: Range;
  readonly costUsd: Range;
  readonly phases: PhaseSeconds;
  readonly configuration: Configuration;
  /** Why this option cannot be taken; absent when it can. */
  readonly refusal?: string;
}

export interface Estimate {
  readonly options: readonly Option[];
  /** In plain words: what is suggested and why, what stands in the way. */
  readonly message: string;
  /** Bytes of the genotypes when all are cached, over all executors. */
  readonly cachedBytes: number;
  /** What the figures rest on: date and source of prices and of the model. */
  readonly basis: string;
}

/** That option, when it is offered and can be taken. */
export function takeableOption(estimate: Estimate, where: Where, prepare: boolean): Option | undefined {
  return estimate.options.find(
    (option) => option.where === where && option.prepare === prepare && option.refusal === undefined,
  );
}
