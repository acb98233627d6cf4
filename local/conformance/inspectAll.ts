/** Inspects files one after the other in a worker, so that one that crashes or hangs does not end the others. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Inspected } from "./inspectOne.ts";

export type Outcome =
  | ({ readonly kind: "inspected"; readonly seconds: number } & Inspected)
  | { readonly kind: "crashed"; readonly message: string }
  | { readonly kind: "hung" };

const INSPECT_ONE = new URL("./inspectOne.ts", import.meta.url);
/** A file of the suites takes some milliseconds. */
const DEADLINE_MS = 30_000;

export async function* inspectAll(
  paths: readonly string[],
  script: URL = INSPECT_ONE,
  deadlineMs = DEADLINE_MS,
): AsyncGenerator<{ readonly path: string; readonly outcome: Outcome }> {
  let worker = new Worker(script);
  try {
    for (const path of paths) {
      const outcome = await inspectIn(worker, path, deadlineMs);
      yield { path, outcome };
      if (outcome.kind === "inspected") continue;
      await worker.terminate();
      worker = new Worker(script);
    }
  } finally {
    await worker.terminate();
  }
}

async function inspectIn(worker: Worker, path: string, deadlineMs: number): Promise<Outcome> {
  const signal = AbortSignal.timeout(deadlineMs);
  const begun = performance.now();
  try {
    const answer = once(worker, "message", { signal });
    worker.postMessage(path);
    const [inspected] = (await answer) as [Inspected];
    return { kind: "inspected", seconds: (performance.now() - begun) / 1000, ...inspected };
  } catch (error) {
    if (signal.aborted) return { kind: "hung" };
    return { kind: "crashed", message: error instanceof Error ? error.message : String(error) };
  }
}
