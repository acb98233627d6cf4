/**
 * Runs a grid, and remembers each result at once, so that an interrupted grid goes on where it was. What a JVM needs to start
 * is the same for all runs: one that took a fifth longer than usual was disturbed by another program, and is measured
 * once more.
 */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { GridRun } from "./grid.ts";
import { type MeasuredRun, measureRun } from "./measureRun.ts";

export interface GridPlaces {
  /** Made cohorts. */
  readonly cohorts: string;
  /** One result a line, JSON. */
  readonly results: string;
}

/** In the order of the grid. @param onRun is told the number of finished runs, before the first and after each */
export async function measureGrid(
  engine: Engine,
  grid: readonly GridRun[],
  { cohorts, results }: GridPlaces,
  onRun: (done: number) => void,
): Promise<MeasuredRun[]> {
  await mkdir(cohorts, { recursive: true });
  await mkdir(dirname(results), { recursive: true });
  const known = await rememberedRuns(results);
  const measured: MeasuredRun[] = [];
  onRun(0);
  for (const gridRun of grid) {
    const before = known.get(keyOf(gridRun));
    const run = before ?? (await measureRun(engine, gridRun, cohorts));
    if (before === undefined) await appendFile(results, `${JSON.stringify(run)}\n`);
    measured.push(run);
    onRun(measured.length);
  }
  for (const [index, run] of measured.entries()) {
    if (run.attempts > 1 || !isDisturbed(run, measured)) continue;
    const second = await measureRun(engine, run.gridRun, cohorts);
    const better = { ...(second.phases.start < run.phases.start ? second : run), attempts: 2 };
    await appendFile(results, `${JSON.stringify(better)}\n`);
    measured[index] = better;
  }
  return measured;
}

const disturbedFactor = 1.2;

function isDisturbed({ phases }: MeasuredRun, runs: readonly MeasuredRun[]): boolean {
  const starts = runs.map((run) => run.phases.start).toSorted((a, b) => a - b);
  return phases.start > disturbedFactor * (starts[Math.floor(starts.length / 2)] ?? Number.POSITIVE_INFINITY);
}

async function rememberedRuns(results: string): Promise<Map<string, MeasuredRun>> {
  const text = await readFile(results, "utf8").catch(() => "");
  // The last line is half-written when a run was interrupted at the wrong moment.
  const lines = text.split("\n").slice(0, -1);
  const runs = lines.map((line) => JSON.parse(line) as MeasuredRun);
  return new Map(runs.map((run) => [keyOf(run.gridRun), run]));
}

/** Of all that the line of the grid says. */
export function keyOf(gridRun: GridRun): string {
  return createHash("sha256").update(JSON.stringify(gridRun)).digest("hex").slice(0, 16);
}
