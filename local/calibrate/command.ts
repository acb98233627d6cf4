/**
 * `npm run calibrate`: a dozen short runs of the real engine on this machine, and the model fitted to them in
 * layers/sizing-data. Takes some six minutes; an interrupted one goes on where it was.
 *
 *   --again  forget the runs of an earlier calibration
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fitModel } from "../../core/sizing/fit.ts";
import { duration } from "../../core/sizing/message.ts";
import { phaseSeconds, totalSeconds } from "../../core/sizing/phases.ts";
import type { EngineModel, SizingData } from "../../core/sizing/sizingData.ts";
import { ensureEngine } from "../engine/engine.ts";
import { table } from "../screen.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { calibrationGrid } from "./grid.ts";
import { measureGrid } from "./measureGrid.ts";
import type { MeasuredRun } from "./measureRun.ts";
import { modelText } from "./modelText.ts";
import { RunsBar } from "./runsBar.ts";

const project = join(import.meta.dirname, "../..");
const home = join(project, ".local");
const places = { cohorts: join(home, "calibrate/cohorts"), results: join(home, "calibrate/calibration.jsonl") };
const sizingData = join(project, "layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json");
const { values: options } = parseArgs({ options: { again: { type: "boolean", default: false } } });

// The engine is ended on exit.
stopOnSignals(async () => {});
if (options.again) await rm(places.results, { force: true });
const engine = await ensureEngine(home, console.log);
const cores = availableParallelism();
const grid = calibrationGrid(cores);
const bar = new RunsBar(grid.length, process.stdout);
const runs = await measureGrid(engine, grid, places, (done) => bar.show(done));
bar.end();

const text = await readFile(sizingData, "utf8");
const { model: before }: SizingData = JSON.parse(text);
const model: EngineModel = {
  date: new Date().toISOString().slice(0, 10),
  source: `fitted to ${runs.length} runs of VariantSpark 0.5.5 on ${cores} cores`,
  awsStartSeconds: before.awsStartSeconds,
  ...fitModel(runs, before),
};
await writeFile(sizingData, modelText(text, model));
console.log(`${table([["run", "measured", "model"], ...runs.map((run) => row(run, model))]).join("\n")}\n`);
console.log(`  The model is in ${sizingData}`);

function row({ gridRun, run, phases }: MeasuredRun, model: EngineModel): string[] {
  const { cohort, forest } = gridRun;
  const name = `${cohort.format} ${cohort.variants} × ${cohort.samples}, ${forest.trees} trees`;
  return [name, duration(totalSeconds(phases)), duration(totalSeconds(phaseSeconds(run, model)))];
}
