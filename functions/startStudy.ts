/** One way into the pipeline for uploads and for POST /runs: look at the folder, name the run, start it once. */
import { startExecution } from "../aws/executions.ts";
import { listStudy } from "../aws/objects.ts";
import { isReadyToRun, runIdOf, studyDigest } from "../core/study/identity.ts";
import { type StudyLocation, studyFolder } from "../core/study/study.ts";

export type Start =
  | { readonly kind: "started" | "already-there"; readonly runId: string }
  | { readonly kind: "incomplete" | "empty" };

/**
 * @param asIs start whatever is there: what is missing becomes a finding (POST /runs); an upload waits for the rest.
 */
export async function startStudy(
  study: StudyLocation,
  asIs: boolean,
  analysis?: Readonly<Record<string, unknown>>,
): Promise<Start> {
  const objects = await listStudy(study);
  if (objects.length === 0) return { kind: "empty" };
  const folder = studyFolder(objects, study.prefix);
  if (!asIs && !isReadyToRun(folder)) return { kind: "incomplete" };
  const digest = studyDigest(folder, analysis);
  const runId = runIdOf(study.prefix, digest);
  const kind = await startExecution(runId, { study, digest, ...(analysis && { analysis }) });
  return { kind, runId };
}
