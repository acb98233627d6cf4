/**
 * From the request to the command line: the request's own parameters, then what only the local cloud needs, last so that
 * it wins. Credentials are not among it; they are in the environment (sparkEnvironment.ts).
 */
import { jarInImage } from "../../core/variantspark/jobImage.ts";
import type { Shares } from "./machineShares.ts";
import type { StartJobRunRequest } from "./requestChecks.ts";
import { s3aSettings } from "./s3aSettings.ts";
import { shellWords } from "./shellWords.ts";

/** What the request asks of Spark, before anything local is added. */
export interface SparkRequest {
  /** sparkSubmitParameters, split. */
  readonly words: readonly string[];
  /** The spark-defaults classification of applicationConfiguration. */
  readonly defaults: Readonly<Record<string, string>>;
  /** What Spark would take for true: defaults, then --conf, then the options that have a property of their own. */
  readonly conf: Readonly<Record<string, string>>;
}

export interface LocalSettings {
  readonly masterUrl: string;
  readonly awsEndpoint: string;
  readonly region: string;
  /** Folder of this job run on this machine. */
  readonly folder: string;
  readonly shares: Shares;
  /** The jar that lies in a job image, which this machine stands for. */
  readonly variantSparkJar: string;
  /** In place of Spark's own, where a fault says so. */
  readonly memoryFraction?: number | undefined;
}

const PROPERTY_OF_OPTION: Readonly<Record<string, string>> = {
  "--driver-memory": "spark.driver.memory",
  "--driver-cores": "spark.driver.cores",
  "--executor-memory": "spark.executor.memory",
  "--executor-cores": "spark.executor.cores",
  "--num-executors": "spark.executor.instances",
};

/** Throws if sparkSubmitParameters cannot be split. */
export function sparkRequest({ jobDriver, configurationOverrides }: StartJobRunRequest): SparkRequest {
  const words = shellWords(jobDriver.sparkSubmitJobDriver.sparkSubmitParameters ?? "");
  const defaults: Record<string, string> = {};
  for (const { classification, properties } of configurationOverrides?.applicationConfiguration ?? []) {
    if (classification === "spark-defaults") Object.assign(defaults, properties);
  }
  const given: Record<string, string> = {};
  const options: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 1) {
    const [, option = words[at] ?? "", attached] = /^(--[a-z-]+)=(.*)$/s.exec(words[at] ?? "") ?? [];
    const value = attached ?? words[at + 1] ?? "";
    const property = PROPERTY_OF_OPTION[option];
    if (property !== undefined) options[property] = value;
    else if (option === "--conf" || option === "-c") {
      const equals = value.indexOf("=");
      if (equals > 0) given[value.slice(0, equals).trim()] = value.slice(equals + 1);
    } else continue;
    if (attached === undefined) at += 1;
  }
  return { words, defaults, conf: { ...defaults, ...given, ...options } };
}

/** Arguments of spark-submit. */
export function sparkSubmitArguments(run: StartJobRunRequest, { words }: SparkRequest, local: LocalSettings): string[] {
  const { entryPoint, entryPointArguments = [] } = run.jobDriver.sparkSubmitJobDriver;
  const jar = entryPoint === `local://${jarInImage}` ? local.variantSparkJar : entryPoint;
  return [...words, ...localOptions(local), jar, ...entryPointArguments];
}

function localOptions(local: LocalSettings): string[] {
  const { masterUrl, folder, shares, memoryFraction } = local;
  const conf: Record<string, string> = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    ...s3aSettings(local),
    "spark.hadoop.fs.s3a.buffer.dir": `${folder}/s3a`,
    "spark.hadoop.hadoop.tmp.dir": `${folder}/hadoop`,
    ...(memoryFraction !== undefined && { "spark.memory.fraction": String(memoryFraction) }),
  };
  return [
    ...["--master", masterUrl, "--deploy-mode", "client"],
    ...["--driver-memory", `${shares.driverMemoryMiB}m`],
    ...["--executor-memory", `${shares.executorMemoryMiB}m`],
    ...["--executor-cores", String(shares.executorCores)],
    ...["--num-executors", String(shares.executors)],
    ...["--total-executor-cores", String(shares.executors * shares.executorCores)],
    ...Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
  ];
}

/** As a spark-defaults.conf, which Spark reads as a Java properties file in UTF-8. */
export function defaultsFile(defaults: Readonly<Record<string, string>>): string {
  const escapeKey = (key: string) => key.replace(/[\\:=#!\s]/g, (character) => `\\${character}`);
  const escapeValue = (value: string) =>
    value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replace(/^\s/, "\\$&");
  return Object.entries(defaults)
    .map(([key, value]) => `${escapeKey(key)}=${escapeValue(value)}\n`)
    .join("");
}
