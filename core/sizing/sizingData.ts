/** The content of layers/sizing-data: prices, instance shapes and the coefficients of the model, each with its date. */
import type { LoadWork, TreesWork } from "./engineWork.ts";
import type { Range } from "./range.ts";

export interface SizingData {
  readonly prices: Prices;
  readonly shapes: readonly InstanceShape[];
  readonly search: SearchLimits;
  /** What "local" assumes until the client says what its machine has. */
  readonly localMachine: { readonly cores: number; readonly memoryGiB: number };
  readonly model: EngineModel;
  /** Absent where the pipeline knows of none: then there is no option on it. */
  readonly ownCluster?: OwnCluster;
}

/** A Kubernetes cluster of the laboratory's own, by what pods may ask of its nodes (their `allocatable`). */
export interface OwnCluster {
  /** That runs may have. */
  readonly nodes: number;
  /** Of the smallest of them. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the largest node on which drivers run. */
  readonly driverMemoryGiB: number;
}

/** A kind of node: of AWS, or of the own cluster. */
export type NodeKind = InstanceShape | OwnCluster;

/** Prices of everything but the instances, which stand in the shapes. US dollars. */
export interface Prices extends Rates {
  /** ISO date of the table, or of the day on which AWS was asked. */
  readonly date: string;
  readonly source: string;
  readonly region: string;
  /** What AWS asks in a region of which only the table is known, as a factor on the table's region. */
  readonly otherRegions: Range;
  /** Spot price as a fraction of on-demand, for types whose spot history is not known. */
  readonly spotFraction: Range;
  /** A node of the on-demand group that the drivers of all runs share. */
  readonly systemNode: SystemNode;
}

export interface Rates {
  /** EMR on EKS uplift on requested pod resources; not discounted on spot. */
  readonly emrVcpuHourUsd: number;
  readonly emrGbHourUsd: number;
  readonly eksClusterHourUsd: number;
  /** gp3. */
  readonly ebsGbMonthUsd: number;
  /** Lambda on arm64. */
  readonly lambdaGbSecondUsd: number;
  readonly lambdaRequestUsd: number;
  readonly s3PutUsd: number;
  readonly s3GetUsd: number;
  readonly s3GbMonthUsd: number;
}

/** Instance types that are interchangeable for a run: same vCPUs, same memory, one architecture, about as fast. */
export interface InstanceShape {
  readonly architecture: Architecture;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** Pods that the network interfaces of a type of this size allow (EKS, eni-max-pods.txt): the kubelet keeps memory for each. */
  readonly maxPods: number;
  /** In order of preference: on demand, AWS takes the first that it has; on spot, the cheapest of those that it can spare. */
  readonly instanceTypes: readonly InstanceType[];
}

export type Architecture = "x86_64" | "arm64";

export interface InstanceType {
  readonly name: string;
  /** On demand, US dollars. */
  readonly hourUsd: number;
  /** From the spot history; absent when it is not known. */
  readonly spotHourUsd?: Range;
  /** One vCPU against the core on which the model was fitted. */
  readonly speed: number;
}

export interface SearchLimits {
  /** A run may wait so long, unless its analysis.json says otherwise (deadlineHours). */
  readonly patienceHours: number;
  readonly maxNodes: number;
  /** Of all nodes of a run; the quota of an account may be lower. */
  readonly maxVcpus: number;
  /** One JVM is not trusted with more: collecting its garbage stops all its cores. */
  readonly maxExecutorHeapGiB: number;
  /** Spot is asked for in no fewer pools than this: a single type may vanish at once. */
  readonly minSpotTypes: number;
  /** Progress is told once per batch of trees, and at least so often. */
  readonly maxBatchSeconds: number;
  /** Preparing is suggested when it saves at least this fraction of time or cost. */
  readonly worthwhileSaving: number;
  /** Another configuration is named in the message when it is so many times faster or cheaper. */
  readonly worthNamingFactor: number;
}

export interface SystemNode {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly maxPods: number;
  readonly hourUsd: number;
}

/** Seconds of each kind of the engine's work on one core of the reference machine, fitted to runs. */
export interface EngineModel {
  readonly date: string;
  readonly source: string;
  /** Nodes, image, driver, executors. */
  readonly awsStartSeconds: number;
  /** JVM and Spark context on one machine. */
  readonly localStartSeconds: number;
  readonly loadSeconds: LoadWork;
  readonly treesSeconds: TreesWork;
  readonly finishSeconds: number;
  /** What each of several cores of an executor does, by what one does whose neighbours are free for the compiler and the collector. */
  readonly coreEfficiency: number;
  /** Factors on the expected time that bound its range: of runs left out of the fit one at a time, nineteen of twenty lay within. */
  readonly rangeLow: number;
  readonly rangeHigh: number;
  /** Speed of a core by AWS instance family, learned from finished runs. */
  readonly speeds?: Readonly<Record<string, LearnedSpeed>>;
}

export interface LearnedSpeed {
  readonly speed: number;
  /** Runs behind it, older ones counting less. */
  readonly weight: number;
}
