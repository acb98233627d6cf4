/**
 * `npm run demo`: the whole pipeline on this machine, on a real cohort, as its researcher would see it.
 *
 *   --cohort DIR     a folder of your own: VCF files, a labels table, optionally analysis.json
 *   --choice OPTION  aws-spot (default), aws-on-demand, local, or with --kubernetes cluster
 *   --prepare        make the genotype matrix first
 *   --kubernetes     on a cluster of yours; with more flags in kubernetesFlags.ts
 */
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import { thousands } from "../core/findings/found.ts";
import type { RunView } from "../core/run/runView.ts";
import type { Where } from "../core/sizing/estimate.ts";
import { type LocalCloud, startLocalCloud } from "./cloud.ts";
import { exampleStudy } from "./exampleStudy.ts";
import { followRun, runOfStudy } from "./followRun.ts";
import { kubernetesFlags, kubernetesOptions } from "./kubernetesFlags.ts";
import "./plainErrors.ts";
import { PipelineClient } from "./pipelineClient.ts";
import { download, runLocally } from "./runLocally.ts";
import { findingLines, optionLines, progressLine, reportLines } from "./screen.ts";
import { stopOnSignals } from "./stopOnSignals.ts";
import { studyName } from "./studyName.ts";

const home = join(import.meta.dirname, "..", ".local");
const choices: readonly string[] = ["aws-spot", "aws-on-demand", "cluster", "local"];
const { values: options } = parseArgs({
  options: {
    cohort: { type: "string" },
    choice: { type: "string", default: "aws-spot" },
    prepare: { type: "boolean", default: false },
    ...kubernetesFlags,
  },
});
if (!choices.includes(options.choice)) throw new Error(`--choice takes one of ${choices.join(", ")}`);

const begun = Date.now();
let shown = "";
const cloud = await startLocalCloud({ home, onProgress: say, kubernetes: kubernetesOptions(options) });
stopOnSignals(() => cloud.stop());
let succeeded = false;
try {
  succeeded = await demo(cloud, options.choice as Where);
} finally {
  say(`Ending the local cloud${succeeded ? "" : `; its logs lie in ${cloud.stateDir}`}`);
  await cloud.stop(!succeeded);
}
process.exitCode = succeeded ? 0 : 1;

/** @returns whether the run succeeded */
async function demo(cloud: LocalCloud, choice: Where): Promise<boolean> {
  const client = new PipelineClient(cloud);
  const folder = options.cohort
    ? resolve(options.cohort)
    : await exampleStudy(cloud.engine, join(cloud.stateDir, "chr22"));
  const study = studyName(basename(folder));
  say(`Uploading ${study}/ into the inbox`);
  await client.uploadFolder(study, folder, (name, bytes) => console.log(`  ${name} (${thousands(bytes)} bytes)`));
  const id = await runOfStudy(client, study, 60);
  say(`Run ${styleText("bold", id)} has started`);
  const show = showState();
  const asked = await followRun(client, id, ["Ask", "AwaitLocal", "Plan", "Provision"], show);
  console.log(findingLines(asked.findings ?? []).join("\n"));
  if (asked.state === "Ask") await answer(client, asked, choice);
  const waiting = await followRun(client, id, ["AwaitLocal", "Provision", "Launch", "Observe"], show);
  if (waiting.state === "AwaitLocal") {
    say("Running VariantSpark on this machine");
    await runLocally(client, cloud.engine, waiting, join(home, "results", id), (progress) =>
      showLine(progressLine(progress)),
    );
  }
  const ended = await followRun(client, id, [], show);
  if (ended.state !== "Succeeded") {
    say(styleText("red", `The run ended as ${ended.state}: ${ended.failure?.message ?? ""}`));
    if (ended.failure?.remedy) console.log(`  → ${ended.failure.remedy}`);
    return false;
  }
  console.log(reportLines(ended, 10).join("\n"));
  await fetchResults(client, id);
  return true;
}

async function answer(client: PipelineClient, run: RunView, choice: Where): Promise<void> {
  console.log(`\n  ${run.estimate?.message}\n`);
  console.log(optionLines(run.estimate?.options ?? []).join("\n"));
  say(`Choosing ${styleText("bold", choice)} through the API`);
  const { status, body } = await client.choose(run.id, choice, options.prepare);
  if (status !== 202) throw new Error(`the choice was refused (${status}): ${JSON.stringify(body)}`);
}

async function fetchResults(client: PipelineClient, id: string): Promise<void> {
  const folder = join(home, "results", id);
  await mkdir(folder, { recursive: true });
  for (const { name, url } of (await client.files(id)).body.results) await download(url, join(folder, name));
  console.log(`\n  The result files lie in ${folder}`);
}

function showState(): (run: RunView) => void {
  let state = "";
  return (run) => {
    if (run.state === "Observe" && run.progress) showLine(progressLine(run.progress));
    else if (run.state === "Convert") showLine(`converting ${run.slicesDone ?? 0} of ${run.slices ?? 0} slices`);
    else if (run.state !== state) say(run.state);
    state = run.state;
  };
}

/** In a terminal the line is written over, elsewhere each new one is printed. */
function showLine(line: string): void {
  if (line === shown) return;
  shown = line;
  if (process.stdout.isTTY) process.stdout.write(`\r  ${line}   `);
  else console.log(`  ${line}`);
}

function say(line: string): void {
  if (shown && process.stdout.isTTY) process.stdout.write("\n");
  shown = "";
  const seconds = ((Date.now() - begun) / 1000).toFixed(1).padStart(6);
  console.log(`${styleText("dim", `${seconds} s`)}  ${line}`);
}
