/** Runs in each state that a call of the API can meet, so that what tries it gets past "no such run". */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Where } from "../core/sizing/estimate.ts";
import type { LocalCloud } from "./cloud.ts";
import { exampleStudy } from "./exampleStudy.ts";
import { followRun } from "./followRun.ts";
import type { PipelineClient } from "./pipelineClient.ts";

export interface Runs {
  /** Folder of the inbox that all of these are about. */
  readonly prefix: string;
  readonly finished: string;
  /** In Ask, each with its question open. */
  readonly asked: readonly string[];
  /** In Observe, with a chunk of its forest merged and dozens to come. */
  readonly growing: string;
  /** In AwaitLocal, with the importances handed in already. */
  readonly awaitingLocal: string;
}

const SECONDS = 180;
const labelColumn = "22_16050408";

export async function runsInEachState(cloud: LocalCloud, client: PipelineClient, questions: number): Promise<Runs> {
  const prefix = "api/";
  await uploadExample(cloud, client, prefix);
  const finished = await asked(client, prefix, 0);
  await choose(client, finished, "aws-spot");
  const seeds = Array.from({ length: questions + 1 }, (_, index) => index + 1);
  const [awaitingLocal = "", ...open] = await Promise.all(seeds.map((seed) => asked(client, prefix, seed)));
  await followRun(client, finished, [], () => {}, SECONDS);
  await choose(client, awaitingLocal, "local");
  await followRun(client, awaitingLocal, ["AwaitLocal"], () => {}, SECONDS);
  await handIn(client, finished, awaitingLocal);
  return { prefix, finished, asked: open, growing: await growing(client, prefix), awaitingLocal };
}

async function growing(client: PipelineClient, prefix: string): Promise<string> {
  const forest = { trees: 10_000, chunks: 50, batchSize: 50, where: "aws-on-demand", budgetUsd: 50 };
  const { body } = await client.startRun({ prefix, analysis: { labelColumn, seed: 0, ...forest } });
  const deadline = Date.now() + SECONDS * 1000;
  while (!(await client.getRun(body.id)).body.chunks?.ranking) {
    if (Date.now() > deadline) throw new Error(`no chunk of the run ${body.id} was merged within ${SECONDS} s`);
    await sleep(1000);
  }
  return body.id;
}

/** Without its analysis.json: an upload alone starts the run then, and no question is asked twice. */
async function uploadExample(cloud: LocalCloud, client: PipelineClient, prefix: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "test-api-"));
  try {
    await exampleStudy(cloud.engine, folder);
    await rm(join(folder, "analysis.json"));
    await client.uploadFolder(prefix.slice(0, -1), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Few trees: what the API answers does not depend on them. */
async function asked(client: PipelineClient, prefix: string, seed: number): Promise<string> {
  const { status, body } = await client.startRun({ prefix, analysis: { labelColumn, trees: 10, seed } });
  if (status !== 202) throw new Error(`POST /runs answered ${status}: ${JSON.stringify(body)}`);
  const { state } = await followRun(client, body.id, ["Ask"], () => {}, SECONDS);
  if (state !== "Ask") throw new Error(`the run ${body.id} asks nothing, it is in ${state}`);
  return body.id;
}

async function choose(client: PipelineClient, id: string, option: Where): Promise<void> {
  const { status, body } = await client.choose(id, option);
  if (status !== 202) throw new Error(`the choice ${option} was answered with ${status}: ${JSON.stringify(body)}`);
}

/** One run's importances as the result of another: the same cohort and forest but for the seed. */
async function handIn(client: PipelineClient, from: string, to: string): Promise<void> {
  const { results } = (await client.files(from)).body;
  const { uploads } = (await client.files(to)).body;
  const source = results.find(({ name }) => name === "variantspark-importance.csv")?.url;
  const target = uploads[0]?.url;
  if (source === undefined || target === undefined) throw new Error(`there is no link from ${from} to ${to}`);
  const response = await fetch(target, { method: "PUT", body: await (await fetch(source)).arrayBuffer() });
  if (!response.ok) throw new Error(`handing in the importances was answered with ${response.status}`);
}
