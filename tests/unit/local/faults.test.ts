/** The endpoint's faults as the AWS SDK meets with them; no job runs here, and EKS is a few lines that answer at once. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListNodegroupsCommand,
} from "@aws-sdk/client-eks";
import {
  CreateVirtualClusterCommand,
  DescribeJobRunCommand,
  EMRContainersClient,
  ListJobRunsCommand,
  StartJobRunCommand,
} from "@aws-sdk/client-emr-containers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isThrottling } from "../../../aws/throttled.ts";
import { faultBox } from "../../../local/emrContainers/faults.ts";
import { type EmrContainers, serve } from "../../../local/emrContainers/server.ts";

const region = "us-east-1";
const account = { region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const madeAt = Date.now() / 1000;
let folder: string;
let awsEks: Server;
let endpoint: EmrContainers;
let virtualClusterId: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-"));
  awsEks = createServer((_, response) => {
    const nodegroup = { nodegroupName: "vs-1", status: "ACTIVE", instanceTypes: ["r6a.xlarge"], createdAt: madeAt };
    response.end(JSON.stringify({ nodegroup, nodegroups: ["vs-1"] }));
  }).listen(0, "127.0.0.1");
  await once(awsEks, "listening");
  const awsEndpoint = `http://127.0.0.1:${(awsEks.address() as AddressInfo).port}`;
  const front = { awsEndpoint, faults: faultBox() };
  const completed = async () => ({ kind: "completed" as const });
  endpoint = await serve({ workDir: folder, region }, async () => true, completed, front);
  const containerProvider = { type: "EKS", id: "one", info: { eksInfo: { namespace: "spark" } } } as const;
  const cluster = await emr().send(new CreateVirtualClusterCommand({ name: "vs", containerProvider }));
  virtualClusterId = cluster.id;
});

beforeEach(() => put({}));

afterAll(async () => {
  await endpoint.stop();
  awsEks.close();
  await rm(folder, { recursive: true, force: true });
});

function emr(maxAttempts = 1): EMRContainersClient {
  return new EMRContainersClient({ ...account, endpoint: endpoint.endpoint, maxAttempts });
}

function eks(): EKSClient {
  return new EKSClient({ ...account, endpoint: endpoint.endpoint, maxAttempts: 1 });
}

async function put(faults: unknown): Promise<{ status: number; said: string }> {
  const body = typeof faults === "string" ? faults : JSON.stringify(faults);
  const response = await fetch(`${endpoint.endpoint}/local/faults`, { method: "PUT", body });
  return { status: response.status, said: await response.text() };
}

async function left(): Promise<unknown> {
  return (await fetch(`${endpoint.endpoint}/local/faults`)).json();
}

function startJob(clientToken: string, client = emr()) {
  return client.send(
    new StartJobRunCommand({
      virtualClusterId,
      clientToken,
      executionRoleArn: "arn:aws:iam::000000000000:role/jobs",
      releaseLabel: "emr-7.9.0-20250601",
      jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://assets/variantspark.jar" } },
    }),
  );
}

async function jobRuns(): Promise<number> {
  return (await emr().send(new ListJobRunsCommand({ virtualClusterId }))).jobRuns?.length ?? 0;
}

describe("A misspelt fault is refused by name and leaves the others as they were", () => {
  test.each([
    [{ throtled: { StartJobRun: 1 } }, "throtled"],
    [{ throttled: { StartJobrun: 1 } }, "StartJobrun"],
    [{ throttled: { StartJobRun: "1" } }, "throttled.StartJobRun"],
    [{ lostAnswers: { StartJobRun: -1 } }, "lostAnswers.StartJobRun"],
    [{ smallCache: { fraction: 0.1, jobs: 1 } }, "fraction"],
    [{ slowNodes: { share: 0, jobs: 1 } }, "slowNodes.share"],
    ["{", "no JSON"],
  ])("%o", async (faults, name) => {
    await put({ pendingSeconds: 1 });
    const { status, said } = await put(faults);
    expect(status).toBe(400);
    expect(said).toContain(name);
    expect(await left()).toEqual({ pendingSeconds: 1 });
  });
});

describe("Throttling", () => {
  const job = () => startJob(crypto.randomUUID());
  const group = { clusterName: "one", nodegroupName: "vs-1" };
  test.each([
    ["StartJobRun", 400, "RequestThrottledException", job],
    [
      "DescribeJobRun",
      400,
      "RequestThrottledException",
      async () => emr().send(new DescribeJobRunCommand({ virtualClusterId, id: (await job()).id })),
    ],
    [
      "CreateNodegroup",
      429,
      "ThrottlingException",
      () => eks().send(new CreateNodegroupCommand({ ...group, subnets: ["a"], nodeRole: "r" })),
    ],
    ["DescribeNodegroup", 429, "ThrottlingException", () => eks().send(new DescribeNodegroupCommand(group))],
    ["DeleteNodegroup", 429, "ThrottlingException", () => eks().send(new DeleteNodegroupCommand(group))],
  ])("of %s is %i %s, as often as asked for, and the pipeline knows it", async (operation, status, name, request) => {
    await put({ throttled: { [operation]: 2 } });
    for (const remaining of [1, 0]) {
      const error = await Promise.resolve(request()).catch((refusal: unknown) => refusal);
      expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
      expect(isThrottling(error)).toBe(true);
      expect(await left()).toEqual({ throttled: { [operation]: remaining } });
    }
    await expect(Promise.resolve(request())).resolves.toBeDefined();
  });

  test("of one operation leaves the others alone", async () => {
    await put({ throttled: { DescribeNodegroup: 1, StartJobRun: 1 } });
    await eks().send(new ListNodegroupsCommand({ clusterName: "one" }));
    await emr().send(new ListJobRunsCommand({ virtualClusterId }));
    expect(await left()).toEqual({ throttled: { DescribeNodegroup: 1, StartJobRun: 1 } });
  });
});

describe("An answer that gets lost", () => {
  test("leaves a job that was taken, and a client that knows nothing of it", async () => {
    const before = await jobRuns();
    await put({ lostAnswers: { StartJobRun: 1 } });
    await expect(startJob("lost")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await jobRuns()).toBe(before + 1);
    await startJob("lost");
    expect(await jobRuns()).toBe(before + 1);
  });

  test("is made up for by the SDK, which asks again with the same token", async () => {
    const before = await jobRuns();
    await put({ lostAnswers: { StartJobRun: 2 } });
    await expect(startJob("lost-twice", emr(3))).resolves.toMatchObject({ id: expect.any(String) });
    expect(await jobRuns()).toBe(before + 1);
    expect(await left()).toEqual({ lostAnswers: { StartJobRun: 0 } });
  });

  test("may be one of EKS", async () => {
    await put({ lostAnswers: { DescribeNodegroup: 1 } });
    const request = () => eks().send(new DescribeNodegroupCommand({ clusterName: "one", nodegroupName: "vs-1" }));
    await expect(request()).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(request()).resolves.toMatchObject({ nodegroup: { status: "ACTIVE" } });
  });
});

test("a node group is CREATING until its seconds are over, then ACTIVE or without capacity", async () => {
  const status = async () =>
    (await eks().send(new DescribeNodegroupCommand({ clusterName: "one", nodegroupName: "vs-1" }))).nodegroup?.status;
  const age = Date.now() / 1000 - madeAt;
  await put({ pendingSeconds: age + 60 });
  expect(await status()).toBe("CREATING");
  await put({ pendingSeconds: age });
  expect(await status()).toBe("ACTIVE");
  await put({ pendingSeconds: age, noCapacity: ["r6a.xlarge"] });
  expect(await status()).toBe("CREATE_FAILED");
});

test("small caches and slow nodes are for so many jobs", async () => {
  const faults = faultBox();
  faults.replace(JSON.stringify({ smallCache: { memoryFraction: 0.1, jobs: 1 }, slowNodes: { share: 0.2, jobs: 2 } }));
  expect([faults.memoryFraction(), faults.memoryFraction()]).toEqual([0.1, undefined]);
  expect([faults.nodesShare(), faults.nodesShare(), faults.nodesShare()]).toEqual([0.2, 0.2, 1]);
});
