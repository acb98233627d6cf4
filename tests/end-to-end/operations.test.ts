/**
 * What somebody who looks after the pipeline has of it. MiniStack makes metrics of Lambda's calls and evaluates alarms by them, over
 * all functions at once; it makes none of Step Functions' executions, nor of log lines in Embedded Metric Format.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StandardUnit,
} from "@aws-sdk/client-cloudwatch";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { beforeAll, describe, expect, test } from "vitest";
import { nodeGroupName, tagsOf } from "../../core/run/names.ts";
import { followRun } from "../../local/followRun.ts";
import { type LogLine, metricsIn, parsedLines } from "../unit/functions/logLines.ts";
import { resourcesOfType } from "../unit/stack/stack.ts";
import { nextMessage, subscribedQueue } from "./subscribedQueue.ts";
import {
  analysis,
  client,
  cloud,
  cohort,
  makeNodeGroup,
  messagesOf,
  newStudy,
  nodeGroups,
  owner,
  uploadStudy,
} from "./support.ts";

const cloudWatch = new CloudWatchClient(owner);
const lambda = new LambdaClient(owner);
const stack = "variantspark-pipeline-dev";

test("all alarms are there, about this stack's resources, and tell the topic of alarms", async () => {
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${stack}-` }));
  expect(MetricAlarms).toHaveLength(resourcesOfType("AWS::CloudWatch::Alarm").length);
  for (const { AlarmActions, OKActions } of MetricAlarms)
    expect([AlarmActions, OKActions]).toEqual([[cloud.outputs.AlarmsTopicArn], [cloud.outputs.AlarmsTopicArn]]);
  const dimensions = MetricAlarms.flatMap(({ Dimensions = [] }) =>
    Dimensions.map(({ Name, Value }) => `${Name}=${Value}`),
  );
  expect(new Set(dimensions)).toEqual(
    new Set([
      `service=${stack}`,
      "trouble=nodes-lost",
      `StateMachineArn=${cloud.outputs.PipelineArn}`,
      `FunctionName=${stack}-reconcile`,
      `ApiId=${cloud.outputs.ApiId}`,
      expect.stringMatching(/^QueueName=.*UploadsDeadLetterQueue/),
    ]),
  );
});

test("the dashboard names what was deployed", async () => {
  const { DashboardBody = "" } = await cloudWatch.send(new GetDashboardCommand({ DashboardName: stack }));
  const body = JSON.stringify(JSON.parse(DashboardBody));
  expect(body).not.toContain("${");
  for (const name of [cloud.outputs.PipelineArn, cloud.outputs.ApiId, `:alarm:${stack}-spend`])
    expect(body).toContain(name);
});

test("a function that fails again and again raises an alarm, of which the topic tells", async () => {
  const told = await subscribedQueue(cloud.outputs.AlarmsTopicArn);
  const AlarmName = `${stack}-reconciler-failing`;
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "OK", StateReason: "the test begins" }));
  for (let call = 0; call < 3; call++) {
    const Payload = JSON.stringify({ detail: "no event of any source" });
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: `${stack}-reconcile`, Payload }));
    expect(FunctionError).toBeDefined();
  }
  // It evaluates them when it is told of a metric, whichever.
  const MetricData = [{ MetricName: "Tick", Value: 1 }];
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: "Clock", MetricData }));
  const { Message = "" } = await nextMessage(told, `ALARM: "${AlarmName}"`);
  expect(JSON.parse(Message)).toMatchObject({ AlarmName, NewStateValue: "ALARM", OldStateValue: "OK" });
});

test("nodes that no run owns raise an alarm, by the line that the reconciler writes as it ends them", async () => {
  const told = await subscribedQueue(cloud.outputs.AlarmsTopicArn);
  const runId = newStudy("orphan");
  await makeNodeGroup(nodeGroupName(runId), tagsOf({ pipeline: cloud.outputs.RunsBucketName, runId }));
  const measured = async () => {
    await lambda.send(new InvokeCommand({ FunctionName: `${stack}-reconcile`, Payload: "{}" }));
    return (await linesOf("reconcile")).filter((line) => line["runId"] === runId).flatMap(metricsIn);
  };
  await expect.poll(measured, { timeout: 30_000, interval: 1000 }).toMatchObject([{ name: "OrphansEnded", value: 1 }]);
  expect(await nodeGroups()).not.toContain(nodeGroupName(runId));

  // As CloudWatch takes it from the log.
  for (const { namespace, name, unit, value, dimensions } of await measured()) {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const MetricData = [{ MetricName: name, Unit: unit as StandardUnit, Value: value, Dimensions }];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
  }
  const AlarmName = `${stack}-orphans-ended`;
  const { Message = "" } = await nextMessage(told, `ALARM: "${AlarmName}"`);
  expect(JSON.parse(Message)).toMatchObject({ AlarmName, NewStateValue: "ALARM" });
});

describe("a run that failed", () => {
  let id: string;

  beforeAll(async () => {
    const study = newStudy("failing");
    await uploadStudy(study, { "a.vcf.gz": "", "labels.csv": cohort.labels, "analysis.json": analysis({}) });
    id = (await client.startRun({ prefix: `${study}/` })).body.id;
    await followRun(client, id, [], () => {}, 60);
  });

  test("is named in every line that its steps have logged", async () => {
    for (const name of ["inspect", "recordFailure", "release"]) {
      const lines = await linesOf(name);
      for (const line of lines) expect(line, JSON.stringify(line)).toHaveProperty("runId");
    }
    expect(await linesOf("inspect")).toContainEqual(expect.objectContaining({ message: "inspected", runId: id }));
  });

  test("leaves its cost and its code as metrics that CloudWatch can read", async () => {
    const lines = (await linesOf("release")).filter(({ runId }) => runId === id);
    expect(lines.flatMap(metricsIn)).toEqual([
      { namespace: "VariantSparkPipeline", name: "RunCostUsd", unit: "None", value: 0, dimensions: { service: stack } },
      {
        namespace: "VariantSparkPipeline",
        name: "FailedRuns",
        unit: "Count",
        value: 1,
        dimensions: { service: stack, code: "rejected" },
      },
    ]);
  });
});

async function linesOf(name: string): Promise<LogLine[]> {
  const lines = parsedLines((await messagesOf(`/aws/lambda/${stack}-${name}`)).join("\n"));
  expect(lines.length, name).toBeGreaterThan(0);
  return lines;
}
