/** Follows a run through the API, as a notebook would: calls back on every change until the run wants something or ends. */
import { setTimeout as sleep } from "node:timers/promises";
import { isFinal, type RunState } from "../core/run/run.ts";
import type { RunView } from "../core/run/runView.ts";
import type { PipelineClient } from "./pipelineClient.ts";

/**
 * The run that an upload into `<study>/` started, once it is settled: files that arrive one after the other may start
 * runs that a later one supersedes. Its id begins with the study's name.
 */
export async function runOfStudy(client: PipelineClient, idStart: string, seconds: number): Promise<string> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const { body } = await client.listRuns("?limit=100");
    for (const { id } of body.runs ?? []) {
      if (!id.startsWith(`${idStart}-`)) continue;
      const { state } = (await client.getRun(id)).body;
      if (state !== "Settle" && state !== "Superseded") return id;
    }
    await sleep(300);
  }
  throw new Error(`no run of the study ${idStart} started within ${seconds} s`);
}

/**
 * Reads the run until it is in one of `states` or in a final one.
 *
 * @throws Error after so many seconds, naming the state in which the run stands.
 */
export async function followRun(
  client: PipelineClient,
  id: string,
  states: readonly RunState[],
  onChange: (run: RunView) => void = () => {},
  seconds = 3600,
): Promise<RunView> {
  const deadline = Date.now() + seconds * 1000;
  let last = "";
  for (;;) {
    const { status, body: run } = await client.getRun(id);
    if (status === 200) {
      const seen = JSON.stringify([run.state, run.progress, run.slicesDone, run.findings]);
      if (seen !== last) onChange(run);
      last = seen;
      if (states.includes(run.state) || isFinal(run.state)) return run;
    }
    if (Date.now() > deadline) throw new Error(`the run ${id} is still in ${run.state} after ${seconds} s`);
    await sleep(300);
  }
}
