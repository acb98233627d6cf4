import type { APIGatewayProxyEventV2WithIAMAuthorizer as Event } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PipelineError } from "../../../core/errors/pipelineError.ts";
import type { Run } from "../../../core/run/run.ts";
import { route, runPath } from "../../../functions/api/route.ts";
import { measure, metricDimensions } from "../../../functions/metrics.ts";
import { measureEnd } from "../../../functions/runEnded.ts";
import { logger, step, stepInput } from "../../../functions/step.ts";
import { estimateOf, later, optionOf, runOf } from "../run/runOf.ts";
import { sourcesIn } from "../stack/stack.ts";
import { lambdaContext, requestContext, requestId } from "./lambdaContext.ts";
import { type LogLine, linesOf, metricsIn } from "./logLines.ts";

const runId = "cohort-0123456789ab";

describe("each line of a function's log names the run", () => {
  const talking = step(stepInput, async ({ runId: id }) => {
    logger.info("at work");
    measure("OrphansEnded", 1, { runId: id });
    return { kind: "done" };
  });

  test("while a step works, with the id of the call", async () => {
    const lines = await linesOf(() => talking({ runId }, lambdaContext));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatchObject({ runId });
    expect(lines[0]).toMatchObject({ level: "INFO", message: "at work", function_request_id: requestId });
  });

  test("when a step fails, with the error", async () => {
    const lines = await linesOf(() => failing(new Error("no such thing"))({ runId }, lambdaContext));
    expect(lines[0]).toMatchObject({ level: "ERROR", runId, error: { message: "no such thing" } });
    expect(lines.flatMap(metricsIn)).toMatchObject([{ name: "UnexpectedErrors", value: 1 }]);
    expect(lines[1]).toMatchObject({ runId });
  });

  test("when a route fails", async () => {
    const handler = route(z.object({ path: runPath }), async () => Promise.reject(new Error("no such thing")));
    const lines = await linesOf(() =>
      handler({ requestContext, pathParameters: { id: runId } } as unknown as Event, lambdaContext),
    );
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatchObject({ runId });
    expect(lines.flatMap(metricsIn)).toMatchObject([{ name: "UnexpectedErrors" }]);
  });

  test("and not that of the call before", async () => {
    await linesOf(() => talking({ runId: "an-earlier-one" }, lambdaContext));
    const lines = await linesOf(async () => logger.info("of no run"));
    expect(lines[0]).not.toHaveProperty("runId");
  });

  test("so every handler is made with the logger's context, and none writes past the logger", () => {
    for (const [path, source] of sourcesIn("functions/")) {
      expect(source, path).not.toMatch(/\bconsole\.\w+\(/);
      if (!/^export const handler/m.test(source)) continue;
      expect(source, path).toMatch(/= (step|waitingStep|route)\(|\.use\(logging\(\)\)/);
    }
  });
});

test("that a run was cancelled meanwhile is no unexpected error", async () => {
  const lines = await linesOf(() => failing(new PipelineError("not-waiting", "cancelled"))({ runId }, lambdaContext));
  expect(lines).toMatchObject([{ level: "WARN", runId }]);
});

describe("a run that has ended", () => {
  test("that came to a result costs what the report says", async () => {
    const result = { costUsd: { predicted: 2, actual: 1.25 } } as NonNullable<Run["result"]>;
    expect(await endOf(runOf({ state: "Succeeded", result }))).toEqual([cost(1.25)]);
  });

  test("that failed on its nodes costs the time that they were there, and says why it failed", async () => {
    const option = optionOf("aws-on-demand");
    const nodeHours = 2;
    const attempt = { number: 1, option, nodeGroup: "vs-a", begunAt: later(0).toISOString() };
    const run = runOf({
      state: "Failed",
      choice: { where: "aws-on-demand", prepare: false, approvedUsd: 9, at: later(0).toISOString(), by: "researcher" },
      attempts: [{ ...attempt, endedAt: later(nodeHours * 3600).toISOString() }],
      failure: { code: "stuck", message: "", remedy: "" },
    });
    const [costs, failed] = await endOf(run);
    expect(costs?.name).toBe("RunCostUsd");
    // Two nodes of 4 vCPUs for two hours: about 0.23 USD each an hour, and the disks, the cluster.
    expect(costs?.value).toBeGreaterThan(0.9);
    expect(costs?.value).toBeLessThan(1.5);
    expect(failed).toEqual({
      ...cost(1),
      name: "FailedRuns",
      unit: "Count",
      dimensions: { ...service, code: "stuck" },
    });
  });

  const choice = { where: "aws-spot", prepare: false, approvedUsd: 1, at: "", by: "researcher" } as const;

  test.each<[string, Partial<Run>]>([
    ["chose nothing", {}],
    ["had no nodes yet", { choice }],
    // As when estimating failed on the data that had been prepared.
    ["has lost the option that was chosen", { choice, estimate: estimateOf([]) }],
  ])("that %s cost nothing", async (_, parts) => {
    const failure = { code: "expired", message: "", remedy: "" };
    expect(await endOf(runOf({ ...parts, failure }))).toMatchObject([
      { name: "RunCostUsd", value: 0 },
      { name: "FailedRuns", dimensions: { code: "expired" } },
    ]);
  });

  const service = { service: "service_undefined" };
  const cost = (value: number) => ({
    namespace: "VariantSparkPipeline",
    name: "RunCostUsd",
    unit: "None",
    value,
    dimensions: service,
  });

  async function endOf(run: Run) {
    const lines = await linesOf(async () => measureEnd(run));
    for (const line of lines) expect(line).toMatchObject({ runId: run.id });
    return lines.flatMap(metricsIn);
  }
});

describe("a metric", () => {
  test.each([
    ["RunCostUsd", () => measure("RunCostUsd", 1.5, { runId })],
    ["FailedRuns", () => measure("FailedRuns", 1, { runId, code: "rejected" })],
    ["Troubles", () => measure("Troubles", 1, { runId, trouble: "nodes-lost" })],
  ] as const)("%s has the dimensions that the table says, and never the run", async (name, work) => {
    const [metric] = (await linesOf(async () => work())).flatMap(metricsIn);
    expect(metric?.name).toBe(name);
    expect(Object.keys(metric?.dimensions ?? {}).sort()).toEqual(["service", ...metricDimensions[name]].sort());
  });

  test.each<[string, LogLine]>([
    ["without its value", { _aws: directive(["service"]), service: "a" }],
    ["whose value is text", { _aws: directive(["service"]), service: "a", Count: "1" }],
    ["without the value of a dimension", { _aws: directive(["service"]), Count: 1 }],
    ["without dimensions", { _aws: directive([]), Count: 1 }],
    ["without a time", { _aws: { CloudWatchMetrics: [] }, Count: 1 }],
  ])("%s is none that CloudWatch takes", (_, line) => {
    expect(() => metricsIn(line)).toThrow();
  });
});

function failing(thrown: unknown) {
  return step(stepInput, async () => Promise.reject(thrown));
}

function directive(dimensions: readonly string[]) {
  const CloudWatchMetrics = [{ Namespace: "a", Dimensions: [dimensions], Metrics: [{ Name: "Count" }] }];
  return { Timestamp: 1, CloudWatchMetrics };
}
