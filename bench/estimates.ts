/**
 * `npm run bench:estimates`: the model of the engine against the engine. A grid of real runs, half of them to fit the
 * model and half held out by a seed; then the batch size and the partitions that the model thinks best, against VariantSpark's
 * defaults. Takes half an hour; each run is remembered in .local/estimates, so that an interrupted bench goes on.
 *
 *   --again    measure anew
 *   --publish  write the model of all runs to layers/sizing-data, and the curve of docs/estimates.md
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fitModel } from "../core/sizing/fit.ts";
import { duration } from "../core/sizing/message.ts";
import { totalSeconds } from "../core/sizing/phases.ts";
import type { EngineModel, SizingData } from "../core/sizing/sizingData.ts";
import { benchGrid } from "../local/calibrate/grid.ts";
import { measureGrid } from "../local/calibrate/measureGrid.ts";
import type { MeasuredRun } from "../local/calibrate/measureRun.ts";
import { modelText } from "../local/calibrate/modelText.ts";
import { RunsBar } from "../local/calibrate/runsBar.ts";
import { ensureEngine } from "../local/engine/engine.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { accuracyOf, halves, percentile, predictionOf } from "./estimates/accuracy.ts";
import { curveSvg, publishedSeconds } from "./estimates/curve.ts";
import { tunedRuns } from "./estimates/tuned.ts";
import { keepFigures } from "./keepFigures.ts";

const project = join(import.meta.dirname, "..");
const home = join(project, ".local");
const places = { cohorts: join(home, "estimates/cohorts"), results: join(home, "estimates/runs.jsonl") };
const sizingData = join(project, "layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json");
const { values: options } = parseArgs({
  options: { again: { type: "boolean", default: false }, publish: { type: "boolean", default: false } },
});
/** Decides which half is held out. */
const seed = 5;

// The engine is ended on exit.
stopOnSignals(async () => {});
if (options.again) await rm(places.results, { force: true });
const engine = await ensureEngine(home, console.log);
const published: SizingData = JSON.parse(await readFile(sizingData, "utf8"));
const bar = new RunsBar(benchGrid.length, process.stdout);
const runs = await measureGrid(engine, benchGrid, places, (done) => bar.show(done));
bar.end();

const [known, heldOut] = halves(runs, seed);
const fitted = modelOf(known);
console.log(
  table([
    ["held out", "load s", "model", "trees s", "model", "total s", "model", "range", "cached MB", "model"],
    ...heldOut.map((run) => predictionOf(run, fitted)),
  ]).join("\n"),
);
const accuracy = accuracyOf(heldOut, runs, fitted);
for (const [phase, errors] of Object.entries(accuracy.errorPct))
  console.log(
    `  ${phase}: median |error| ${percentile(errors, 50).toFixed(1)} %, 90th percentile ${percentile(errors, 90).toFixed(1)} %`,
  );
console.log(`  fits or does not fit: right for ${accuracy.fitsRight} of ${runs.length} runs`);

const all = modelOf(runs);
const { standard, tuned } = tunedRuns(all, availableParallelism());
const [slow, fast] = await measureGrid(engine, [standard, tuned], places, () => {});
if (slow === undefined || fast === undefined) throw new Error("a run was not measured");
const tunedSpeedup = totalSeconds(slow.phases) / totalSeconds(fast.phases);
console.log(
  `  batch ${tuned.forest.batchSize} and ${tuned.cohort.parts} partitions instead of ${standard.forest.batchSize} and ${slow.log.partitions}: ${totalSeconds(slow.phases).toFixed(1)} s became ${totalSeconds(fast.phases).toFixed(1)} s`,
);
console.log(`  10 million variants × 100,000 samples, 100 trees on 256 cores: ${duration(publishedSeconds(all))}`);

const figures = {
  runsHeldOut: heldOut.length,
  medianErrorPct: round(percentile(accuracy.errorPct.total, 50)),
  p90ErrorPct: round(percentile(accuracy.errorPct.total, 90)),
  rangeCoveragePct: round(accuracy.rangeCoveragePct),
  cachedBytesErrorPct: round(accuracy.cachedBytesErrorPct),
  tunedSpeedup: round(tunedSpeedup),
};
if (options.publish) {
  await writeFile(sizingData, modelText(await readFile(sizingData, "utf8"), all));
  await writeFile(join(project, "docs/estimates.svg"), curveSvg(all));
}
await keepFigures("estimates", figures);

function modelOf(measured: readonly MeasuredRun[]): EngineModel {
  return {
    date: new Date().toISOString().slice(0, 10),
    source: `fitted to ${measured.length} runs of VariantSpark 0.5.5 on ${availableParallelism()} cores`,
    awsStartSeconds: published.model.awsStartSeconds,
    ...fitModel(measured),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
