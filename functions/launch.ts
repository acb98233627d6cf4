/** Starts VariantSpark on the run's nodes; started twice, it is still one job. */
import { createHash } from "node:crypto";
import { environment } from "../aws/environment.ts";
import { startJobRun } from "../aws/jobRuns.ts";
import { matrixUri } from "../aws/matrices.ts";
import { writeDocument } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { modelIsKept } from "../core/report/modelIsKept.ts";
import { chosenOption } from "../core/run/chosenOption.ts";
import { labelValue } from "../core/run/names.ts";
import { entered, type Run } from "../core/run/run.ts";
import { initialProgress } from "../core/variantspark/driverLog.ts";
import { type ImportanceInput, importanceArguments } from "../core/variantspark/importanceArguments.ts";
import { driverPodTemplate, executorPodTemplate } from "../core/variantspark/podTemplates.ts";
import { type SparkJob, sparkJob } from "../core/variantspark/sparkJob.ts";
import { step, stepInput } from "./step.ts";

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "launched" }> => {
  const run = await updateRun(runId, (current) => entered(current, "Launch", new Date()));
  await writeDocument(runsBucket(), runKeys.driverPodTemplate(runId), driverPodTemplate(), {
    contentType: "application/yaml",
  });
  await writeDocument(runsBucket(), runKeys.executorPodTemplate(runId), executorPodTemplate(labelValue(runId)), {
    contentType: "application/yaml",
  });
  // Spark refuses to log into a folder that does not exist; on S3 a folder is what has an object in it.
  await writeDocument(runsBucket(), `${runKeys.eventLogFolder(runId)}.keep`, "", { contentType: "text/plain" });
  const id = await startJobRun(runId, clientToken(runId), jobOf(run));
  await updateRun(runId, (current) => ({
    ...current,
    jobRun: { id, startedAt: new Date().toISOString() },
    progress: initialProgress(current.analysis?.trees ?? 0),
  }));
  return { kind: "launched" };
});

/** One token per run (and, one day, attempt): at most 64 characters. */
function clientToken(runId: string): string {
  return createHash("sha256")
    .update(`${environment("STATE_MACHINE_ARN")}:${runId}:1`)
    .digest("hex");
}

function jobOf(run: Run): SparkJob {
  if (run.analysis === undefined) throw new Error("Launch needs the run's parameters");
  const { configuration } = chosenOption(run);
  const engineArguments = importanceArguments({
    inputs: inputsOf(run),
    labelsUri: runsUri(runKeys.labels(run.id)),
    labelColumn: "label",
    outputUri: runsUri(runKeys.importance(run.id)),
    analysis: run.analysis,
    batchSize: configuration.batchSize,
    ...(modelIsKept(run.analysis, run.inspection?.samples ?? 0) && { modelUri: runsUri(runKeys.model(run.id)) }),
    variantsReported: 0,
  });
  return sparkJob(engineArguments, configuration, {
    jarUri: `s3://${environment("ASSETS_BUCKET")}/engine/variantspark.jar`,
    driverPodTemplateUri: runsUri(runKeys.driverPodTemplate(run.id)),
    executorPodTemplateUri: runsUri(runKeys.executorPodTemplate(run.id)),
    eventLogUri: runsUri(runKeys.eventLogFolder(run.id)),
  });
}

/** The prepared matrix, when there is one. */
function inputsOf({ matrix, inspection, study }: Run): ImportanceInput[] {
  if (matrix) return [{ kind: "parquet", uri: matrixUri(matrix.digest) }];
  return (inspection?.vcfs ?? []).map(({ key }) => ({ kind: "vcf", uri: `s3://${study.bucket}/${key}` }));
}

function runsUri(key: string): string {
  return `s3://${runsBucket()}/${key}`;
}
