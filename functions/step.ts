/**
 * What every state's function shares: middy with the structured logger, and the run's id checked at the door. A handler
 * answers with its outcome as data (`kind`), which a Choice of the state machine routes.
 */
import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { z } from "zod";
import { PipelineError } from "../core/errors/pipelineError.ts";
import { measure } from "./metrics.ts";

/** Its name is that of the pipeline and its stage: POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger();

/** The logger with Lambda's context; keys of one call, such as its run, are not those of the next. */
export function logging() {
  return injectLambdaContext(logger, { resetKeys: true });
}

/** Each state is given at least its run: the execution's name. */
export const stepInput = z.object({ runId: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/) });

export function step<Schema extends z.ZodType<{ runId: string }>, Outcome>(
  schema: Schema,
  work: (input: z.infer<Schema>) => Promise<Outcome>,
) {
  return middy()
    .use(logging())
    .handler(async (event: unknown): Promise<Outcome> => {
      const input = schema.parse(event);
      const { runId } = input;
      logger.appendKeys({ runId });
      try {
        return await work(input);
      } catch (error) {
        // Such as that the run was cancelled meanwhile.
        if (error instanceof PipelineError) logger.warn("the step was refused", error);
        else unexpected("the step failed", error, runId);
        throw error;
      }
    });
}

/** An error that no outcome stands for: one is often tried again, many are an alarm. */
export function unexpected(message: string, error: unknown, runId?: string): void {
  logger.error(message, error as Error);
  measure("UnexpectedErrors", 1, runId === undefined ? {} : { runId });
}
