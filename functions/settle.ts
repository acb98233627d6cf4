/** Waits until nobody uploads any more, and makes sure that this run is about what lies in the folder now. */
import { environment } from "../aws/environment.ts";
import { listStudy, listUnfinishedUploads } from "../aws/objects.ts";
import { createRun, updateRun } from "../aws/runsStore.ts";
import { entered, newRun, type Run } from "../core/run/run.ts";
import { studyDigest } from "../core/study/identity.ts";
import { secondsToWait, waitingOf } from "../core/study/quiet.ts";
import { studyFolder } from "../core/study/study.ts";
import { executionInputSchema } from "./schemas.ts";
import { startStudy } from "./startStudy.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "settled" } | { kind: "superseded" } | { kind: "changing"; waitSeconds: number };

export const handler = step(
  stepInput.extend({ input: executionInputSchema }),
  async ({ runId, input: { study, digest, analysis } }): Promise<Outcome> => {
    const fresh = newRun(runId, study, digest, new Date());
    const run = await createRun(analysis ? { ...fresh, requestedAnalysis: analysis } : fresh);
    const objects = await listStudy(study);
    if (studyDigest(studyFolder(objects, study.prefix), analysis) !== digest) return supersede(run);
    const uploads = await listUnfinishedUploads(study);
    const now = new Date();
    const waitSeconds = secondsToWait(objects, uploads, Number(environment("QUIET_SECONDS")), now);
    if (waitSeconds === 0) return { kind: "settled" };
    const waiting = waitingOf(objects, uploads, waitSeconds, now);
    await updateRun(runId, (current) => (current.state === "Settle" ? { ...current, waiting } : current));
    return { kind: "changing", waitSeconds };
  },
);

/** The folder has other content now: that is another run, started here if no upload event has started it yet. */
async function supersede({ id, study, requestedAnalysis }: Run): Promise<Outcome> {
  const successor = await startStudy(study, false, requestedAnalysis);
  const by = "runId" in successor ? { supersededBy: successor.runId } : {};
  await updateRun(id, (run) => ({ ...entered(run, "Superseded", new Date()), ...by }));
  return { kind: "superseded" };
}
