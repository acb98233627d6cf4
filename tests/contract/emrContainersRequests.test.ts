/** The endpoint as the AWS SDK sees it: what it accepts, refuses and lists. No job runs here, so no Spark is needed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelJobRunCommand,
  CreateVirtualClusterCommand,
  DeleteVirtualClusterCommand,
  DescribeJobRunCommand,
  DescribeVirtualClusterCommand,
  EMRContainersClient,
  EMRContainersServiceException,
  type JobRunState,
  ListJobRunsCommand,
  ListVirtualClustersCommand,
  paginateListJobRuns,
  ResourceNotFoundException,
  StartJobRunCommand,
  type StartJobRunCommandInput,
  ValidationException,
} from "@aws-sdk/client-emr-containers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ExecuteJob } from "../../local/emrContainers/jobRuns.ts";
import type { JobOutcome } from "../../local/emrContainers/records.ts";
import { type EmrContainers, serve } from "../../local/emrContainers/server.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const outcomes = new Map<string, JobOutcome>([
  ["succeeds", { kind: "completed" }],
  ["fails", { kind: "failed", failureReason: "USER_ERROR", stateDetails: "x".repeat(300) }],
]);

/** A job named "succeeds" or "fails" does so at once; any other runs until it is cancelled. */
const executeJob: ExecuteJob = async (run, _cluster, { signal, onSubmitted, onRunning }) => {
  onSubmitted();
  onRunning();
  const outcome = outcomes.get(run.name ?? "");
  if (outcome) return outcome;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return { kind: "cancelled" };
};

let workDir: string;
let emr: EmrContainers;
let client: EMRContainersClient;
let virtualClusterId: string;

async function start(): Promise<void> {
  emr = await serve({ workDir, region }, async (name) => name.startsWith("known"), executeJob);
  client = new EMRContainersClient({ endpoint: emr.endpoint, region, credentials });
}

async function createVirtualCluster(namespace: string, eksCluster = "known"): Promise<string> {
  const containerProvider = { type: "EKS", id: eksCluster, info: { eksInfo: { namespace } } } as const;
  const { id } = await client.send(new CreateVirtualClusterCommand({ name: namespace, containerProvider }));
  return id ?? "";
}

/** What is left out is undefined here. */
interface Refusal {
  readonly case: string;
  readonly change: { readonly [Member in keyof StartJobRunCommandInput]?: StartJobRunCommandInput[Member] | undefined };
  readonly member: string;
}

function jobRequest(name: string): StartJobRunCommandInput {
  return {
    virtualClusterId,
    name,
    executionRoleArn: "arn:aws:iam::000000000000:role/jobs/vs-job-role",
    releaseLabel: "emr-7.9.0-20250601",
    jobDriver: {
      sparkSubmitJobDriver: { entryPoint: "s3://assets/variantspark.jar", entryPointArguments: ["importance"] },
    },
  };
}

const stateOf = async (id: string | undefined) =>
  (await client.send(new DescribeJobRunCommand({ virtualClusterId, id }))).jobRun?.state;

beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), "emr-"));
  await start();
  virtualClusterId = await createVirtualCluster("spark");
});
afterAll(async () => {
  await emr.stop();
  await rm(workDir, { recursive: true });
});

