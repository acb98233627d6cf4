/**
 * Every request that the Lambdas of real runs make, held against the AWS service models: a cloud of its own with a recording
 * proxy in front of each endpoint, one run with preparing, one that is cancelled, one reconciliation.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { followRun } from "../../local/followRun.ts";
import { PipelineClient } from "../../local/pipelineClient.ts";
import { sizingData } from "../unit/sizing/inputs.ts";
import { checkRequests, type Verdict } from "./awsRequests/checkRequests.ts";
import { type RecordedRequest, Recorder } from "./awsRequests/recorder.ts";

const recorder = new Recorder();
let cloud: LocalCloud;
let verdict: Verdict;
let wholeRun: Awaited<ReturnType<typeof followRun>>;
/** Of the cloud's proxies: in front of the EMR-on-EKS endpoint, then of MiniStack. */
const addresses: string[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    home: join(import.meta.dirname, "../../.local"),
    onProgress: () => {},
    sliceSeconds: 0.02,
    between: async (endpoint) => {
      const address = await recorder.inFrontOf(endpoint);
      addresses.push(address);
      return address;
    },
  });
  await someRuns(cloud);
  await askPrices(cloud);
  verdict = await checkRequests(cloud.engine.python, recorder.requests);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud?.stop();
  await recorder.stop();
});

const isCreate = ({ method, url }: RecordedRequest) => method === "POST" && url.endsWith("/node-groups");

test("no request of a run says what the service's model does not allow", () => {
  console.log(`${recorder.requests.length} requests: ${JSON.stringify(verdict.operations)}`);
  expect(verdict.problems).toEqual([]);
});

test("the requests are those of a whole run: nodes, jobs, questions, objects, notices and logs", () => {
  expect(Object.keys(verdict.operations)).toEqual(
    expect.arrayContaining([
      "eks.CreateNodegroup",
      "eks.DescribeNodegroup",
      "eks.DeleteNodegroup",
      "eks.ListNodegroups",
      "emr-containers.StartJobRun",
      "emr-containers.DescribeJobRun",
      "emr-containers.CancelJobRun",
      "emr-containers.ListJobRuns",
      "stepfunctions.StartExecution",
      "stepfunctions.DescribeExecution",
      "stepfunctions.SendTaskSuccess",
      "lambda.Invoke",
      "stepfunctions.StopExecution",
      "stepfunctions.ListExecutions",
      "s3.GetObject",
      "s3.PutObject",
      "s3.ListObjectsV2",
      "sns.Publish",
      "ssm.GetParameter",
      "pricing.GetProducts",
      "ec2.DescribeSpotPriceHistory",
      "ec2.DescribeSubnets",
      "ec2.GetSpotPlacementScores",
      "logs.GetLogEvents",
    ]),
  );
});

test("nodes are asked for in the one zone that the record names", () => {
  const [attempt] = wholeRun.attempts ?? [];
  const created = recorder.requests.filter(isCreate).map(({ bodyBase64 }) => JSON.parse(atob(bodyBase64)));
  const [{ subnets } = {}] = created.filter(({ nodegroupName }) => nodegroupName === attempt?.nodeGroup);
  expect(subnets).toEqual(attempt?.subnets);
  expect(attempt?.zone).toMatch(/^us-east-1[a-c]$/);
});

describe("the check sees", () => {
  const isStart = ({ method, url }: RecordedRequest) => method === "POST" && url.endsWith("/jobruns");
  const isList = ({ method, url }: RecordedRequest) => method === "GET" && url.includes("/jobruns?");

  test.each<[string, (request: RecordedRequest) => boolean, (request: RecordedRequest) => RecordedRequest, RegExp]>([
    ["a member that the model does not have", isCreate, withBody({ spot: true }), /Unknown parameter.*spot/],
    ["a member of the wrong type", isCreate, withBody({ diskSize: "50" }), /Invalid type.*diskSize/],
    ["a required member that is missing", isCreate, withBody({ nodeRole: undefined }), /Missing required.*nodeRole/],
    ["a value outside an enum", isCreate, withBody({ capacityType: "CHEAP" }), /CHEAP.*is none of/],
    ["a text that is too long", isStart, withBody({ name: "x".repeat(65) }), /65 is more than 64/],
    ["a text that does not match its pattern", isStart, withBody({ name: "a b" }), /'a b' does not match/],
    ["a query parameter of another service", isList, withQuery("limit=5"), /unknown query parameter limit/],
    ["an operation that there is not", isCreate, (request) => ({ ...request, method: "PATCH" }), /cannot be read/],
  ])("%s", async (_, isOne, change, problem) => {
    const request = recorder.requests.find(isOne);
    if (request === undefined) throw new Error("no such request was recorded");
    const { problems } = await checkRequests(cloud.engine.python, [change(request)]);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });
});

function withBody(parts: Readonly<Record<string, unknown>>): (request: RecordedRequest) => RecordedRequest {
  return (request) => {
    const body = { ...JSON.parse(Buffer.from(request.bodyBase64, "base64").toString()), ...parts };
    return { ...request, bodyBase64: Buffer.from(JSON.stringify(body)).toString("base64") };
  };
}

function withQuery(more: string): (request: RecordedRequest) => RecordedRequest {
  return (request) => ({ ...request, url: `${request.url}&${more}` });
}

async function someRuns({ engine, awsEndpoint, region, owner, ...rest }: LocalCloud): Promise<void> {
  const client = new PipelineClient({ awsEndpoint, region, ...rest });
  const vcf = await readFile(join(engine.exampleCohort, "chr22_1000.vcf.gz"));
  const labels = await readFile(join(engine.exampleCohort, "chr22-labels.csv"), "utf8");
  const started = async (study: string, parameters: Readonly<Record<string, unknown>>) => {
    await client.upload(`${study}/a.vcf.gz`, vcf);
    await client.upload(`${study}/labels.csv`, labels);
    await client.upload(`${study}/analysis.json`, JSON.stringify({ labelColumn: "22_16050408", ...parameters }));
    return (await client.startRun({ prefix: `${study}/` })).body.id;
  };
  const whole = await started("whole", { trees: 10 });
  await followRun(client, whole, ["Ask"], () => {}, 60);
  await client.choose(whole, "aws-spot", true);
  wholeRun = await followRun(client, whole, [], () => {}, 150);
  expect(wholeRun.state).toBe("Succeeded");

  const cancelled = await started("cancelled", { trees: 10_000, where: "aws-on-demand", budgetUsd: 50 });
  await followRun(client, cancelled, ["Observe"], () => {}, 60);
  await client.cancel(cancelled);
  await client.listRuns();
  await client.files(whole);
  while (!(await client.cancel(cancelled)).body.released) await sleep(300);
  const lambda = new LambdaClient({ endpoint: awsEndpoint, region, credentials: owner });
  await lambda.send(new InvokeCommand({ FunctionName: "variantspark-pipeline-dev-reconcile", Payload: "{}" }));
}

/** The local cloud's stack takes the table of prices, and MiniStack has none: what is asked for is seen all the same. */
async function askPrices({ outputs, owner, region }: LocalCloud): Promise<void> {
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: addresses.at(-1),
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: owner.accessKeyId,
    AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
    RUNS_BUCKET: outputs.RunsBucketName,
    PRICES: "live",
  }))
    vi.stubEnv(name, value);
  const { pricedSizingData } = await import("../../aws/prices.ts");
  await pricedSizingData(sizingData);
}
