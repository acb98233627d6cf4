/** Runs a command of this folder: each line with the seconds since its start, an error as what it says. */
import type { Told } from "./stack.ts";

export async function runCommand(run: (tell: Told) => Promise<void>): Promise<void> {
  const start = performance.now();
  const tell: Told = (line) => console.log(`${((performance.now() - start) / 1000).toFixed(0).padStart(6)} s  ${line}`);
  try {
    await run(tell);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