describe("StartJobRun", () => {
  const spark = { entryPoint: "s3://assets/variantspark.jar" };
  const withConf = (properties: Record<string, string>) => ({
    configurationOverrides: { applicationConfiguration: [{ classification: "spark-defaults", properties }] },
  });

  test.each<Refusal>([
    { case: "a name of 65 characters", change: { name: "n".repeat(65) }, member: "name" },
    { case: "a name with a blank", change: { name: "a b" }, member: "name" },
    { case: "no role", change: { executionRoleArn: undefined }, member: "executionRoleArn" },
    {
      case: "a user for a role",
      change: { executionRoleArn: "arn:aws:iam::000000000000:user/jo" },
      member: "executionRoleArn",
    },
    { case: "no release label", change: { releaseLabel: undefined }, member: "releaseLabel" },
    { case: "a release label without a date", change: { releaseLabel: "emr-7.9.0" }, member: "releaseLabel" },
    { case: "no job driver", change: { jobDriver: undefined }, member: "jobDriver" },
    {
      case: "an entry point of 257 characters",
      change: { jobDriver: { sparkSubmitJobDriver: { entryPoint: `s3://${"k".repeat(252)}` } } },
      member: "jobDriver.sparkSubmitJobDriver.entryPoint",
    },
    {
      case: "an empty argument",
      change: { jobDriver: { sparkSubmitJobDriver: { ...spark, entryPointArguments: ["importance", ""] } } },
      member: "jobDriver.sparkSubmitJobDriver.entryPointArguments.1",
    },
    {
      case: "an argument of 10,281 characters",
      change: { jobDriver: { sparkSubmitJobDriver: { ...spark, entryPointArguments: ["a".repeat(10_281)] } } },
      member: "jobDriver.sparkSubmitJobDriver.entryPointArguments.0",
    },
    {
      case: "empty sparkSubmitParameters",
      change: { jobDriver: { sparkSubmitJobDriver: { ...spark, sparkSubmitParameters: "" } } },
      member: "jobDriver.sparkSubmitJobDriver.sparkSubmitParameters",
    },
    {
      case: "sparkSubmitParameters of 102,401 characters",
      change: { jobDriver: { sparkSubmitJobDriver: { ...spark, sparkSubmitParameters: "p".repeat(102_401) } } },
      member: "jobDriver.sparkSubmitJobDriver.sparkSubmitParameters",
    },
    {
      case: "101 properties",
      change: withConf(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`spark.p${at}`, "1"]))),
      member: "configurationOverrides.applicationConfiguration.0.properties",
    },
    {
      case: "a property value of 1,025 characters",
      change: withConf({ "spark.p": "v".repeat(1025) }),
      member: "configurationOverrides.applicationConfiguration.0.properties.spark.p",
    },
    {
      case: "an empty property value",
      change: withConf({ "spark.p": "" }),
      member: "configurationOverrides.applicationConfiguration.0.properties.spark.p",
    },
    { case: "a blank client token", change: { clientToken: " " }, member: "clientToken" },
    { case: "a job template", change: { jobTemplateId: "abc" }, member: "jobTemplateId" },
  ])("refuses $$case and names the member", async ({ change, member }) => {
    const refused = client.send(
      new StartJobRunCommand({ ...jobRequest("refused"), ...change } as StartJobRunCommandInput),
    );
    await expect(refused).rejects.toThrow(ValidationException);
    await expect(refused).rejects.toThrow(`'${member}'`);
  });

  test("accepts what lies exactly on the limits", async () => {
    const sparkSubmitJobDriver = {
      entryPoint: `s3://${"k".repeat(251)}`,
      entryPointArguments: ["a".repeat(10_280)],
      sparkSubmitParameters: "p".repeat(102_400),
    };
    const { id } = await client.send(
      new StartJobRunCommand({
        ...jobRequest("succeeds"),
        ...withConf({ "spark.p": "v".repeat(1024) }),
        jobDriver: { sparkSubmitJobDriver },
      }),
    );
    expect(id).toMatch(/^[0-9a-z]{19}$/);
  });

  test("refuses a virtual cluster that nobody created", async () => {
    const unknown = client.send(new StartJobRunCommand({ ...jobRequest("x"), virtualClusterId: "0000nobody" }));
    await expect(unknown).rejects.toThrow(ResourceNotFoundException);
  });

  test("gives the same job run for the same client token and request, and refuses another request with it", async () => {
    const request = { ...jobRequest("succeeds"), clientToken: "run-1-attempt-1" };
    const first = await client.send(new StartJobRunCommand(request));
    const again = await client.send(new StartJobRunCommand(request));
    expect(again.id).toBe(first.id);
    const other = client.send(new StartJobRunCommand({ ...request, name: "fails" }));
    await expect(other).rejects.toThrow(ValidationException);
  });
});

