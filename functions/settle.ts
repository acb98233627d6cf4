/** Waits until nobody uploads any more, and makes sure that this run is about what lies in the folder now. */
import { environment } from "../aws/environment.ts";
import { listStudy } from "../aws/objects.ts";
import { createRun, updateRun } from "../aws/runsStore.ts";
import { entered, newRun } from "../core/run/run.ts";
import { studyDigest } from "../core/study/identity.ts";
import { studyFolder } from "../core/study/study.ts";
import { executionInputSchema } from "./schemas.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "settled" } | { kind: "superseded" } | { kind: "changing"; waitSeconds: number };

export const handler = step(
  stepInput.extend({ input: executionInputSchema }),
  async ({ runId, input: { study, digest, analysis } }): Promise<Outcome> => {
    const fresh = newRun(runId, study, digest, new Date());
    await createRun(analysis ? { ...fresh, requestedAnalysis: analysis } : fresh);
    const objects = await listStudy(study);
    if (studyDigest(studyFolder(objects, study.prefix), analysis && JSON.stringify(analysis)) !== digest) {
      await updateRun(runId, (run) => entered(run, "Superseded", new Date()));
      return { kind: "superseded" };
    }
    const youngest = Math.max(...objects.map((object) => object.lastModified.getTime()));
    const quietUntil = youngest + Number(environment("QUIET_SECONDS")) * 1000;
    const waitSeconds = Math.ceil((quietUntil - Date.now()) / 1000);
    return waitSeconds > 0 ? { kind: "changing", waitSeconds } : { kind: "settled" };
  },
);
