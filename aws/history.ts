/** What finished runs taught: one document in the runs bucket, in the order in which they finished. */
import type { Observation } from "../core/sizing/fit.ts";
import { readDocument, writeDocument } from "./objects.ts";
import { runsBucket } from "./runsStore.ts";

const key = "history/observations.json";
/** The model looks at 200. */
const longest = 400;
const attempts = 5;

interface Remembered extends Observation {
  readonly runId: string;
}

export async function finishedRuns(): Promise<readonly Observation[]> {
  return (await read()).runs;
}

/** Remembered once, however often it is told; of two at the same moment neither is lost. */
export async function remember(runId: string, observation: Observation): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { runs, etag } = await read();
    if (runs.some((run) => run.runId === runId)) return;
    const text = JSON.stringify([...runs, { runId, ...observation }].slice(-longest));
    const precondition = etag === undefined ? ({ absent: true } as const) : { etag };
    if (await writeDocument(runsBucket(), key, text, { precondition })) return;
  }
  throw new Error(`the run ${runId} could not be remembered: others wrote at the same time`);
}

async function read(): Promise<{ runs: readonly Remembered[]; etag?: string }> {
  const document = await readDocument(runsBucket(), key);
  return document ? { runs: JSON.parse(document.text), etag: document.etag } : { runs: [] };
}
