/**
 * The choice "local": fetches the run's files through their links, runs VariantSpark on this machine with the arguments
 * that the run names, and hands the importances back, so that the run ends with the same report.
 */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
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
  const { inputs, uploads } = (await client.files(run.id)).body;
  for (const { name, url } of inputs) await download(url, join(folder, name));
  const begun = Date.now();
  await runEngine(engine, run, folder, onProgress);
  const seconds = (Date.now() - begun) / 1000;
  for (const { name, url } of uploads) await uploadFile(url, join(folder, name));
  const { status, body } = await client.reportLocalResult(run.id, seconds);
  if (status !== 202) throw new Error(`the local result was not taken (${status}): ${JSON.stringify(body)}`);
}

/** @throws Error with the engine's own words when it fails. */
async function runEngine(
  engine: Engine,
  run: RunView,
  folder: string,
  onProgress: (progress: EngineProgress) => void,
): Promise<void> {
  if (run.localRun === undefined) throw new Error(`the run ${run.id} does not wait for a local result`);
  const { mainClass, arguments: engineArguments } = run.localRun;
  const memory = run.estimate?.options.find(({ where }) => where === "local")?.configuration.driverMemoryMiB ?? 4096;
  const child = spawn(
    join(engine.sparkHome, "bin/spark-submit"),
    [
      "--master",
      "local[*]",
      "--driver-memory",
      `${memory}m`,
      "--class",
      mainClass,
      engine.variantSparkJar,
      ...engineArguments,
    ],
    {
      cwd: folder,
      env: { ...process.env, JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" },
    },
  );
  let progress = initialProgress(run.analysis?.trees ?? 0);
  const follow = (stdout: string[], stderr: string[]) => {
    progress = progressOf(progress, stdout, stderr);
    onProgress(progress);
  };
  createInterface(child.stdout).on("line", (line) => follow([line], []));
  createInterface(child.stderr).on("line", (line) => follow([], [line]));
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve),
  );
  if (exitCode !== 0) throw new Error(`VariantSpark ended with ${exitCode}: ${progress.error ?? "see its output"}`);
}

export async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`download of ${file} failed with ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function uploadFile(url: string, file: string): Promise<void> {
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
