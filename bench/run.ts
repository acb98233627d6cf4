/**
 * `npm run bench:run`: what the pipeline adds to the engine. The same cohort with the same parameters, once by a bare
 * spark-submit on the original VCF in one JVM, once through the whole pipeline on the local cloud.
 *
 *   --cohort DIR  a folder of your own instead of the demo's
 *
 * engine = from StartJobRun to the job's end; own = pipeline − engine − waiting for a person.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Run, secondsPerState } from "../core/run/run.ts";
import type { RunView } from "../core/run/runView.ts";
import { startLocalCloud } from "../local/cloud.ts";
import { exampleStudy } from "../local/exampleStudy.ts";
import { followRun, runOfStudy } from "../local/followRun.ts";
import { PipelineClient } from "../local/pipelineClient.ts";
import { download, sparkSubmit } from "../local/runLocally.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { studyName } from "../local/studyName.ts";
import { keepFigures } from "./keepFigures.ts";

const project = join(import.meta.dirname, "..");
const home = join(project, ".local");
const { values: options } = parseArgs({ options: { cohort: { type: "string" } } });

const cloud = await startLocalCloud({ home, onProgress: (line) => console.log(line) });
stopOnSignals(() => cloud.stop());
const scratch = await mkdtemp(join(tmpdir(), "bench-run-"));
try {
  await bench();
} finally {
  await rm(scratch, { recursive: true, force: true });
  await cloud.stop();
}

async function bench(): Promise<void> {
  const client = new PipelineClient(cloud);
  const folder = options.cohort ? resolve(options.cohort) : await exampleStudy(cloud.engine, join(scratch, "chr22"));
  const { run, pipelineSeconds } = await throughThePipeline(client, studyName(basename(folder)), folder);
  const bareSeconds = await bare(client, run);
  const states = secondsPerState(run as Run, new Date());
  const engineSeconds = secondsBetween(run.jobRun?.startedAt, run.jobRun?.finishedAt);
  const askSeconds = states.filter(({ state }) => state === "Ask").reduce((sum, { seconds }) => sum + seconds, 0);
  const figures = {
    bareSeconds: round(bareSeconds),
    pipelineSeconds: round(pipelineSeconds),
    engineSeconds: round(engineSeconds),
    ownSeconds: round(pipelineSeconds - engineSeconds - askSeconds),
  };
  console.log(
    table([["state", "seconds"], ...states.map(({ state, seconds }) => [state, seconds.toFixed(1)])]).join("\n"),
  );
  console.log(`  pipeline / bare = ${(pipelineSeconds / bareSeconds).toFixed(2)}`);
  await keepFigures("run", figures);
}

async function throughThePipeline(
  client: PipelineClient,
  study: string,
  folder: string,
): Promise<{ run: RunView; pipelineSeconds: number }> {
  const begun = Date.now();
  await client.uploadFolder(study, folder);
  const id = await runOfStudy(client, study, 60);
  const asked = await followRun(client, id, ["Ask", "Provision"]);
  if (asked.state === "Ask") await client.choose(id, "aws-on-demand");
  const run = await followRun(client, id, []);
  if (run.state !== "Succeeded") throw new Error(`the run ended as ${run.state}: ${run.failure?.message}`);
  return { run, pipelineSeconds: (Date.now() - begun) / 1000 };
}

/** The engine alone: the files as they were uploaded, the same arguments, one JVM with all cores. */
async function bare(client: PipelineClient, run: RunView): Promise<number> {
  const { inputs, engine } = (await client.files(run.id)).body;
  if (engine === undefined) throw new Error("the run does not say how to start the engine");
  for (const { name, url } of inputs) await download(url, join(scratch, name));
  const begun = Date.now();
  const exitCode = await sparkSubmit(cloud.engine, engine, scratch);
  if (exitCode !== 0) throw new Error(`the bare spark-submit ended with ${exitCode}`);
  return (Date.now() - begun) / 1000;
}

function secondsBetween(from: string | undefined, to: string | undefined): number {
  if (from === undefined || to === undefined) throw new Error("the run does not tell how long its job took");
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
