/** The function that answers a waiting run in place of the routes, which may not read its task token. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PipelineError } from "../core/errors/pipelineError.ts";
import type { Delivery, RunAnswer } from "../core/run/delivery.ts";
import { environment } from "./environment.ts";

const lambda = new LambdaClient({});

/**
 * Answers the state in which the run waits; false when it waits no more.
 *
 * @throws PipelineError not-waiting when the run never asked
 */
export async function answerRun(runId: string, kind: RunAnswer): Promise<boolean> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: environment("ANSWER_FUNCTION"), Payload: JSON.stringify({ runId, kind }) }),
  );
  if (FunctionError !== undefined || Payload === undefined) throw new Error(`Answer failed: ${FunctionError}`);
  const delivery = JSON.parse(Payload.transformToString()) as Delivery;
  if (delivery.kind === "never-asked")
    throw new PipelineError("not-waiting", `The run ${runId} has not asked anything yet.`);
  return delivery.kind === "delivered";
}
