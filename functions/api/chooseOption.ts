/** POST /runs/{id}/choice: the one answer to the run's question. */
import { z } from "zod";
import { answerTask } from "../../aws/executions.ts";
import { getRun, taskToken, updateRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { chosen, wayOf } from "../../core/run/choose.ts";
import { choiceBody } from "../schemas.ts";
import { route, runPath } from "./route.ts";

export const handler = route(
  z.object({ path: runPath, body: choiceBody }),
  async ({ path: { id }, body: { option, prepare } }) => {
    const run = await updateRun(id, (current) => chosen(current, { where: option, prepare }, new Date()));
    const delivered = await answerTask(await taskToken(id), { kind: wayOf({ where: option, prepare }) });
    // Answered a moment ago, by a repetition of this very request: the choice stands.
    if (!delivered && (await getRun(id)).failure)
      throw new PipelineError("not-waiting", `The run ${id} waits no longer for an answer.`);
    return { status: 202, body: { id, choice: run.choice } };
  },
);
