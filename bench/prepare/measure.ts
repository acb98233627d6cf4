/** What a program costs, as the kernel counts it for the process and all that it waited for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Cost {
  /** User and system, all threads and children. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Of the largest process. */
  readonly peakMiB: number;
}

/** @param argv program and arguments; their output goes nowhere. @throws Error with what it said, if it ends non-zero */
export async function measured(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), "bench-cost-"));
  const times = join(folder, "times");
  try {
    const child = spawn("/usr/bin/time", ["-q", "-o", times, "-f", "%U %S %e %M", ...argv], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    const said: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text) => said.push(text));
    const [exitCode] = await once(child, "close");
    if (exitCode !== 0) throw new Error(`${argv.join(" ")} ended with ${exitCode}: ${said.join("").slice(-2_000)}`);
    const [user = 0, system = 0, wallSeconds = 0, kib = 0] = (await readFile(times, "utf8"))
      .trim()
      .split(" ")
      .map(Number);
    return { cpuSeconds: user + system, wallSeconds, peakMiB: kib / 1024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
