/** spark-submit in cluster mode: it makes the driver pod and what belongs to it, and ends. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { endProcessGroup } from "../../endProcessGroup.ts";
import { listenForErrors } from "../lastError.ts";
import { type SubmitProcess, spawnSubmit } from "../spawnSubmit.ts";

/** What it says goes into the file submit.log in the folder. */
export interface SubmitOptions extends SubmitProcess {
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

export type Submitted = { readonly kind: "submitted" } | { readonly kind: "refused"; readonly error: string };

/** Says the same as what ends it on abort: whether the driver pod was made is then to be looked up. */
export async function submit(options: SubmitOptions): Promise<Submitted> {
  const { folder, signal } = options;
  const child = spawnSubmit(options);
  const errors = listenForErrors();
  child.stdout.pipe(createWriteStream(join(folder, "submit.out")));
  child.stderr.pipe(createWriteStream(join(folder, "submit.log")));
  createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY }).on("line", errors.hear);
  const end = () => void endProcessGroup(child, 0);
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    return code === 0 ? { kind: "submitted" } : { kind: "refused", error: errors.last() };
  } finally {
    signal.removeEventListener("abort", end);
    await endProcessGroup(child, 0);
  }
}
