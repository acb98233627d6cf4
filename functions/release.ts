/** Gives back whatever the run holds, whatever happened, and says how it ended. */
import { cancelJobRun, jobRunState } from "../aws/jobRuns.ts";
import { deleteNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { updateRun } from "../aws/runsStore.ts";
import { entered, type FinalState, type Run } from "../core/run/run.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "releasing" } | { kind: "succeeded" } | { kind: "ended"; error: string; cause: string };

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Release", new Date()));
  if (!(await isReleased(run))) return { kind: "releasing" };
  const { failure } = await updateRun(runId, (current) => finished(current, new Date()));
  return failure
    ? { kind: "ended", error: failure.code, cause: failure.message.slice(0, 1000) }
    : { kind: "succeeded" };
});

/** Asks for the end of the job and of the nodes; true when both are gone. */
export async function isReleased({ jobRun, nodeGroup }: Run): Promise<boolean> {
  if (jobRun && (await jobRunState(jobRun.id)).kind === "running") await cancelJobRun(jobRun.id);
  if (nodeGroup === undefined) return true;
  await deleteNodeGroup(nodeGroup.name);
  return (await nodeGroupState(nodeGroup.name)).kind === "absent";
}

function finished(run: Run, now: Date): Run {
  const state: FinalState = !run.failure ? "Succeeded" : run.failure.code === "expired" ? "Expired" : "Failed";
  const ended = entered(run, state, now);
  return run.nodeGroup
    ? { ...ended, nodeGroup: { ...run.nodeGroup, releasedAt: run.nodeGroup.releasedAt ?? now.toISOString() } }
    : ended;
}
