/** POST /runs/{id}/choice: the one answer to the run's question. */
import sizingData from "variantspark-sizing-data";
import { z } from "zod";
import { answerRun } from "../../aws/answers.ts";
import { getRun, updateRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { chosen, wayOf } from "../../core/run/choose.ts";
import { onMachine } from "../../core/run/machine.ts";
import { choiceBody } from "../schemas.ts";
import type { TakenChoice } from "./answers.ts";
import { type Answer, route, runPath } from "./route.ts";

export const request = z.object({ path: runPath, body: choiceBody });

export const handler = route(
  request,
  async ({ path: { id }, body: { option: where, machine, ...body } }): Promise<Answer<TakenChoice>> => {
    const answer = { where, ...body };
    const { choice } = await updateRun(id, (current) =>
      chosen(machine ? onMachine(current, machine, sizingData) : current, answer, new Date()),
    );
    if (choice === undefined) throw new Error(`the answer to ${id} was not kept`);
    // Other filters or labels, other samples perhaps: the study is inspected anew.
    const kind = answer.filters || answer.labelColumn ? "inspect" : wayOf(answer);
    const delivered = await answerRun(id, kind);
    // Answered a moment ago, by a repetition of this very request: the choice stands.
    if (!delivered && (await getRun(id)).failure)
      throw new PipelineError("not-waiting", `The run ${id} waits no longer for an answer.`);
    return { status: 202, body: { id, choice } };
  },
);
