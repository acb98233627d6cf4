/** The Spark job of a run as EMR on EKS takes it: which jar, which arguments, how many executors of what size. */
import type { Configuration } from "../sizing/estimate.ts";

export const mainClass = "au.csiro.variantspark.cli.VariantSparkApp";

export interface SparkJob {
  /** URI of the jar. */
  readonly entryPoint: string;
  /** Arguments of VariantSpark, one each. */
  readonly arguments: readonly string[];
  /** One string, as a shell would take it; at most 102,400 characters. */
  readonly sparkSubmitParameters: string;
}

export interface SparkJobPlaces {
  readonly jarUri: string;
  readonly driverPodTemplateUri: string;
  readonly executorPodTemplateUri: string;
  readonly eventLogUri: string;
}

export function sparkJob(
  engineArguments: readonly string[],
  configuration: Configuration,
  matrixBytes: number | undefined,
  places: SparkJobPlaces,
): SparkJob {
  const settings = {
    ...executorSettings(configuration),
    ...placementSettings(places),
    ...steadySettings,
    ...(matrixBytes !== undefined && partitionSettings(configuration, matrixBytes)),
  };
  const confs = Object.entries(settings).map(([key, value]) => `--conf ${key}=${value}`);
  return {
    entryPoint: places.jarUri,
    arguments: engineArguments,
    sparkSubmitParameters: [`--class ${mainClass}`, ...confs].join(" "),
  };
}

function executorSettings(configuration: Configuration): Record<string, string> {
  return {
    "spark.executor.instances": String(configuration.nodes * configuration.executorsPerNode),
    "spark.executor.cores": String(configuration.coresPerExecutor),
    "spark.executor.memory": `${configuration.executorMemoryMiB}m`,
    "spark.executor.memoryOverhead": `${configuration.executorOverheadMiB}m`,
    "spark.driver.cores": String(configuration.driverCores),
    "spark.driver.memory": `${configuration.driverMemoryMiB}m`,
    "spark.driver.memoryOverhead": `${configuration.driverOverheadMiB}m`,
  };
}

function placementSettings(places: SparkJobPlaces): Record<string, string> {
  return {
    "spark.kubernetes.driver.podTemplateFile": places.driverPodTemplateUri,
    "spark.kubernetes.executor.podTemplateFile": places.executorPodTemplateUri,
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": places.eventLogUri,
    "spark.eventLog.logBlockUpdates.enabled": "true",
  };
}

/** Partitions of the matrix for each core: enough to even out, few enough for the latency of each task. */
const partitionsPerCore = 2;

/** Spark packs Parquet files into splits of 128 MiB, which leaves most cores without one; these sizes give each its share. */
function partitionSettings(configuration: Configuration, matrixBytes: number): Record<string, string> {
  const partitions =
    partitionsPerCore * configuration.nodes * configuration.executorsPerNode * configuration.coresPerExecutor;
  return {
    "spark.sql.files.maxPartitionBytes": String(Math.max(1, Math.ceil(matrixBytes / partitions))),
    "spark.sql.files.openCostInBytes": "0",
  };
}

const steadySettings: Record<string, string> = {
  // VariantSpark reads the labels in the JVM's default charset, which is ASCII under a POSIX locale.
  "spark.driver.extraJavaOptions": "-Dfile.encoding=UTF-8",
  // The cache is filled once: every executor has to be there when that happens, and to stay.
  "spark.dynamicAllocation.enabled": "false",
  "spark.scheduler.minRegisteredResourcesRatio": "1.0",
  "spark.scheduler.maxRegisteredResourcesWaitingTime": "900s",
  // What a leaving spot node has cached moves to its peers.
  "spark.decommission.enabled": "true",
  "spark.storage.decommission.enabled": "true",
  "spark.storage.decommission.rddBlocks.enabled": "true",
};
