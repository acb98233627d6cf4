/** One run of the grid, measured: from the start of its JVM to its end, with what its event log tells. */
import { createReadStream, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { labelImpurity } from "../../core/sizing/engineRun.ts";
import type { Observation } from "../../core/sizing/fit.ts";
import { type EngineLog, readEventLog } from "../../core/variantspark/eventLog.ts";
import type { Engine } from "../engine/engine.ts";
import { cohortIn, labelColumns } from "./cohort.ts";
import { type EngineEnd, runEngine } from "./engineProcess.ts";
import type { GridRun } from "./grid.ts";

export interface MeasuredRun extends Observation {
  /** The line of the grid. */
  readonly gridRun: GridRun;
  readonly log: Omit<EngineLog, "phases">;
  /** How often it was measured; this is the less disturbed measurement. */
  readonly attempts: number;
}

/** @param cohorts folder where made cohorts are kept */
export async function measureRun(engine: Engine, gridRun: GridRun, cohorts: string): Promise<MeasuredRun> {
  const { cohort: shape, label, forest, cores, memoryMiB, defaultSplits } = gridRun;
  const cohort = await cohortIn(cohorts, shape);
  const scratch = await mkdtemp(join(tmpdir(), "variantspark-run-"));
  const clear = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", clear);
  try {
    const isMatrix = shape.format === "matrix";
    const request = {
      inputs: [{ kind: isMatrix ? "parquet" : "vcf", uri: cohort.input } as const],
      labelsUri: cohort.labels,
      labelColumn: label,
      outputUri: join(scratch, "importance.csv"),
      analysis: forest,
      variantsReported: 100,
    };
    const splitBytes = isMatrix && !defaultSplits ? { splitBytes: cohort.largestPartBytes } : {};
    const end = await runEngine(engine, { request, cores, memoryMiB, ...splitBytes }, scratch);
    const log = await readEventLog(createInterface({ input: createReadStream(end.eventLog) }));
    if (log === undefined) throw new Error("The event log is not that of a whole run");
    return measured(gridRun, cohort.textBytes, end, log);
  } finally {
    process.removeListener("exit", clear);
    await rm(scratch, { recursive: true, force: true });
  }
}

function measured(gridRun: GridRun, textBytes: number, end: EngineEnd, { phases, ...log }: EngineLog): MeasuredRun {
  const { cohort, label, forest, cores, memoryMiB } = gridRun;
  const { samples, variants } = cohort;
  const cases = labelColumns[label];
  // The JVM starts before Spark's context does, and ends after it.
  const startSeconds = phases.start + (log.startedAt - end.begunAt) / 1000;
  return {
    gridRun,
    run: {
      size: { samples, variants, uncompressedBytes: textBytes, partitions: log.partitions },
      forest,
      labelImpurity: labelImpurity([1 - cases, cases]),
      executors: 1,
      coresPerExecutor: cores,
      executorMemoryMiB: memoryMiB,
      startSeconds,
      speed: 1,
    },
    phases: { ...phases, start: startSeconds, finish: phases.finish + (end.endedAt - log.endedAt) / 1000 },
    log,
    attempts: 1,
  };
}
