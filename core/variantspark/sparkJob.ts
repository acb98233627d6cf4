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
  /** On S3, or local:// where it lies in the image. */
  readonly jarUri: string;
  /** Container image of driver and executors; EMR's own of the release unless given. */
  readonly image?: string;
  readonly driverPodTemplateUri: string;
  readonly executorPodTemplateUri: string;
  readonly eventLogUri: string;
}

export function sparkJob(
  engineArguments: readonly string[],
  configuration: Configuration,
  places: SparkJobPlaces,
): SparkJob {
  const settings = {
    ...executorSettings(configuration),
    ...placementSettings(places),
    ...steadySettings,
    ...partitionSettings(configuration),
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
    ...(places.image !== undefined && { "spark.kubernetes.container.image": places.image }),
    "spark.kubernetes.driver.podTemplateFile": places.driverPodTemplateUri,
    "spark.kubernetes.executor.podTemplateFile": places.executorPodTemplateUri,
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": places.eventLogUri,
    "spark.eventLog.logBlockUpdates.enabled": "true",
  };
}

/**
 * Left alone, Spark packs Parquet into splits of 128 MiB, which leaves most cores without one, and Hadoop cuts text as the
 * file system's blocks say. Both take the larger of what is asked for and what spark.default.parallelism implies (Spark:
 * FilePartition.maxSplitBytes; Hadoop: FileInputFormat.computeSplitSize), so all of them are set to the same end.
 */
export function partitionSettings({ partitions, partitionBytes }: Configuration): Record<string, string> {
  return {
    "spark.default.parallelism": String(partitions),
    "spark.sql.files.maxPartitionBytes": String(partitionBytes),
    "spark.sql.files.openCostInBytes": "0",
    "spark.hadoop.mapreduce.input.fileinputformat.split.minsize": String(partitionBytes),
  };
}

/** VariantSpark reads the labels in the JVM's default charset, which is ASCII under a POSIX locale. */
export const encodingSettings: Record<string, string> = {
  "spark.driver.extraJavaOptions": "-Dfile.encoding=UTF-8",
};

const steadySettings: Record<string, string> = {
  // The best splits of a level come from every partition: beyond 10,000 samples they pass Spark's limit of 1 GiB.
  "spark.driver.maxResultSize": "0",
  ...encodingSettings,
  // The cache is filled once: every executor has to be there when that happens, and to stay.
  "spark.dynamicAllocation.enabled": "false",
  "spark.scheduler.minRegisteredResourcesRatio": "1.0",
  "spark.scheduler.maxRegisteredResourcesWaitingTime": "900s",
  // Spark gives up after twice as many lost executors as there are: in a week of spot nodes, only those of one hour count.
  "spark.executor.failuresValidityInterval": "1h",
  // Shuffles and broadcasts hold genotypes, and a node's disk is encrypted only where the account says so.
  "spark.io.encryption.enabled": "true",
  // What a leaving spot node has cached moves to its peers.
  "spark.decommission.enabled": "true",
  "spark.storage.decommission.enabled": "true",
  "spark.storage.decommission.rddBlocks.enabled": "true",
};
