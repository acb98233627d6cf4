/** Starts VariantSpark on the run's nodes; started twice, it is still one job. */
import { createHash } from "node:crypto";
import { environment } from "../aws/environment.ts";
import { jobImage } from "../aws/jobImage.ts";
import { cancelJobRun, startJobRun } from "../aws/jobRuns.ts";
import { matrixUri } from "../aws/matrices.ts";
import { writeDocument } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { modelIsKept } from "../core/report/modelIsKept.ts";
import { withCurrent } from "../core/run/attempts.ts";
import { chosenOption, currentAttempt } from "../core/run/chosenOption.ts";
import { currentChunk, jobAnalysis } from "../core/run/forestChunks.ts";
import { labelValue } from "../core/run/names.ts";
import { type Attempt, entered, type Run } from "../core/run/run.ts";
import { initialProgress } from "../core/variantspark/driverLog.ts";
import { type ImportanceInput, importanceArguments } from "../core/variantspark/importanceArguments.ts";
import { enginePlace } from "../core/variantspark/jobImage.ts";
import { driverPodTemplate, executorPodTemplate } from "../core/variantspark/podTemplates.ts";
import { type SparkJob, sparkJob } from "../core/variantspark/sparkJob.ts";
import { step, stepInput } from "./step.ts";
import { type TroubledOutcome, unlessThrottled } from "./troubledStep.ts";

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "launched" } | TroubledOutcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Launch", new Date()));
  const attempt = currentAttempt(run);
  if (attempt === undefined) throw new Error("Launch needs an attempt");
  await writeDocument(runsBucket(), runKeys.driverPodTemplate(runId), driverPodTemplate(), {
    contentType: "application/yaml",
  });
  await writeDocument(runsBucket(), runKeys.executorPodTemplate(runId), executorPodTemplate(labelValue(runId)), {
    contentType: "application/yaml",
  });
  // Spark refuses to log into a folder that does not exist; on S3 a folder is what has an object in it.
  const eventLogFolder = runKeys.eventLogFolder(runId, attempt.number);
  await writeDocument(runsBucket(), `${eventLogFolder}.keep`, "", { contentType: "text/plain" });
  return unlessThrottled(runId, async () => {
    const image = await jobImage();
    const id = await startJobRun(runId, clientToken(runId, attempt), jobOf(run, image, eventLogFolder));
    const { state } = await updateRun(runId, (current) => ({
      ...withCurrent(current, { jobRun: id, ...(image !== undefined && { image }) }),
      jobRun: { id, startedAt: new Date().toISOString() },
      progress: initialProgress(jobAnalysis(current).trees),
    }));
    // Who cancelled the run meanwhile saw no job.
    if (state === "Cancelled") await cancelJobRun(id);
    return { kind: "launched" as const };
  });
});

/** One token per attempt, so that a repeated Launch is still one job: 64 characters, the most that EMR takes. */
function clientToken(runId: string, { number }: Attempt): string {
  return createHash("sha256")
    .update(`${environment("STATE_MACHINE_ARN")}:${runId}:${number}`)
    .digest("hex");
}

function jobOf(run: Run, image: string | undefined, eventLogFolder: string): SparkJob {
  const { configuration } = chosenOption(run);
  const analysis = jobAnalysis(run);
  const chunk = currentChunk(run)?.number;
  const engineArguments = importanceArguments({
    inputs: inputsOf(run),
    labelsUri: runsUri(runKeys.labels(run.id)),
    labelColumn: "label",
    outputUri: runsUri(runKeys.importance(run.id, chunk)),
    analysis,
    batchSize: configuration.batchSize,
    ...(modelIsKept(analysis, run.inspection?.samples ?? 0) && { modelUri: runsUri(runKeys.model(run.id, chunk)) }),
    variantsReported: 0,
  });
  return sparkJob(engineArguments, configuration, {
    ...enginePlace(image, environment("ASSETS_BUCKET")),
    driverPodTemplateUri: runsUri(runKeys.driverPodTemplate(run.id)),
    executorPodTemplateUri: runsUri(runKeys.executorPodTemplate(run.id)),
    eventLogUri: runsUri(eventLogFolder),
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
