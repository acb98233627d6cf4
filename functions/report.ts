/** Ranks the variants and leaves what a researcher takes along: the report, the tables, the figures. */
import resvg from "@resvg/resvg-wasm/index_bg.wasm";
import font from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf";
import sizingData from "variantspark-sizing-data";
import { engineLogOf } from "../aws/eventLogs.ts";
import { objectExists, readStream, writeStream } from "../aws/objects.ts";
import { pricedSizingData } from "../aws/prices.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { readImportance } from "../core/report/importanceTable.ts";
import { pngRenderer } from "../core/report/png.ts";
import { resultSet } from "../core/report/resultSet.ts";
import { splitCounts } from "../core/report/splitCounts.ts";
import { currentAttempt } from "../core/run/chosenOption.ts";
import { entered, type Run } from "../core/run/run.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { rememberRun } from "./rememberRun.ts";
import { step, stepInput } from "./step.ts";

const toPng = pngRenderer(resvg, font);

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "reported" } | FailedOutcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Report", new Date()));
  const reading = await readImportance(await readStream(runsBucket(), runKeys.importance(runId)));
  if (reading.kind === "malformed")
    return failed(
      "result-malformed",
      `importance.csv cannot be read at line ${reading.line}.`,
      "Start the run again; a local result must be the file that VariantSpark wrote.",
    );
  const [data, engineLog, splits] = await Promise.all([
    pricedSizingData(sizingData),
    engineLogOf(runId, currentAttempt(run)?.number),
    splitsOf(run),
  ]);
  const output = { table: reading.table, ...(splits && { splits }), ...(engineLog && { engineLog }) };
  const { report, files } = resultSet(run, output, await toPng, data, new Date());
  for (const { name, contentType, pieces } of files)
    await writeStream(runsBucket(), runKeys.result(runId, name), pieces, contentType);
  await rememberRun(await updateRun(runId, (current) => ({ ...current, result: report })), engineLog, data);
  return { kind: "reported" };
});

/** A local run hands in no model, and a large forest's is not kept (modelIsKept). */
async function splitsOf({ id, analysis }: Run) {
  const key = runKeys.model(id);
  if (!analysis?.localFdr || !(await objectExists(runsBucket(), key))) return undefined;
  return splitCounts(await readStream(runsBucket(), key));
}
