/** Ranks the variants and writes down how the run went against what was predicted. */
import sizingData from "variantspark-sizing-data";
import { readStream, writeDocument } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { rankVariants } from "../core/report/rank.ts";
import { rankedCsv, runReport } from "../core/report/report.ts";
import { entered } from "../core/run/run.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { step, stepInput } from "./step.ts";

/** Variants in the ranked table; importance.csv keeps all. */
const rankedVariants = 1000;

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "reported" } | FailedOutcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Report", new Date()));
  const ranking = await rankVariants(await readStream(runsBucket(), runKeys.importance(runId)), rankedVariants);
  if (ranking.kind === "malformed")
    return failed(
      "result-malformed",
      `importance.csv cannot be read at line ${ranking.line}.`,
      "Start the run again; a local result must be the file that VariantSpark wrote.",
    );
  const result = runReport(
    run,
    ranking,
    { ranked: runKeys.ranked(runId), importance: runKeys.importance(runId) },
    sizingData,
    new Date(),
  );
  await writeDocument(runsBucket(), runKeys.ranked(runId), rankedCsv(ranking.ranked), { contentType: "text/csv" });
  await writeDocument(runsBucket(), runKeys.report(runId), JSON.stringify(result, null, 2));
  await updateRun(runId, (current) => ({ ...current, result }));
  return { kind: "reported" };
});
