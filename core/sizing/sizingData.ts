/** The content of layers/sizing-data: prices, instance shapes and the coefficients of the model, each with its date. */

export interface SizingData {
  readonly prices: {
    /** ISO date of the table. */
    readonly date: string;
    readonly source: string;
    /** Spot price as a fraction of on-demand, until spot history is read. */
    readonly spotFraction: number;
    /** EMR on EKS uplift on requested pod resources; not discounted on spot. */
    readonly emrVcpuHourUsd: number;
    readonly emrGbHourUsd: number;
    readonly eksClusterHourUsd: number;
    readonly ebsGbMonthUsd: number;
    /** Lambda on arm64. */
    readonly lambdaGbSecondUsd: number;
  };
  readonly shapes: readonly InstanceShape[];
  /** What "local" assumes until the client says what its machine has. */
  readonly localMachine: { readonly cores: number; readonly memoryGiB: number };
  readonly model: EngineModel;
}

/** Instance types that are interchangeable for a run: same vCPUs, same memory. */
export interface InstanceShape {
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** In order of preference (cheapest first); on-demand USD per hour. */
  readonly instanceTypes: readonly { readonly name: string; readonly hourUsd: number }[];
}

/** Coefficients of the engine's phases, on one core of the reference machine. */
export interface EngineModel {
  readonly date: string;
  readonly source: string;
  /** Nodes, image, driver, executors. */
  readonly awsStartSeconds: number;
  /** JVM and Spark context on one machine. */
  readonly localStartSeconds: number;
  /** Both passes over one genotype of the prepared matrix; there is no text to parse. */
  readonly matrixSecondsPerGenotype: number;
  /** What loading takes however small the input is. */
  readonly loadStartSeconds: number;
  /** One parse of one uncompressed VCF byte; the engine parses twice. */
  readonly parseSecondsPerByte: number;
  /** One genotype at one level of one tree. */
  readonly treeSecondsPerGenotype: number;
  /** Latency of one pass over the cached data, whatever its size. */
  readonly passSeconds: number;
  readonly finishSeconds: number;
  /** Factors on the expected time that bound its range. */
  readonly rangeLow: number;
  readonly rangeHigh: number;
}
