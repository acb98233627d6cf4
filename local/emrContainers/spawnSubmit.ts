/** spark-submit in a process group of its own, which holds it and its descendants and nothing else. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";

export interface SubmitProcess {
  readonly sparkHome: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly args: readonly string[];
}

export function spawnSubmit({
  sparkHome,
  env,
  folder,
  args,
}: SubmitProcess): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(join(sparkHome, "bin", "spark-submit"), args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}
