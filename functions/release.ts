/** Gives back whatever the run holds, whatever happened, and says how it ended. */
import { findRun, updateRun } from "../aws/runsStore.ts";
import { nodeGroupsOf } from "../core/run/attempts.ts";
import { finished, notReleased } from "../core/run/release.ts";
import { entered, type Run } from "../core/run/run.ts";
import { endJobs, endNodeGroups, type Released } from "./giveBack.ts";
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

/** Asks for the end of the run's jobs and of its nodes, of all its attempts, and looks whether they are gone. Safe to repeat. */
export async function release(run: Run): Promise<Released> {
  await endJobs(run);
  return endNodeGroups(nodeGroupsOf(run));
}
