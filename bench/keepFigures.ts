import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Ends a bench: its figures as one line of JSON on the screen, and in bench/results. */
export async function keepFigures(bench: string, figures: object): Promise<void> {
  const line = JSON.stringify(figures);
  const results = join(import.meta.dirname, "results");
  await mkdir(results, { recursive: true });
  await writeFile(join(results, `${bench}.json`), `${line}\n`);
  console.log(line);
}
