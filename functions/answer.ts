/**
 * Answers the state in which a run waits: the one function that reads task tokens. The routes of the API call it,
 * so that what faces the network never holds a token.
 */
import { z } from "zod";
import { answerTask } from "../aws/executions.ts";
import { taskToken } from "../aws/runsStore.ts";
import { type Delivery, runAnswers } from "../core/run/delivery.ts";
import { step, stepInput } from "./step.ts";

export const handler = step(
  stepInput.extend({ kind: z.enum(runAnswers) }),
  async ({ runId, kind }): Promise<Delivery> => {
    const token = await taskToken(runId);
    if (token === undefined) return { kind: "never-asked" };
    return { kind: (await answerTask(token, { kind })) ? "delivered" : "waits-no-more" };
  },
);
