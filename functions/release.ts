/** Gives back whatever the run holds, whatever happened, and says how it ended. */
import { cancelJobRun, jobRunState } from "../aws/jobRuns.ts";
import { deleteNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { findRun, updateRun } from "../aws/runsStore.ts";
import { finished, notReleased } from "../core/run/release.ts";
import { entered, type Run } from "../core/run/run.ts";
import { notify } from "./notify.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "releasing" } | { kind: "succeeded" } | { kind: "ended"; error: string; cause: string };

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  // A run whose first step failed has no record and holds nothing.
  if ((await findRun(runId)) === undefined) return { kind: "ended", error: "internal", cause: "The run never began." };
  const run = await updateRun(runId, (current) => entered(current, "Release", new Date()));
  const released = await release(run);
  if (released.kind === "pending") return { kind: "releasing" };
  const ended = await updateRun(runId, (current) =>
    finished(released.kind === "stuck" ? notReleased(current, released.reason) : current, new Date()),
  );
  await notify(ended);
  const { failure } = ended;
  return failure
    ? { kind: "ended", error: failure.code, cause: failure.message.slice(0, 1000) }
    : { kind: "succeeded" };
});

export type Released =
  | { readonly kind: "done" }
  | { readonly kind: "pending" }
  | { readonly kind: "stuck"; readonly reason: string };

/** Asks for the end of the run's job and of its nodes, and looks whether they are gone. Safe to repeat. */
export async function release({ jobRun, nodeGroup }: Run): Promise<Released> {
  if (jobRun && (await jobRunState(jobRun.id)).kind === "running") await cancelJobRun(jobRun.id);
  if (nodeGroup === undefined) return { kind: "done" };
  const before = await nodeGroupState(nodeGroup.name);
  if (before.kind === "stuck") return before;
  if (before.kind !== "absent") await deleteNodeGroup(nodeGroup.name);
  return { kind: (await nodeGroupState(nodeGroup.name)).kind === "absent" ? "done" : "pending" };
}
