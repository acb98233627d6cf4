import { describe, expect, test } from "vitest";
import { healingRules } from "../../../core/run/healing.ts";
import { tagsOf } from "../../../core/run/names.ts";
import { metricDimensions } from "../../../functions/metrics.ts";
import { tasks } from "./machine.ts";
import { conditions, propertiesOf, resourcesOfType, serverless, sourcesIn, stringsIn } from "./stack.ts";

const alarms = resourcesOfType("AWS::CloudWatch::Alarm");
const ours = "VariantSparkPipeline";
const stage = `\${self:service}-\${sls:stage}`;

/** Metric and dimensions as AWS documents them: for each service its developer guide, "Monitoring … with CloudWatch". */
const documented: readonly (readonly [namespace: string, metrics: string, dimensions: string])[] = [
  ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"],
  [
    "AWS/States",
    "ExecutionsStarted ExecutionsSucceeded ExecutionsFailed ExecutionsTimedOut ExecutionsAborted",
    "StateMachineArn",
  ],
  // Without a dimension: of all functions of the region.
  ["AWS/Lambda", "Throttles", ""],
  ["AWS/Lambda", "Invocations Errors Throttles Duration", "FunctionName"],
  // Of HTTP APIs; those of REST APIs are called 5XXError and 4XXError.
  ["AWS/ApiGateway", "Count 4xx 5xx Latency", "ApiId"],
];

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly string[];
}

/** One that AWS documents, or that functions/metrics.ts writes with just these dimensions. */
function isThere({ namespace, name, dimensions }: Metric): boolean {
  if (namespace !== ours)
    return documented.some(
      ([its, names, at]) => its === namespace && names.split(" ").includes(name) && at === dimensions.join(" "),
    );
  if (!(name in metricDimensions)) return false;
  return ["service", ...metricDimensions[name as keyof typeof metricDimensions]].join(" ") === dimensions.join(" ");
}

describe.each(alarms)("the alarm %s", (id, properties) => {
  const dimensions = (properties["Dimensions"] ?? []) as readonly { readonly Name: string; readonly Value: unknown }[];

  test("looks at a metric that there is, with just its dimensions", () => {
    const { Namespace, MetricName } = properties as { Namespace: string; MetricName: string };
    const metric = { namespace: Namespace, name: MetricName, dimensions: dimensions.map(({ Name }) => Name) };
    expect(isThere(metric), JSON.stringify(metric)).toBe(true);
  });

  test("looks at this stack's, by values that there are", () => {
    for (const { Name, Value } of dimensions) {
      if (Name === "service") expect(Value).toBe(serverless.provider.environment["POWERTOOLS_SERVICE_NAME"]);
      else if (Name === "trouble") expect(Object.keys(healingRules)).toContain(Value);
      else expect(Object.keys(Value as object)).toEqual([expect.stringMatching(/^(Ref|Fn::GetAtt)$/)]);
    }
  });

  test("is named as its resource, and tells the topic of alarms when it comes and when it goes", () => {
    const kebab = id
      .replace(/Alarm$/, "")
      .replaceAll(/\B[A-Z]/g, "-$&")
      .toLowerCase();
    expect(properties["AlarmName"]).toBe(`${stage}-${kebab}`);
    expect(properties["AlarmActions"]).toEqual([{ Ref: "AlarmsTopic" }]);
    expect(properties["OKActions"]).toEqual([{ Ref: "AlarmsTopic" }]);
  });

  test("takes silence for well, unless silence is what it is about", () => {
    const isAboutSilence = id === "ReconcilerAbsentAlarm";
    expect(properties["TreatMissingData"]).toBe(isAboutSilence ? "breaching" : "notBreaching");
  });

  test("looks back for a day at most", () => {
    const { Period, EvaluationPeriods } = properties as { Period: number; EvaluationPeriods: number };
    expect(Period % 60).toBe(0);
    expect(Period * EvaluationPeriods).toBeLessThanOrEqual(86_400);
  });
});

test("the reconciler is missed only after it should have come several times", () => {
  const period = Number(propertiesOf("ReconcilerAbsentAlarm")["Period"]);
  const [schedule] = (serverless.functions["reconcile"]?.events ?? []) as readonly { schedule?: { rate: string } }[];
  const [, minutes] = /'rate\((\d+) minutes\)'/.exec(schedule?.schedule?.rate ?? "") ?? [];
  expect(period).toBeGreaterThanOrEqual(3 * 60 * Number(minutes));
});

test("CloudWatch of this account may publish to the topic of alarms, and nobody else", () => {
  expect(propertiesOf("AlarmsTopicPolicy")).toMatchObject({
    Topics: [{ Ref: "AlarmsTopic" }],
    PolicyDocument: {
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: { Ref: "AlarmsTopic" },
          Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
        },
      ],
    },
  });
  // With the key of SNS, alias/aws/sns, it could not; that of the stack lets it.
  expect(JSON.stringify(propertiesOf("DataKey"))).toContain('"Service":"cloudwatch.amazonaws.com"');
});

describe("a metric of functions/metrics.ts", () => {
  const sources = [...sourcesIn("functions/").values()].join("\n");

  test.each(Object.keys(metricDimensions))("%s is measured somewhere, and looked at", (name) => {
    expect(sources).toMatch(new RegExp(`measure\\([^;]*"${name}"`));
    expect([...dashboardMetrics(), ...searched()].map((metric) => metric.name)).toContain(name);
  });
});

