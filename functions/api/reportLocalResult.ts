/** POST /runs/{id}/local-result: the researcher's machine has run VariantSpark and uploaded its importances. */
import { z } from "zod";
import { answerRun } from "../../aws/answers.ts";
import { objectExists } from "../../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { localResultBody } from "../schemas.ts";
import type { TakenResult } from "./answers.ts";
import { type Answer, route, runPath } from "./route.ts";

export const request = z.object({ path: runPath, body: localResultBody });

export const handler = route(request, async ({ path: { id }, body: { seconds } }): Promise<Answer<TakenResult>> => {
  if (!(await objectExists(runsBucket(), runKeys.importance(id))))
    throw new PipelineError("result-missing", `The run ${id} has no importance.csv yet.`);
  await updateRun(id, (run) => {
    if (run.state !== "AwaitLocal")
      throw new PipelineError("not-waiting", `The run ${id} is in the state ${run.state}.`, { state: run.state });
    return { ...run, localSeconds: seconds };
  });
  if (!(await answerRun(id, "completed")))
    throw new PipelineError("not-waiting", `The run ${id} waits no longer for a local result.`);
  return { status: 202, body: { id } };
});
