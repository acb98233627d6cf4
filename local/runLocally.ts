/**
 * The choice "local": fetches the run's files through their links, runs VariantSpark on this machine with the arguments
 * that come with them, and hands the importances back, so that the run ends with the same report.
 */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { LocalCommand } from "../core/run/localRun.ts";
import type { RunView } from "../core/run/runView.ts";
import { type EngineProgress, initialProgress, progressOf } from "../core/variantspark/driverLog.ts";
import type { Engine } from "./engine/engine.ts";
import type { PipelineClient } from "./pipelineClient.ts";

export async function runLocally(
  client: PipelineClient,
  engine: Engine,
  run: RunView,
  folder: string,
  onProgress: (progress: EngineProgress) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { inputs, uploads, engine: command } = (await client.files(run.id)).body;
  for (const { name, url } of inputs) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await download(url, join(folder, name));
  }
  if (command === undefined) throw new Error(`the run ${run.id} has not been estimated yet`);
  const begun = Date.now();
  let progress = initialProgress(run.analysis?.trees ?? 0);
  const exitCode = await sparkSubmit(engine, command, folder, (stdout, stderr) => {
    progress = progressOf(progress, stdout, stderr);
    onProgress(progress);
  });
  if (exitCode !== 0) throw new Error(`VariantSpark ended with ${exitCode}: ${progress.error ?? "it did not say why"}`);
  const { loadSeconds, treeSeconds } = progress;
  const seconds = {
    total: (Date.now() - begun) / 1000,
    ...(loadSeconds !== undefined && { load: loadSeconds }),
    ...(treeSeconds !== undefined && { trees: treeSeconds }),
  };
  for (const { name, url } of uploads) await upload(url, join(folder, name));
  const { status, body } = await client.reportLocalResult(run.id, seconds);
  if (status !== 202) throw new Error(`the local result was not taken (${status}): ${JSON.stringify(body)}`);
}

/** VariantSpark in one JVM with all cores, in that folder. @returns its exit code */
export async function sparkSubmit(
  engine: Engine,
  { mainClass, arguments: engineArguments, driverMemoryMiB, settings }: LocalCommand,
  folder: string,
  onLines: (stdout: string[], stderr: string[]) => void = () => {},
): Promise<number | null> {
  const options = [
    ...["--master", "local[*]", "--driver-memory", `${driverMemoryMiB}m`],
    ...Object.entries(settings).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
  ];
  const child = spawn(
    join(engine.sparkHome, "bin/spark-submit"),
    [...options, "--class", mainClass, engine.variantSparkJar, ...engineArguments],
    {
      cwd: folder,
      env: { ...process.env, JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const end = () => void child.kill();
  process.once("exit", end);
  child.once("close", () => process.removeListener("exit", end));
  createInterface(child.stdout).on("line", (line) => onLines([line], []));
  createInterface(child.stderr).on("line", (line) => onLines([], [line]));
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

export async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`download of ${file} failed with ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function upload(url: string, file: string): Promise<void> {
  const { size } = await stat(file);
  const body = Readable.toWeb(createReadStream(file));
  const response = await fetch(url, {
    method: "PUT",
    body,
    headers: { "content-length": String(size) },
    duplex: "half",
  });
  if (!response.ok) throw new Error(`upload of ${file} failed with ${response.status}`);
}
