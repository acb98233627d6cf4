/** One run of the real engine in one JVM, with an event log that tells its phases and what it cached. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ImportanceRequest, importanceArguments } from "../../core/variantspark/importanceArguments.ts";
import { mainClass } from "../../core/variantspark/sparkJob.ts";
import type { Engine } from "../engine/engine.ts";

export interface EngineProcess {
  readonly request: ImportanceRequest;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Bytes of a split of the matrix; Spark's default when absent. */
  readonly splitBytes?: number;
}

export interface EngineEnd {
  /** Milliseconds since 1970, by which the event log counts too. */
  readonly begunAt: number;
  readonly endedAt: number;
  readonly eventLog: string;
}

/** @throws Error with the end of what the engine said when it ends non-zero */
export async function runEngine(engine: Engine, submitted: EngineProcess, scratch: string): Promise<EngineEnd> {
  const events = join(scratch, "events");
  await mkdir(events, { recursive: true });
  const begunAt = Date.now();
  const child = spawn(join(engine.sparkHome, "bin/spark-submit"), submitArguments(engine, submitted, scratch, events), {
    cwd: scratch,
    env: { ...process.env, JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = () => void child.kill();
  process.once("exit", end);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const [exitCode] = await once(child, "close");
  process.removeListener("exit", end);
  if (exitCode !== 0) throw new Error(`VariantSpark ended with ${exitCode}: ${said}`);
  const [name] = (await readdir(events)).filter((file) => !file.startsWith("."));
  if (name === undefined) throw new Error("VariantSpark left no event log");
  return { begunAt, endedAt: Date.now(), eventLog: join(events, name) };
}

function submitArguments(
  engine: Engine,
  { request, cores, memoryMiB, splitBytes }: EngineProcess,
  scratch: string,
  events: string,
): string[] {
  const settings = {
    "spark.ui.enabled": "false",
    "spark.local.dir": scratch,
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": `file://${events}`,
    "spark.eventLog.logBlockUpdates.enabled": "true",
    ...(splitBytes !== undefined && {
      "spark.sql.files.maxPartitionBytes": String(splitBytes),
      "spark.sql.files.openCostInBytes": "0",
    }),
  };
  return [
    ["--master", `local[${cores}]`, "--driver-memory", `${memoryMiB}m`],
    ["--driver-java-options", "-Dfile.encoding=UTF-8"],
    Object.entries(settings).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
    ["--class", mainClass, engine.variantSparkJar],
    importanceArguments(request),
  ].flat();
}
