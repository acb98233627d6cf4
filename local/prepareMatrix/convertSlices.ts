/** Worker threads that convert the slices of a plan side by side, each one slice at a time. */
import { Worker } from "node:worker_threads";
import type { SliceResult } from "../../core/matrix/manifest.ts";
import { sliceOf } from "../../core/matrix/slicePlan.ts";
import type { SliceTrouble } from "../../core/run/sliceFailure.ts";
import type { Conversion, SliceMessage } from "./sliceWorker.ts";

export type Converted =
  | { readonly kind: "converted"; readonly results: readonly SliceResult[] }
  | { readonly kind: "failed"; readonly trouble: SliceTrouble };

const WORKER = new URL("./sliceWorker.ts", import.meta.url);

/**
 * The first slice that fails ends it all. No thread is left when it returns.
 *
 * @param onBytes told how many bytes of the files are done, of all
 * @throws the signal's reason once it is aborted
 */
export async function convertSlices(
  conversion: Conversion,
  workers: number,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Converted> {
  const { plan } = conversion;
  const progress = new SliceProgress(conversion, onBytes);
  const results: SliceResult[] = [];
  const threads = Array.from({ length: Math.min(workers, plan.sliceCount) }, () => threadOf(conversion));
  let next = 0;
  try {
    const trouble = await new Promise<SliceTrouble | undefined>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      if (signal.aborted) reject(signal.reason);
      const handOut = (thread: Worker) => {
        if (next < plan.sliceCount) thread.postMessage(next++);
      };
      for (const thread of threads) {
        thread.on("error", reject);
        thread.on("message", (message: SliceMessage) => {
          if (message.kind === "read") return progress.read(message.slice, message.bytes);
          if (message.kind === "failed") return resolve(message.trouble);
          results.push(message.result);
          progress.done(message.result.slice);
          if (results.length === plan.sliceCount) return resolve(undefined);
          handOut(thread);
        });
        handOut(thread);
      }
    });
    return trouble ? { kind: "failed", trouble } : { kind: "converted", results };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function threadOf(conversion: Conversion): Worker {
  return new Worker(WORKER, { workerData: conversion });
}

/** Reads overlap the slices' ends a little; a slice never counts for more than its bytes. */
class SliceProgress {
  readonly #conversion: Conversion;
  readonly #onBytes: (bytes: number) => void;
  readonly #bytesRead = new Map<number, number>();

  constructor(conversion: Conversion, onBytes: (bytes: number) => void) {
    this.#conversion = conversion;
    this.#onBytes = onBytes;
  }

  read(slice: number, bytes: number): void {
    const before = this.#bytesRead.get(slice) ?? 0;
    this.#bytesRead.set(slice, Math.min(before + bytes, this.#size(slice)));
    this.#tell();
  }

  done(slice: number): void {
    this.#bytesRead.set(slice, this.#size(slice));
    this.#tell();
  }

  #size(slice: number): number {
    const { start, end } = sliceOf(this.#conversion.plan, slice) ?? { start: 0, end: 0 };
    return end - start;
  }

  #tell(): void {
    this.#onBytes([...this.#bytesRead.values()].reduce((sum, bytes) => sum + bytes, 0));
  }
}