describe("A job run", () => {
  test("shows its request, its times and why it failed, in at most 256 characters", async () => {
    const { id } = await client.send(new StartJobRunCommand(jobRequest("fails")));
    await vi.waitFor(async () => expect(await stateOf(id)).toBe("FAILED"));
    const { jobRun } = await client.send(new DescribeJobRunCommand({ virtualClusterId, id }));
    expect(jobRun).toMatchObject({
      id,
      virtualClusterId,
      failureReason: "USER_ERROR",
      jobDriver: jobRequest("").jobDriver,
    });
    expect(jobRun?.stateDetails).toHaveLength(256);
    expect(jobRun?.finishedAt?.getTime()).toBeGreaterThanOrEqual(jobRun?.createdAt?.getTime() ?? Infinity);
  });

  test("is cancelled once what it ran has ended, and only once", async () => {
    const { id } = await client.send(new StartJobRunCommand(jobRequest("waits")));
    await vi.waitFor(async () => expect(await stateOf(id)).toBe("RUNNING"));
    const cancel = new CancelJobRunCommand({ virtualClusterId, id });
    expect(await client.send(cancel)).toMatchObject({ id, virtualClusterId });
    await vi.waitFor(async () => expect(await stateOf(id)).toBe("CANCELLED"));
    await expect(client.send(cancel)).rejects.toThrow(ValidationException);
  });

  test("is not found under another id or another virtual cluster", async () => {
    const { id } = await client.send(new StartJobRunCommand(jobRequest("succeeds")));
    const other = await createVirtualCluster("other", "known-too");
    const elsewhere = client.send(new DescribeJobRunCommand({ virtualClusterId: other, id }));
    await expect(elsewhere).rejects.toThrow(ResourceNotFoundException);
    const unknown = client.send(new CancelJobRunCommand({ virtualClusterId, id: "0000unknown" }));
    await expect(unknown).rejects.toThrow(ResourceNotFoundException);
  });
});

