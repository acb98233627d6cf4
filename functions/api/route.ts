/**
 * What every route shares: path, query and body checked at the door, answers as JSON, errors as RFC 9457 problem+json
 * with the catalogue's title, status and remedy.
 */
import middy from "@middy/core";
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { z } from "zod";
import { type ErrorCode, errorCatalogue } from "../../core/errors/catalogue.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { issuesInWords } from "../schemas.ts";
import { logger, logging, unexpected } from "../step.ts";
import type { Problem, Refusal } from "./answers.ts";

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
}

/** What is not there, is not there: a call that matched no authorizer has none. */
type Event = Partial<APIGatewayProxyEventV2WithIAMAuthorizer>;

export const runPath = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/, "is not the id of a run") });

/** A handler for `{ path, query, body }` as the schema reads them. */
export function route<Schema extends z.ZodType>(schema: Schema, answer: (request: z.infer<Schema>) => Promise<Answer>) {
  return middy<Event, APIGatewayProxyStructuredResultV2>()
    .use(logging())
    .handler(async (event, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
      if (!isByIdentity(event)) return reply(403, "application/json", refusal);
      try {
        const request = parsed(schema, event);
        const runId = event.pathParameters?.["id"];
        if (runId !== undefined) logger.appendKeys({ runId });
        const { status, body } = await answer(request);
        return reply(status, "application/json", body);
      } catch (error) {
        return problem(error, context.awsRequestId, event.pathParameters?.["id"]);
      }
    });
}

/** What API Gateway itself says. */
const refusal: Refusal = { message: "Forbidden" };

/**
 * API Gateway lets nobody else through, unless a route is deployed without its authorizer or for other accounts: neither must open it.
 */
function isByIdentity({ requestContext }: Event): boolean {
  const caller = requestContext?.authorizer?.iam?.accountId;
  return caller !== undefined && caller === requestContext?.accountId;
}

function parsed<Schema extends z.ZodType>(schema: Schema, event: Event): z.infer<Schema> {
  const result = schema.safeParse({
    path: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    body: jsonBody(event),
  });
  if (result.success) return result.data;
  throw new PipelineError("invalid-request", issuesInWords(result.error));
}

function jsonBody({ body, isBase64Encoded }: Event): unknown {
  if (!body) return undefined;
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString() : body);
  } catch {
    throw new PipelineError("invalid-request", "The body is not JSON.");
  }
}

function problem(error: unknown, requestId: string, runId: string | undefined): APIGatewayProxyStructuredResultV2 {
  const known = error instanceof PipelineError;
  if (!known) unexpected("unexpected error", error, runId);
  const code: ErrorCode = known ? error.code : "internal";
  const { title, status, remedy, retryable } = errorCatalogue[code];
  const detail = known ? error.message : `Request ${requestId} failed.`;
  const body: Problem = {
    type: `urn:variantspark-pipeline:${code}`,
    title,
    status,
    detail,
    remedy,
    retryable,
    ...(known && error.state && { state: error.state }),
  };
  return reply(status, "application/problem+json", body);
}

function reply(statusCode: number, contentType: string, body: unknown): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { "content-type": contentType, "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
