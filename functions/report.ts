/** Ranks the variants and leaves what a researcher takes along: the report, the tables, the figures. */
import resvg from "@resvg/resvg-wasm/index_bg.wasm";
import font from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf";
import sizingData from "variantspark-sizing-data";
import { engineLogOf } from "../aws/eventLogs.ts";
import { objectExists, readStream, writeStream } from "../aws/objects.ts";
import { pricedSizingData } from "../aws/prices.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { readImportance } from "../core/report/importanceTable.ts";
import { asOneForest } from "../core/report/mergeImportance.ts";
import { pngRenderer } from "../core/report/png.ts";
import { resultSet } from "../core/report/resultSet.ts";
import { splitCounts } from "../core/report/splitCounts.ts";
import { currentAttempt } from "../core/run/chosenOption.ts";
import { chunksOf, treesOf } from "../core/run/forestChunks.ts";
import { entered, type Run } from "../core/run/run.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { rememberRun } from "./rememberRun.ts";
import { step, stepInput } from "./step.ts";

const toPng = pngRenderer(resvg, font);

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "reported" } | FailedOutcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Report", new Date()));
  const reading = await readImportance(await importancesOf(run));
  if (reading.kind === "malformed")
    return failed(
      "result-malformed",
      `importance.csv cannot be read at line ${reading.line}.`,
      "Start the run again; a local result must be the file that VariantSpark wrote.",
    );
  const [data, engineLog, splits] = await Promise.all([
    pricedSizingData(sizingData),
    engineLogOf(runId, chunksOf(run)?.grown.at(-1)?.attempt ?? currentAttempt(run)?.number),
    splitsOf(run),
  ]);
  const output = { table: reading.table, ...(splits && { splits }), ...(engineLog && { engineLog }) };
  const { report, files } = resultSet(run, output, await toPng, data, new Date());
  for (const { name, contentType, pieces } of files)
    await writeStream(runsBucket(), runKeys.result(runId, name), pieces, contentType);
  await rememberRun(await updateRun(runId, (current) => ({ ...current, result: report })), engineLog, data);
  return { kind: "reported" };
});

/** As the engine wrote them, or as it would have for the trees of all chunks. */
async function importancesOf(run: Run): Promise<AsyncIterable<Uint8Array>> {
  const grown = chunksOf(run)?.grown;
  if (grown === undefined) return readStream(runsBucket(), runKeys.importance(run.id));
  return asOneForest(await readStream(runsBucket(), runKeys.merged(run.id, grown.length)), treesOf(grown));
}

/** A local run hands in no model, and a large forest's is not kept (modelIsKept). */
async function splitsOf(run: Run) {
  const keys = chunksOf(run)?.grown.map(({ number }) => runKeys.model(run.id, number)) ?? [runKeys.model(run.id)];
  if (!run.analysis?.localFdr) return undefined;
  const splits = new Map<string, number>();
  for (const key of keys) {
    if (!(await objectExists(runsBucket(), key))) return undefined;
    for (const [variant, count] of await splitCounts(await readStream(runsBucket(), key)))
      splits.set(variant, (splits.get(variant) ?? 0) + count);
  }
  return splits;
}