describe("ListJobRuns", () => {
  let listed: string;
  const ids: (string | undefined)[] = [];
  const list = async (input: { states?: JobRunState[]; createdAfter?: Date; name?: string }) =>
    (await client.send(new ListJobRunsCommand({ virtualClusterId: listed, ...input }))).jobRuns?.map((run) => run.id);

  beforeAll(async () => {
    listed = await createVirtualCluster("listed", "known-listed");
    for (const name of ["succeeds", "fails", "waits", "succeeds", "waits"]) {
      const { id } = await client.send(new StartJobRunCommand({ ...jobRequest(name), virtualClusterId: listed }));
      ids.unshift(id);
    }
    await vi.waitFor(async () => expect(await list({ states: ["COMPLETED", "FAILED", "RUNNING"] })).toHaveLength(5));
  });

  test("gives the newest first", async () => {
    expect(await list({})).toEqual(ids);
  });

  test("filters by states, name and time", async () => {
    expect(await list({ states: ["RUNNING"] })).toEqual([ids[0], ids[2]]);
    expect(await list({ states: ["COMPLETED", "FAILED"] })).toEqual([ids[1], ids[3], ids[4]]);
    expect(await list({ name: "fails" })).toEqual([ids[3]]);
    expect(await list({ createdAfter: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await list({ createdAfter: new Date(Date.now() - 60_000) })).toEqual(ids);
  });

  test("gives pages that together hold each job run once", async () => {
    const pages: number[] = [];
    const seen: (string | undefined)[] = [];
    for await (const { jobRuns = [] } of paginateListJobRuns({ client, pageSize: 2 }, { virtualClusterId: listed })) {
      pages.push(jobRuns.length);
      seen.push(...jobRuns.map((run) => run.id));
    }
    expect(pages).toEqual([2, 2, 1]);
    expect(seen).toEqual(ids);
  });

  test.each([{ maxResults: 0 }, { nextToken: "nonsense" }, { states: ["ENDED" as JobRunState] }])(
    "refuses %j",
    async (input) => {
      const refused = client.send(new ListJobRunsCommand({ virtualClusterId: listed, ...input }));
      await expect(refused).rejects.toThrow(ValidationException);
    },
  );
});

describe("Virtual clusters", () => {
  test("are created once per namespace, described, listed and deleted", async () => {
    const id = await createVirtualCluster("mine", "known-mine");
    await expect(createVirtualCluster("mine", "known-mine")).rejects.toThrow(/already exists in the given namespace/);
    const { virtualCluster } = await client.send(new DescribeVirtualClusterCommand({ id }));
    expect(virtualCluster).toMatchObject({
      id,
      name: "mine",
      state: "RUNNING",
      containerProvider: { id: "known-mine" },
    });
    const listing = new ListVirtualClustersCommand({ containerProviderId: "known-mine", states: ["RUNNING"] });
    expect((await client.send(listing)).virtualClusters?.map((cluster) => cluster.id)).toEqual([id]);
    await client.send(new DeleteVirtualClusterCommand({ id }));
    expect((await client.send(listing)).virtualClusters).toEqual([]);
    const late = client.send(new StartJobRunCommand({ ...jobRequest("late"), virtualClusterId: id }));
    await expect(late).rejects.toThrow(ValidationException);
  });

  test("need an EKS cluster that exists", async () => {
    await expect(createVirtualCluster("any", "nowhere")).rejects.toThrow(/EKS cluster nowhere does not exist/);
  });
});

describe("Authorization", () => {
  const good =
    "AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/emr-containers/aws4_request, " +
    `SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;

  test.each([
    { case: "none", authorization: undefined, status: 403, type: "MissingAuthenticationTokenException" },
    {
      case: "one for S3",
      authorization: good.replace("emr-containers", "s3"),
      status: 403,
      type: "InvalidSignatureException",
    },
    {
      case: "one for another region",
      authorization: good.replace("us-east-1", "eu-west-1"),
      status: 403,
      type: "InvalidSignatureException",
    },
    {
      case: "one without a signature",
      authorization: good.replace(/, Signature.*/, ""),
      status: 403,
      type: "IncompleteSignatureException",
    },
    {
      case: "one that signs no host",
      authorization: good.replace("host;", ""),
      status: 403,
      type: "IncompleteSignatureException",
    },
    {
      case: "one of another day",
      authorization: good.replace("20260102", "20260103"),
      status: 403,
      type: "IncompleteSignatureException",
    },
    { case: "a complete one", authorization: good, status: 200, type: null },
  ])("$$case gets $status", async ({ authorization, status, type }) => {
    const headers = { "x-amz-date": "20260102T030405Z", ...(authorization && { authorization }) };
    const answer = await fetch(`${emr.endpoint}/virtualclusters`, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("x-amzn-errortype")).toBe(type);
  });

  test("a client for another service's name is told apart by the SDK", async () => {
    const s3Like = new EMRContainersClient({ endpoint: emr.endpoint, region: "eu-west-1", credentials });
    const refused = s3Like.send(new ListVirtualClustersCommand({}));
    await expect(refused).rejects.toThrow(EMRContainersServiceException);
    await expect(refused).rejects.toMatchObject({
      name: "InvalidSignatureException",
      $metadata: { httpStatusCode: 403 },
    });
  });
});

test("After a restart in the same folder everything is known again", async () => {
  const { id } = await client.send(new StartJobRunCommand(jobRequest("waits")));
  await vi.waitFor(async () => expect(await stateOf(id)).toBe("RUNNING"));
  await emr.stop();
  await start();
  expect(await stateOf(id)).toBe("CANCELLED");
  const { virtualCluster } = await client.send(new DescribeVirtualClusterCommand({ id: virtualClusterId }));
  expect(virtualCluster?.state).toBe("RUNNING");
});
