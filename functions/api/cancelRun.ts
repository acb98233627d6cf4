/** DELETE /runs/{id}: ends the run wherever it is, and gives back what it holds. */
import { z } from "zod";
import { describeExecution, stopExecution } from "../../aws/executions.ts";
import { findRun, updateRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { entered, type Run } from "../../core/run/run.ts";
import { release } from "../giveBack.ts";
import { measureEnd } from "../runEnded.ts";
import type { CancelledRun } from "./answers.ts";
import { type Answer, route, runPath } from "./route.ts";

const cause = "Cancelled by its researcher.";

export const request = z.object({ path: runPath });

export const handler = route(request, async ({ path: { id } }): Promise<Answer<CancelledRun>> => {
  const execution = await describeExecution(id);
  if (execution === undefined) throw new PipelineError("run-not-found", `There is no run ${id}.`);
  if (execution.status !== "RUNNING" && execution.status !== "ABORTED")
    throw new PipelineError("not-waiting", `The run ${id} has ended already (${execution.status}).`);
  if (execution.status === "RUNNING") await stopExecution(id, cause);
  const before = await findRun(id);
  if (before === undefined) return { status: 200, body: { id, released: true } };
  // First the word, then the looking: a step that is under way either left what it got in this record, or reads the word and
  // gives it back itself.
  const run = await updateRun(id, (current) => cancelled(current, new Date()));
  if (before.state !== "Cancelled") measureEnd(run);
  const released = (await release(run)).kind === "done";
  return { status: released ? 200 : 202, body: { id, released } };
});

/** Repeating the cancellation repeats the release, until `released` is true. */
function cancelled(run: Run, now: Date): Run {
  const failure = run.failure ?? { code: "cancelled", message: cause, remedy: "Start the run again when you want it." };
  return { ...entered(run, "Cancelled", now), failure };
}
