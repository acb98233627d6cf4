/**
 * What every state's function shares: middy with the structured logger, and the run's id checked at the door. A handler
 * answers with its outcome as data (`kind`), which a Choice of the state machine routes.
 */
import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { z } from "zod";

export const logger = new Logger({ serviceName: "variantspark-pipeline" });

/** Each state is given at least its run: the execution's name. */
export const stepInput = z.object({ runId: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/) });

export function step<Schema extends z.ZodType<{ runId: string }>, Outcome>(
  schema: Schema,
  work: (input: z.infer<Schema>) => Promise<Outcome>,
) {
  return middy()
    .use(injectLambdaContext(logger))
    .handler(async (event: unknown): Promise<Outcome> => {
      const input = schema.parse(event);
      logger.appendKeys({ runId: input.runId });
      return work(input);
    });
}
