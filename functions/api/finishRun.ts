/** POST /runs/{id}/finish: the run ends with the result of the trees that have grown. */
import { z } from "zod";
import { answerRun } from "../../aws/answers.ts";
import { updateRun } from "../../aws/runsStore.ts";
import { finishAsked, treesGrown } from "../../core/run/forestChunks.ts";
import type { FinishingRun } from "./answers.ts";
import { type Answer, route, runPath } from "./route.ts";

export const request = z.object({ path: runPath });

export const handler = route(request, async ({ path: { id } }): Promise<Answer<FinishingRun>> => {
  const run = await updateRun(id, (current) => finishAsked(current, new Date()));
  // While a job runs, Observe sees it at its next look; a run that asks is answered.
  if (run.state === "Ask") await answerRun(id, "finish");
  return { status: 202, body: { id, trees: treesGrown(run) } };
});
