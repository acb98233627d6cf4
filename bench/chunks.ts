/**
 * `npm run bench:chunks`: what a forest in chunks costs against one piece, and whether it finds the same. The demo's cohort on the local
 * cloud: 1,000 trees in one piece with two seeds, and in five chunks.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RunView } from "../core/run/runView.ts";
import { startLocalCloud } from "../local/cloud.ts";
import { exampleStudy } from "../local/exampleStudy.ts";
import { followRun, runOfStudy } from "../local/followRun.ts";
import { PipelineClient } from "../local/pipelineClient.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { keepFigures } from "./keepFigures.ts";

const project = join(import.meta.dirname, "..");
const compared = 20;
const parameters = { trees: 1000, mtryFraction: 0.1, batchSize: 100, where: "aws-on-demand", budgetUsd: 50 };
const chunks = 5;

const cloud = await startLocalCloud({ home: join(project, ".local"), onProgress: (line) => console.log(line) });
stopOnSignals(() => cloud.stop());
const scratch = await mkdtemp(join(tmpdir(), "bench-chunks-"));
try {
  await bench();
} finally {
  await rm(scratch, { recursive: true, force: true });
  await cloud.stop();
}

async function bench(): Promise<void> {
  const client = new PipelineClient(cloud);
  const folder = await exampleStudy(cloud.engine, join(scratch, "chr22"));
  const vcf = gunzipSync(await readFile(join(cloud.engine.exampleCohort, "chr22_1000.vcf.gz")));
  const labels = await readFile(join(cloud.engine.exampleCohort, "chr22-labels.csv"), "utf8");
  const { labelColumn } = JSON.parse(await readFile(join(folder, "analysis.json"), "utf8"));
  const grow = async (name: string, more: object): Promise<RunView> => {
    await client.upload(`${name}/chr22.vcf`, vcf);
    await client.upload(`${name}/labels.csv`, labels);
    await client.upload(`${name}/analysis.json`, JSON.stringify({ labelColumn, ...parameters, ...more }));
    const run = await followRun(client, await runOfStudy(client, name, 60), []);
    if (run.state !== "Succeeded") throw new Error(`${name} ended as ${run.state}: ${run.failure?.message}`);
    return run;
  };
  const one = await grow("one-piece", { seed: 13, chunks: 1 });
  const other = await grow("other-seed", { seed: 14, chunks: 1 });
  const split = await grow("in-chunks", { seed: 13, chunks });

  const figures = {
    chunks,
    onePieceSeconds: round(engineSeconds(one)),
    chunksSeconds: round(engineSeconds(split)),
    timeRatio: round(engineSeconds(split) / engineSeconds(one), 2),
    costRatio: round((split.result?.costUsd.actual ?? Number.NaN) / (one.result?.costUsd.actual ?? Number.NaN), 2),
    secondsLostAtMost: round(Math.max(...secondsOfJobs(split))),
    agreementOfSeeds: agreement(one, other),
    agreementOfChunks: Math.min(agreement(split, one), agreement(split, other)),
    agreementOfHalves: split.result?.chunks?.stability?.agreement,
  };
  console.log(
    table([
      ["1,000 trees", "jobs s", "load s", "trees s", "US$", "first"],
      ...Object.entries({ "one piece, seed 13": one, "one piece, seed 14": other, "five chunks": split }).map(
        ([name, run]) => rowOf(name, run),
      ),
    ]).join("\n"),
  );
  await keepFigures("chunks", figures);
}

function rowOf(name: string, run: RunView): string[] {
  const { seconds, costUsd, top = [] } = run.result ?? {};
  return [
    name,
    engineSeconds(run).toFixed(1),
    seconds?.load.actual?.toFixed(1) ?? "",
    seconds?.trees.actual?.toFixed(1) ?? "",
    costUsd?.actual?.toFixed(4) ?? "",
    top[0]?.variant ?? "",
  ];
}

/** Of the first variants, the share that both have. */
function agreement(a: RunView, b: RunView): number {
  const first = (run: RunView) => run.result?.top.slice(0, compared).map(({ variant }) => variant) ?? [];
  const others = new Set(first(b));
  return first(a).filter((variant) => others.has(variant)).length / compared;
}

function engineSeconds(run: RunView): number {
  return secondsOfJobs(run).reduce((sum, seconds) => sum + seconds, 0);
}

/** From each job's start to its end, as Observe saw it. */
function secondsOfJobs({ attempts = [], jobRun }: RunView): number[] {
  const jobs = [...attempts.slice(0, -1).map(({ job }) => job), jobRun];
  return jobs.map((job) => {
    if (job?.finishedAt === undefined) throw new Error("the run does not tell how long its jobs took");
    return (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000;
  });
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
