/**
 * Scales a job that was sized for rented nodes down to this machine: its cores and part of its memory are shared among
 * the workers, and the driver has a share too. A request for less than its share gets what it asked for.
 */

/** The machine's cores and the memory that jobs may take, in MiB. */
export interface Machine {
  readonly cores: number;
  readonly memoryMiB: number;
}

export interface Shares {
  /** Worker processes, each standing for a node. */
  readonly workers: number;
  /** Executors, at most one on a worker. */
  readonly executors: number;
  readonly executorCores: number;
  readonly executorMemoryMiB: number;
  readonly driverMemoryMiB: number;
}

const DRIVER_PART = 0.3;
/** Spark refuses less than 450 MiB. */
const LEAST_MEMORY_MIB = 512;
const SPARK_DEFAULT_MEMORY = "1g";
const SPARK_DEFAULT_INSTANCES = 2;

/** @param nodes of the run's node group; undefined = the request names none, then a node per executor. */
export function machineShares(
  conf: Readonly<Record<string, string>>,
  nodes: number | undefined,
  machine: Machine,
): Shares {
  const instances = Number(conf["spark.executor.instances"] ?? SPARK_DEFAULT_INSTANCES) || 1;
  const workers = Math.max(1, Math.min(nodes ?? instances, machine.cores));
  const coresPerWorker = Math.floor(machine.cores / workers);
  const driverLimit = machine.memoryMiB * DRIVER_PART;
  const executorLimit = (machine.memoryMiB - driverLimit) / workers;
  const memory = (asked: string | undefined, limit: number) =>
    Math.max(LEAST_MEMORY_MIB, Math.floor(Math.min(memoryMiB(asked ?? SPARK_DEFAULT_MEMORY), limit)));
  return {
    workers,
    executors: Math.min(instances, workers),
    executorCores: Math.min(Number(conf["spark.executor.cores"]) || coresPerWorker, coresPerWorker),
    executorMemoryMiB: memory(conf["spark.executor.memory"], executorLimit),
    driverMemoryMiB: memory(conf["spark.driver.memory"], driverLimit),
  };
}

/** Spark's memory strings: 512m, 4g, 1t; a bare number is MiB. Throws on anything else. */
export function memoryMiB(text: string): number {
  const match = /^(\d+)\s*([kmgtp]?)b?$/i.exec(text.trim());
  if (!match) throw new Error(`'${text}' is no amount of memory that Spark knows.`);
  const power = { k: -1, "": 0, m: 0, g: 1, t: 2, p: 3 }[(match[2] ?? "").toLowerCase()] ?? 0;
  return Number(match[1]) * 1024 ** power;
}
