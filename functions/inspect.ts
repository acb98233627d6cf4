/** Looks into the study by ranged reads and says what is wrong with it before anything is paid for. */
import { byteSource, listStudy, writeDocument } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { isRejected } from "../core/findings/finding.ts";
import { inspectStudy, type Open } from "../core/inspect/inspectStudy.ts";
import { entered } from "../core/run/run.ts";
import { studyFolder } from "../core/study/study.ts";
import { readAnalysis } from "./readAnalysis.ts";
import { logger, step, stepInput } from "./step.ts";

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "accepted" | "rejected" }> => {
  const run = await updateRun(runId, (current) => entered(current, "Inspect", new Date()));
  const { bucket, prefix } = run.study;
  const folder = studyFolder(await listStudy(run.study), prefix);
  const open: Open = async (object) => byteSource(bucket, object);
  const { analysis, findings: analysisFindings } = await readAnalysis(run, folder, open);
  const { inspection, normalizedLabels } = await inspectStudy({ ...folder, prefix }, analysis, open);
  if (normalizedLabels !== undefined)
    await writeDocument(runsBucket(), runKeys.labels(runId), normalizedLabels, { contentType: "text/csv" });
  const { findings: studyFindings, ...found } = inspection;
  const findings = [...analysisFindings, ...studyFindings];
  await updateRun(runId, (current) => ({ ...current, analysis, findings, inspection: found }));
  logger.info("inspected", {
    reads: found.reads,
    bytesRead: found.bytesRead,
    findings: findings.map(({ code }) => code),
  });
  return { kind: isRejected(findings) ? "rejected" : "accepted" };
});