describe("the dashboard", () => {
  test("shows metrics that there are, with just their dimensions", () => {
    const shown = [...dashboardMetrics(), ...searched()];
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.filter((metric) => !isThere(metric))).toEqual([]);
  });

  test("shows each alarm once", () => {
    const shown = widgets().flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown.toSorted()).toEqual(alarms.map(([id]) => `\${${id}.Arn}`).toSorted());
  });

  test("has widgets that lie side by side in its 24 columns, none upon another", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets()) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });
});

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | { readonly expression?: string })[])[];
  };
}

function widgets(): readonly Widget[] {
  const { "Fn::Sub": body } = propertiesOf("Dashboard")["DashboardBody"] as { "Fn::Sub": string };
  return (JSON.parse(body) as { widgets: Widget[] }).widgets;
}

/** "." repeats what stands there in the row before. */
function dashboardMetrics(): Metric[] {
  return widgets().flatMap(({ properties: { metrics = [] } }) => {
    let before: readonly string[] = [];
    return metrics.flatMap((row) => {
      const texts = row.filter((cell) => typeof cell === "string");
      if (texts.length === 0) return [];
      before = texts.map((cell, index) => (cell === "." ? (before[index] ?? ".") : cell));
      const [namespace = "", name = "", ...pairs] = before;
      return [{ namespace, name, dimensions: pairs.filter((_, index) => index % 2 === 0) }];
    });
  });
}

/** SEARCH('{namespace,dimension,…} MetricName="…" …', statistic, period) */
function searched(): Metric[] {
  const rows = widgets().flatMap(({ properties: { metrics = [] } }) => metrics.flat());
  const expressions = rows.flatMap((cell) => (typeof cell === "object" && cell.expression ? [cell.expression] : []));
  return expressions.map((expression) => {
    const [, schema = "", name = ""] =
      /^SEARCH\('\{([\w/,]+)\} MetricName="(\w+)" \w+=[^']+', '\w+', \d+\)$/.exec(expression) ?? [];
    const [namespace = "", ...dimensions] = schema.split(",");
    return { namespace, name, dimensions };
  });
}

describe("what is kept, and how long", () => {
  type Rule = Readonly<Record<string, unknown>>;
  const rulesOf = (bucket: string): readonly Rule[] =>
    (propertiesOf(bucket)["LifecycleConfiguration"] as { Rules: Rule[] }).Rules;
  const unless = (bucket: string, condition: string): Rule | undefined =>
    rulesOf(bucket).find((rule) => (rule["Fn::If"] as unknown[] | undefined)?.[0] === condition);

  test.each([
    ["InboxBucket", "ExpireReplacedUploads", "replaced-upload-days"],
    ["RunsBucket", "ExpireMatrices", "matrix-days"],
    ["RunsBucket", "ExpireRuns", "run-days"],
  ])("%s loses nothing of researchers' by default: %s is by %s alone", (bucket, condition, parameter) => {
    expect(conditions[condition]).toEqual({ "Fn::Not": [{ "Fn::Equals": [`\${param:${parameter}, '0'}`, "0"] }] });
    const [, expiring, otherwise] = (unless(bucket, condition)?.["Fn::If"] ?? []) as [string, Rule, Rule];
    expect(stringsIn(expiring)).toContain(`\${param:${parameter}, '0'}`);
    expect(Object.keys(otherwise).filter((key) => /Expiration/.test(key))).toEqual([]);
  });

  test("no rule is about the present version of an upload", () => {
    expect(JSON.stringify(rulesOf("InboxBucket"))).not.toMatch(/"Expiration|Transition/);
  });

  test("nothing else expires but tokens and prices", () => {
    const expiring = rulesOf("RunsBucket").filter((rule) => "ExpirationInDays" in rule);
    expect(expiring.map(({ Prefix }) => Prefix)).toEqual(["tokens/", "prices/"]);
  });

  test("a task token stays for longer than any execution waits for it", () => {
    const days = Number(rulesOf("RunsBucket").find(({ Id }) => Id === "tokens")?.["ExpirationInDays"]);
    const longest = Math.max(...tasks.map(([, { TimeoutSeconds = 0 }]) => TimeoutSeconds));
    expect(longest).toBeGreaterThan(0);
    expect(days * 86_400).toBeGreaterThan(longest);
  });
});

describe("the whole stack", () => {
  const { stackTags, tracing, iam } = serverless.provider;

  test("is tagged, so that its costs can be told apart by project and stage", () => {
    expect(stackTags).toEqual({ project: `\${self:service}`, stage: `\${sls:stage}` });
  });

  test("and what runs make has the stack's project", () => {
    expect(tagsOf({ pipeline: "runs", runId: "a" })["project"]).toBe(serverless.service);
  });

  test("is traced: the machine and its functions, whose roles may say so", () => {
    expect(tracing).toEqual({ lambda: true });
    expect(propertiesOf("Pipeline")["TracingConfiguration"]).toEqual({ Enabled: true });
    expect(iam.role.statements.map(({ Action }) => Action)).toEqual([
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    ]);
    expect(stringsIn(propertiesOf("PipelineRole")["Policies"])).toContain("xray:PutTraceSegments");
  });
});
