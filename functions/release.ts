/** Gives back whatever the run holds, whatever happened, and says how it ended. */
import { findRun, updateRun } from "../aws/runsStore.ts";
import { finished, notReleased } from "../core/run/release.ts";
import { entered } from "../core/run/run.ts";
import { release } from "./giveBack.ts";
import { notify } from "./notify.ts";
import { measureEnd } from "./runEnded.ts";
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
  measureEnd(ended);
  await notify(ended);
  const { failure } = ended;
  return failure
    ? { kind: "ended", error: failure.code, cause: failure.message.slice(0, 1000) }
    : { kind: "succeeded" };
});
