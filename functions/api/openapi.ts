/**
 * The API as an OpenAPI 3.1 document: requests are the zod schemas that the handlers parse with, answers the TypeScript
 * types that they return (as JSON Schema, given by the caller), problems the catalogue of errors.
 */
import { z } from "zod";
import { type ErrorCode, errorCatalogue } from "../../core/errors/catalogue.ts";
import { request as cancelRun } from "./cancelRun.ts";
import { request as chooseOption } from "./chooseOption.ts";
import { request as finishRun } from "./finishRun.ts";
import { request as getRun } from "./getRun.ts";
import { request as listFiles } from "./listFiles.ts";
import { request as listRuns } from "./listRuns.ts";
import { request as reportLocalResult } from "./reportLocalResult.ts";
import { request as startRun } from "./startRun.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly request: z.ZodType;
  /** Type of the answer, by status. */
  readonly answers: Readonly<Record<number, { readonly type: string; readonly means: string }>>;
  readonly problems: readonly ErrorCode[];
}

export const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/runs",
    id: "startRun",
    summary: "Runs a folder of the inbox as it is, without waiting for an upload.",
    request: startRun,
    answers: {
      200: { type: "StartedRun", means: "This content has its run already." },
      202: { type: "StartedRun", means: "The run has been started." },
    },
    problems: ["invalid-request", "study-not-found", "bucket-not-allowed"],
  },
  {
    method: "get",
    path: "/runs",
    id: "listRuns",
    summary: "Lists the runs, newest first, a page at a time.",
    request: listRuns,
    answers: { 200: { type: "RunList", means: "A page." } },
    problems: ["invalid-request"],
  },
  {
    method: "get",
    path: "/runs/{id}",
    id: "getRun",
    summary: "Shows everything about a run: state, findings, options, progress, result.",
    request: getRun,
    answers: { 200: { type: "RunView", means: "The run." } },
    problems: ["invalid-request", "run-not-found"],
  },
  {
    method: "post",
    path: "/runs/{id}/choice",
    id: "chooseOption",
    summary: "Answers the question of a run in the state Ask; the first answer counts.",
    request: chooseOption,
    answers: { 202: { type: "TakenChoice", means: "The answer counts." } },
    problems: [
      "invalid-request",
      "run-not-found",
      "not-waiting",
      "already-chosen",
      "unknown-option",
      "unknown-label-column",
      "run-changed",
    ],
  },
  {
    method: "get",
    path: "/runs/{id}/files",
    id: "listFiles",
    summary: "Gives links to a run's inputs and results, and one that takes a local result.",
    request: listFiles,
    answers: { 200: { type: "RunFiles", means: "The links, and how to run VariantSpark on the inputs." } },
    problems: ["invalid-request", "run-not-found"],
  },
  {
    method: "post",
    path: "/runs/{id}/local-result",
    id: "reportLocalResult",
    summary: "Says that the result of a local run has been uploaded.",
    request: reportLocalResult,
    answers: { 202: { type: "TakenResult", means: "The result is being ranked." } },
    problems: ["invalid-request", "run-not-found", "not-waiting", "result-missing", "run-changed"],
  },
  {
    method: "post",
    path: "/runs/{id}/finish",
    id: "finishRun",
    summary: "Leaves a forest that grows in chunks at the trees that have grown: the run ends with their result.",
    request: finishRun,
    answers: { 202: { type: "FinishingRun", means: "The run reports what has grown, and gives the rest up." } },
    problems: ["invalid-request", "run-not-found", "nothing-grown", "run-changed"],
  },
  {
    method: "delete",
    path: "/runs/{id}",
    id: "cancelRun",
    summary: "Ends a run wherever it is and gives back what it holds.",
    request: cancelRun,
    answers: {
      200: { type: "CancelledRun", means: "The run is cancelled and holds nothing more." },
      202: { type: "CancelledRun", means: "The run is cancelled; repeat until all is given back." },
    },
    problems: ["invalid-request", "run-not-found", "not-waiting", "run-changed"],
  },
];

/** @param answerSchemas JSON Schema of each type that an answer names, and of all that these refer to */
export function openApiDocument(version: string, answerSchemas: Json): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  return {
    openapi: "3.1.1",
    info: {
      title: "VariantSpark Pipeline",
      version,
      summary: "Runs VariantSpark on AWS: inspected, estimated, chosen, run, reported.",
      description: "Every call is signed with AWS Signature Version 4. Errors are RFC 9457 problem+json with a remedy.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      {
        url: "https://{api}.execute-api.{region}.amazonaws.com",
        variables: { api: { default: "api" }, region: { default: "us-east-1" } },
      },
    ],
    security: [{ sigv4: [] }],
    paths,
    components: {
      securitySchemes: {
        sigv4: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          "x-amazon-apigateway-authtype": "awsSigv4",
          description: "AWS Signature Version 4 for the service execute-api.",
        },
      },
      schemas: answerSchemas,
    },
  };
}

function operationObject({ id, summary, request, answers, problems }: Operation): Json {
  const { properties = {} } = requestSchema(request);
  const body = properties["body"];
  return {
    operationId: id,
    summary,
    parameters: [...parameters("path", properties["path"]), ...parameters("query", properties["query"])],
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { ...answerResponses(answers), ...problemResponses([...problems, "internal"]) },
  };
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema & Json>>;
  readonly required?: readonly string[];
}

/** As a client may send it: fields with a default are optional. */
function requestSchema(request: z.ZodType): ObjectSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(request, { io: "input" });
  return schema as ObjectSchema;
}

function parameters(where: "path" | "query", schema: ObjectSchema = {}): Json[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path",
    schema: property,
  }));
}

function answerResponses(answers: Operation["answers"]): Json {
  const responses = Object.entries(answers).map(([status, { type, means }]) => [
    status,
    { description: means, content: { "application/json": { schema: { $ref: `#/components/schemas/${type}` } } } },
  ]);
  return Object.fromEntries(responses);
}

/** One response per status; its description lists the problems that come with it. */
function problemResponses(codes: readonly ErrorCode[]): Json {
  const meanings = new Map<number, string[]>();
  for (const code of codes) {
    const { status, title } = errorCatalogue[code];
    meanings.set(status, [...(meanings.get(status) ?? []), `${code}: ${title}`]);
  }
  const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const responses = [...meanings].map(([status, means]) => [
    status,
    { description: `${means.join(". ")}.`, content: problem },
  ]);
  return withRefusal(Object.fromEntries(responses));
}

/** API Gateway's own answer to a call that it does not let through stands beside the problem of that status. */
function withRefusal(responses: Record<string, { readonly description: string; readonly content: Json }>): Json {
  const { description, content } = responses["403"] ?? {};
  const words = ["The call is not signed, or its signer may not make it.", description];
  const refusal = { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } };
  return {
    ...responses,
    403: { description: words.filter(Boolean).join(" "), content: { ...content, ...refusal } },
  };
}
