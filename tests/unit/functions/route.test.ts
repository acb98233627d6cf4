import type { APIGatewayProxyEventV2WithIAMAuthorizer as Event } from "aws-lambda";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { type ErrorCode, errorCatalogue } from "../../../core/errors/catalogue.ts";
import { PipelineError } from "../../../core/errors/pipelineError.ts";
import { type Answer, route, runPath } from "../../../functions/api/route.ts";
import { choiceBody } from "../../../functions/schemas.ts";
import { logger } from "../../../functions/step.ts";
import { lambdaContext, requestContext, requestId } from "./lambdaContext.ts";

/** What would be logged, kept from the test's output. */
const logged = vi.spyOn(logger, "error").mockImplementation(() => undefined);

beforeEach(() => logged.mockClear());

describe("a request that can be read", () => {
  test("reaches the answer as the schema reads it, and comes back as JSON that nobody caches", async () => {
    const schema = z.object({
      path: runPath,
      query: z.object({ limit: z.coerce.number().default(20) }),
      body: choiceBody,
    });
    const answered = await call(schema, async (request) => ({ status: 202, body: { request } }), {
      pathParameters: { id: "cohort-0123456789ab" },
      queryStringParameters: { limit: "7" },
      body: '{"option":"local"}',
    });
    expect(answered.statusCode).toBe(202);
    expect(answered.headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
    expect(answered.json).toEqual({
      request: { path: { id: "cohort-0123456789ab" }, query: { limit: 7 }, body: { option: "local", prepare: false } },
    });
  });

  test("may carry its body in base64, as API Gateway hands over what it takes for binary", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        const body = Buffer.from(JSON.stringify({ text })).toString("base64");
        const answered = await call(z.object({ body: z.object({ text: z.string() }) }), echo, {
          body,
          isBase64Encoded: true,
        });
        expect(answered.json).toEqual({ body: { text } });
      }),
    );
  });

  test("may come without path, query and body where none is asked for", async () => {
    const answered = await call(z.object({ query: z.object({ limit: z.coerce.number().default(20) }) }), echo, {});
    expect(answered).toMatchObject({ statusCode: 200, json: { query: { limit: 20 } } });
  });
});

describe("a request that cannot be read", () => {
  const schema = z.object({ path: runPath, body: choiceBody });
  const path = { pathParameters: { id: "a" } };

  test.each<{ case: string; event: Partial<Event>; detail: RegExp }>([
    {
      case: "an id with a slash",
      event: { pathParameters: { id: "a/b" }, body: '{"option":"local"}' },
      detail: /^path\.id: is not the id of a run$/,
    },
    {
      case: "an id of 81 characters",
      event: { pathParameters: { id: "a".repeat(81) }, body: '{"option":"local"}' },
      detail: /^path\.id: /,
    },
    { case: "no id", event: { body: '{"option":"local"}' }, detail: /^path\.id: / },
    { case: "no body", event: path, detail: /^body: / },
    { case: "an empty body", event: { ...path, body: "" }, detail: /^body: / },
    { case: "a body that is not JSON", event: { ...path, body: "option=local" }, detail: /^The body is not JSON\.$/ },
    {
      case: "base64 of what is not JSON",
      event: { ...path, body: "AAAA", isBase64Encoded: true },
      detail: /^The body is not JSON\.$/,
    },
    { case: "an unknown option", event: { ...path, body: '{"option":"gcp"}' }, detail: /^body\.option: / },
    { case: "a field too many", event: { ...path, body: '{"option":"local","n":1}' }, detail: /^body: .*"n"/ },
  ])("for $case is told so in problem+json, and nothing is done", async ({ event, detail }) => {
    const answer = vi.fn(echo);
    const answered = await call(schema, answer, event);
    expect(answer).not.toHaveBeenCalled();
    expect(answered.statusCode).toBe(400);
    expect(answered.headers).toEqual({ "content-type": "application/problem+json", "cache-control": "no-store" });
    const { title, remedy } = errorCatalogue["invalid-request"];
    expect(answered.json).toEqual({
      type: "urn:variantspark-pipeline:invalid-request",
      title,
      status: 400,
      detail: expect.stringMatching(detail),
      remedy,
      retryable: false,
    });
  });
});

test.each([
  { case: "no context", event: {} },
  { case: "a context without an authorizer", event: { requestContext: { http: {} } } },
  { case: "the claims of another authorizer", event: { requestContext: { authorizer: { jwt: { claims: {} } } } } },
  { case: "an IAM identity of no account", event: { requestContext: { authorizer: { iam: {} } } } },
  {
    case: "an IAM identity of another account",
    event: { requestContext: { accountId: "123456789012", authorizer: { iam: { accountId: "210987654321" } } } },
  },
])(
  "a call with $case has no IAM identity of the API's account and is refused before anything is read or done",
  async ({ event }) => {
    const answer = vi.fn(echo);
    const reply = await route(z.object({ body: choiceBody }), answer)(event as unknown as Event, lambdaContext);
    expect(answer).not.toHaveBeenCalled();
    expect(reply).toMatchObject({ statusCode: 403, headers: { "content-type": "application/json" } });
    expect(JSON.parse(reply.body ?? "")).toEqual({ message: "Forbidden" });
  },
);

describe("an error of the answer", () => {
  const codes = Object.keys(errorCatalogue) as ErrorCode[];

  test.each(codes)("%s has the status, title and remedy of the catalogue and says what happened", async (code) => {
    const { title, status, remedy, retryable } = errorCatalogue[code];
    const answered = await call(z.object({}), failing(new PipelineError(code, "The run x is elsewhere.")), {});
    expect(answered.statusCode).toBe(status);
    expect(answered.json).toEqual({
      type: `urn:variantspark-pipeline:${code}`,
      title,
      status,
      detail: "The run x is elsewhere.",
      remedy,
      retryable,
    });
    expect(logged).not.toHaveBeenCalled();
  });

  test.each([
    { case: "an Error", thrown: new Error("AccessDenied for arn:aws:iam::123456789012:role/secret") },
    { case: "an Error that calls itself PipelineError", thrown: namedError("PipelineError", "secret") },
    { case: "a string", thrown: "secret" },
    { case: "nothing", thrown: undefined },
  ])("that is $case shows the request id and nothing of what it says, which is logged", async ({ thrown }) => {
    const answered = await call(z.object({}), failing(thrown), {});
    expect(answered).toMatchObject({
      statusCode: 500,
      headers: { "content-type": "application/problem+json" },
      json: { type: "urn:variantspark-pipeline:internal", detail: `Request ${requestId} failed.`, retryable: true },
    });
    expect(answered.body).not.toContain("secret");
    expect(logged).toHaveBeenCalledExactlyOnceWith("unexpected error", thrown);
  });
});

async function call<Schema extends z.ZodType>(
  schema: Schema,
  answer: (request: z.infer<Schema>) => Promise<Answer>,
  event: Partial<Event>,
) {
  const reply = await route(schema, answer)({ requestContext, ...event } as Event, lambdaContext);
  return { ...reply, json: JSON.parse(reply.body ?? "null") as unknown };
}

async function echo(request: unknown): Promise<Answer> {
  return { status: 200, body: request };
}

function failing(thrown: unknown): () => Promise<Answer> {
  return () => Promise.reject(thrown);
}

function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
