/**
 * Where the records of runs live: `runs/<run>/run.json` in the runs bucket, changed only under If-Match, so that two
 * writers (a state of the machine and a person's answer) can never overwrite each other. Task tokens lie apart, under
 * `tokens/`, where the roles of the routes do not reach.
 */
import { PipelineError } from "../core/errors/pipelineError.ts";
import type { Run } from "../core/run/run.ts";
import { environment } from "./environment.ts";
import { readDocument, writeDocument } from "./objects.ts";

const attempts = 8;

export function runsBucket(): string {
  return environment("RUNS_BUCKET");
}

/** Keys of a run's objects in the runs bucket. */
export const runKeys = {
  run: (id: string) => `runs/${id}/run.json`,
  labels: (id: string) => `runs/${id}/labels.csv`,
  driverPodTemplate: (id: string) => `runs/${id}/driver-pod.yaml`,
  executorPodTemplate: (id: string) => `runs/${id}/executor-pod.yaml`,
  eventLogFolder: (id: string, attempt = 1) => `runs/${id}/${attempt === 1 ? "" : `attempt-${attempt}/`}event-log/`,
  /** As VariantSpark wrote it: variable,importance for every variant that a tree used. */
  importance: (id: string, chunk?: number) => `${outputFolder(id, chunk)}importance.csv`,
  /** The forest as JSON, where the local false discovery rate needs it. */
  model: (id: string, chunk?: number) => `${outputFolder(id, chunk)}model.json`,
  /** The importances of the chunks up to this one (core/report/mergeImportance.ts). */
  merged: (id: string, chunk: number) => `${outputFolder(id, chunk)}merged.csv`,
  /** What is made of the engine's output: one folder to take along. */
  result: (id: string, name: string) => `runs/${id}/result/${name}`,
};

/** Of what the engine writes; each chunk of a forest has its own. */
function outputFolder(id: string, chunk: number | undefined): string {
  return `runs/${id}/${chunk === undefined ? "" : `chunk-${chunk}/`}`;
}

export async function findRun(id: string): Promise<Run | undefined> {
  const document = await readDocument(runsBucket(), runKeys.run(id));
  return document && (JSON.parse(document.text) as Run);
}

/** @throws PipelineError run-not-found */
export async function getRun(id: string): Promise<Run> {
  const run = await findRun(id);
  if (run === undefined) throw new PipelineError("run-not-found", `There is no run ${id}.`);
  return run;
}

/** Creates the record; the one that is there already wins, so a repeated Settle keeps the history. */
export async function createRun(run: Run): Promise<Run> {
  const created = await writeDocument(runsBucket(), runKeys.run(run.id), JSON.stringify(run), {
    precondition: { absent: true },
  });
  return created ? run : getRun(run.id);
}

/**
 * Applies a pure change to the record. `change` may be called again on a newer record when somebody else wrote first;
 * it may throw to refuse.
 *
 * @throws PipelineError run-not-found, run-changed (8 attempts lost the race)
 */
export async function updateRun(id: string, change: (run: Run) => Run): Promise<Run> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const document = await readDocument(runsBucket(), runKeys.run(id));
    if (document === undefined) throw new PipelineError("run-not-found", `There is no run ${id}.`);
    const run = JSON.parse(document.text) as Run;
    const changed = change(run);
    if (changed === run) return run;
    const written = await writeDocument(runsBucket(), runKeys.run(id), JSON.stringify(changed), {
      precondition: { etag: document.etag },
    });
    if (written) return changed;
    await new Promise((resolve) => setTimeout(resolve, 20 * attempt * Math.random()));
  }
  throw new PipelineError("run-changed", `The record of ${id} changed ${attempts} times while it was being written.`);
}

export async function saveTaskToken(id: string, token: string): Promise<void> {
  await writeDocument(runsBucket(), `tokens/${id}`, token, { contentType: "text/plain" });
}

/** undefined when the run never asked. Only the function Answer may read it. */
export async function taskToken(id: string): Promise<string | undefined> {
  return (await readDocument(runsBucket(), `tokens/${id}`))?.text;
}
