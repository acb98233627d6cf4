/** What the researcher is shown before anything is paid for. */
import type { Range } from "./range.ts";
import type { Architecture } from "./sizingData.ts";

/** "cluster" is a Kubernetes cluster of the laboratory's own, "local" the machine of whoever asks. */
export type Where = "aws-spot" | "aws-on-demand" | "cluster" | "local";
/** Where a run gets nodes for itself alone, rented or lent. */
export type OnNodes = Exclude<Where, "local">;
/** What AWS bills. */
export type Market = Exclude<OnNodes, "cluster">;

export function isOnAws(where: Where): where is Market {
  return where === "aws-spot" || where === "aws-on-demand";
}

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

/** The nodes and executors that an option would use, and how the data and the forest are laid out on them. */
export interface Configuration {
  /** Of all nodes of the run, because a node group has one AMI; absent where AWS rents none. */
  readonly architecture?: Architecture;
  /** Instance types of the same shape, in order of preference; empty where AWS rents none. */
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
  /** Partitions of the cached data. */
  readonly partitions: number;
  /** Bytes of a file at which Spark cuts it to get them. */
  readonly partitionBytes: number;
  /** Trees grown side by side. */
  readonly batchSize: number;
  /** Jobs in which the forest is grown, one after the other; absent for one. */
  readonly chunks?: number;
}

/** US dollars by what they are paid for; elsewhere than on AWS, for preparing alone. */
export type CostParts = Readonly<Partial<Record<CostPart, Range>>>;

export type CostPart =
  /** EC2, the run's own nodes. */
  | "nodes"
  /** The driver's share of the system node. */
  | "driver"
  /** EMR's uplift on what the pods ask for. */
  | "emr"
  /** EKS. */
  | "cluster"
  /** EBS. */
  | "disks"
  /** Lambda, while the matrix is made. */
  | "lambda"
  /** S3: requests while the matrix is made, and its first month. */
  | "s3";

export interface Option {
  readonly where: Where;
  /** Whether the genotype matrix is made first. */
  readonly prepare: boolean;
  readonly prepareSeconds: Range;
  readonly runSeconds: Range;
  readonly costUsd: Range;
  /** What the cost is made of. */
  readonly costParts: CostParts;
  readonly phases: PhaseSeconds;
  readonly configuration: Configuration;
  /** Why this option cannot be taken; absent when it can. */
  readonly refusal?: string;
}

/** One point of what more money buys. */
export interface CurvePoint {
  readonly where: Where;
  readonly prepare: boolean;
  /** Of the run, preparing included. */
  readonly seconds: Range;
  readonly costUsd: Range;
  readonly instanceType: string;
  readonly nodes: number;
  readonly cores: number;
  /** Whether it is what the option offers. */
  readonly offered: boolean;
}

export interface Estimate {
  readonly options: readonly Option[];
  /** Per AWS option, from the fastest to the cheapest. */
  readonly curve: readonly CurvePoint[];
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
