/**
 * What the adapter of zones makes of EC2's answers (of an emulator that knows some, of AWS's own as its API reference shows them, of none), and
 * what Provision makes of that.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, DeleteNodegroupCommand, DescribeNodegroupCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Context } from "aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { NodesWanted, ZoneFacts } from "../../aws/zones.ts";
import { attempted, relaunched, troubled, withCurrent } from "../../core/run/attempts.ts";
import type { Run } from "../../core/run/run.ts";
import { rankedPlaces } from "../../core/run/zone.ts";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type Credentials, type MiniStack, startMiniStack } from "../../local/ministack.ts";
import { later, optionOf, runOf } from "../unit/run/runOf.ts";

const wanted: NodesWanted = { market: "aws-spot", instanceTypes: ["r6a.xlarge", "r6i.xlarge", "r7a.xlarge"], nodes: 4 };
const role = "arn:aws:iam::000000000000:role/nodes";
const rootKey: Credentials = { accessKeyId: "test", secretAccessKey: "test" };
let folder: string;
let ministack: MiniStack;
/** Of MiniStack's default network, by zone. */
let subnetIds: string[];

beforeAll(async () => {
  const engine = await ensureEngine(join(import.meta.dirname, "../../.local"), () => {});
  folder = await mkdtemp(join(tmpdir(), "zones-"));
  ministack = await startMiniStack({ engine, stateDir: folder });
  const { Subnets = [] } = await new EC2Client(ministack).send(new DescribeSubnetsCommand({}));
  subnetIds = Subnets.toSorted((a, b) => (a.AvailabilityZone ?? "").localeCompare(b.AvailabilityZone ?? "")).flatMap(
    ({ SubnetId }) => SubnetId ?? [],
  );
});
afterAll(async () => {
  await ministack?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

describe("of MiniStack", () => {
  test("the zones of the subnets are known, in the order of the configuration; what it does not have is named", async () => {
    const facts = await factsFrom(ministack.endpoint, subnetIds.toReversed());
    expect(facts.subnets.map(({ zone }) => zone)).toEqual(["us-east-1c", "us-east-1b", "us-east-1a"]);
    expect(facts.subnets.every(({ zoneId }) => /^use1-az\d$/.test(zoneId ?? ""))).toBe(true);
    expect(facts.spot).toEqual({ scores: undefined, prices: undefined });
    expect(facts.unanswered.toSorted()).toEqual([
      expect.stringMatching(/^DescribeSpotPriceHistory: Unknown/),
      expect.stringMatching(/^GetSpotPlacementScores: Unknown/),
    ]);
    expect(rankedPlaces(facts.subnets, facts.spot, new Set())[0]?.zone).toBe("us-east-1c");
  });

  test("nothing is asked about spot for on-demand nodes, nor where there is one subnet", async () => {
    expect((await factsFrom(ministack.endpoint, subnetIds, { ...wanted, market: "aws-on-demand" })).unanswered).toEqual(
      [],
    );
    expect((await factsFrom(ministack.endpoint, subnetIds.slice(0, 1))).unanswered).toEqual([]);
  });

  test("a subnet that there is not leaves the order of the configuration", async () => {
    const facts = await factsFrom(ministack.endpoint, ["subnet-gone", ...subnetIds], {
      ...wanted,
      market: "aws-on-demand",
    });
    expect(facts.subnets).toEqual(["subnet-gone", ...subnetIds].map((id) => ({ id })));
    expect(facts.unanswered).toEqual([expect.stringMatching(/^DescribeSubnets: .*subnet-gone/)]);
  });

  test("a role that may not ask leaves the order of the configuration", async () => {
    const iam = new IAMClient(ministack);
    await iam.send(new CreateUserCommand({ UserName: "nobody" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "nobody" }));
    const nobody = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    const facts = await factsFrom(ministack.endpoint, subnetIds, wanted, nobody);
    expect(facts.subnets).toEqual(subnetIds.map((id) => ({ id })));
    expect(facts.unanswered.toSorted()).toEqual([
      expect.stringMatching(/^DescribeSpotPriceHistory: .*not authorized/),
      expect.stringMatching(/^DescribeSubnets: .*not authorized/),
      expect.stringMatching(/^GetSpotPlacementScores: .*not authorized/),
    ]);
  });
});

describe("Provision", () => {
  const runId = "cohort-0123456789ab";
  const choice = {
    where: "aws-spot",
    prepare: false,
    at: later(0).toISOString(),
    by: "researcher",
    approvedUsd: 1,
  } as const;
  const begun = attempted(runOf({ choice }), later(1));
  let eks: EKSClient;

  beforeAll(async () => {
    eks = new EKSClient(ministack);
    await new IAMClient(ministack).send(
      new CreateRoleCommand({ RoleName: "nodes", AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }),
    );
    await eks.send(new CreateClusterCommand({ name: "zones", roleArn: role, resourcesVpcConfig: { subnetIds } }));
    await s3().send(new CreateBucketCommand({ Bucket: "runs" }));
  });

  test("asks for the zone that it wrote down, however often it is repeated and whatever would be chosen now", async () => {
    await write(begun);
    const group = begun.attempts?.[0]?.nodeGroup ?? "";
    expect(await provisioned(subnetIds)).toMatchObject({ kind: "pending" });
    expect(await subnetsOf(group)).toEqual(subnetIds.slice(0, 1));
    expect((await read()).attempts).toMatchObject([{ zone: "us-east-1a", subnets: subnetIds.slice(0, 1) }]);

    await eks.send(new DeleteNodegroupCommand({ clusterName: "zones", nodegroupName: group }));
    expect(await provisioned(subnetIds.toReversed())).toMatchObject({ kind: "pending" });
    expect(await subnetsOf(group)).toEqual(subnetIds.slice(0, 1));
    expect(await provisioned(subnetIds)).toEqual({ kind: "ready" });
  });

  test("asks for another zone after one had no nodes", async () => {
    const placed = withCurrent(begun, { zone: "us-east-1a", subnets: subnetIds.slice(0, 1) });
    const failure = { code: "node-group-failed", message: "", remedy: "" };
    const next = relaunched(
      troubled(placed, { kind: "nodes-unavailable", failure }),
      optionOf("aws-spot"),
      "",
      undefined,
      later(9),
    );
    await write(next);
    expect(await provisioned(subnetIds)).toMatchObject({ kind: "pending" });
    expect((await read()).attempts?.map(({ zone }) => zone)).toEqual(["us-east-1a", "us-east-1b"]);
    expect(await subnetsOf(next.attempts?.[1]?.nodeGroup ?? "")).toEqual(subnetIds.slice(1, 2));
  });

  /** The handler as Lambda would call it. */
  async function provisioned(subnets: readonly string[]): Promise<unknown> {
    inLambda(ministack.endpoint, subnets, rootKey);
    for (const [name, value] of Object.entries({ RUNS_BUCKET: "runs", CLUSTER_NAME: "zones", NODE_ROLE_ARN: role }))
      vi.stubEnv(name, value);
    vi.resetModules();
    const { handler } = await import("../../functions/provision.ts");
    return handler({ runId }, {} as Context);
  }

  async function subnetsOf(nodegroupName: string): Promise<string[] | undefined> {
    const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName: "zones", nodegroupName }));
    return nodegroup?.subnets;
  }

  async function write(run: Run): Promise<void> {
    await s3().send(new PutObjectCommand({ Bucket: "runs", Key: `runs/${runId}/run.json`, Body: JSON.stringify(run) }));
  }

  async function read(): Promise<Run> {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: "runs", Key: `runs/${runId}/run.json` }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  }

  const s3 = () => new S3Client({ ...ministack, forcePathStyle: true });
});

test("of answers as AWS's reference shows them, the zone with the best score is taken, and the cheaper of two", async () => {
  const asked: Record<string, URLSearchParams> = {};
  await using server = await serving(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get("Action") ?? "";
    asked[action] = form;
    response.end(answers[action]);
  });
  const facts = await factsFrom(server.endpoint, ["subnet-1", "subnet-2", "subnet-3"]);
  expect(facts.unanswered).toEqual([]);
  expect(rankedPlaces(facts.subnets, facts.spot, new Set()).map(({ zone }) => zone)).toEqual([
    "us-east-1c",
    "us-east-1b",
    "us-east-1a",
  ]);
  expect(Object.fromEntries(asked["GetSpotPlacementScores"] ?? [])).toMatchObject({
    "InstanceType.1": "r6a.xlarge",
    "InstanceType.3": "r7a.xlarge",
    TargetCapacity: "4",
    TargetCapacityUnitType: "units",
    SingleAvailabilityZone: "true",
    "RegionName.1": "us-east-1",
  });
});

test("an EC2 that does not answer is waited for two seconds, and then the order of the configuration holds", async () => {
  await using server = await serving(() => {});
  const begun = Date.now();
  const facts = await factsFrom(server.endpoint, ["subnet-1", "subnet-2"]);
  expect(Date.now() - begun).toBeLessThan(4_000);
  expect(facts.subnets).toEqual([{ id: "subnet-1" }, { id: "subnet-2" }]);
  expect(facts.unanswered).toHaveLength(3);
});

/** The module reads its environment as in Lambda, once. */
async function factsFrom(
  endpoint: string,
  subnets: readonly string[],
  nodes: NodesWanted = wanted,
  key = rootKey,
): Promise<ZoneFacts> {
  inLambda(endpoint, subnets, key);
  vi.resetModules();
  const { zoneFacts } = await import("../../aws/zones.ts");
  return zoneFacts(nodes);
}

function inLambda(endpoint: string, subnets: readonly string[], { accessKeyId, secretAccessKey }: Credentials): void {
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    SUBNET_IDS: subnets.join(),
  }))
    vi.stubEnv(name, value);
}

async function serving(listener: RequestListener): Promise<{ endpoint: string } & AsyncDisposable> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const namespace = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"';
const zones = [
  ["subnet-1", "us-east-1a", "use1-az4", "0.110000"],
  ["subnet-2", "us-east-1b", "use1-az6", "0.120000"],
  ["subnet-3", "us-east-1c", "use1-az1", "0.090000"],
] as const;

/** EC2 API reference, examples of the three actions. The scores of the second and third zone are equal. */
const answers: Readonly<Record<string, string>> = {
  DescribeSubnets: `<DescribeSubnetsResponse ${namespace}><requestId>r</requestId><subnetSet>${zones
    .map(
      ([id, zone, zoneId]) =>
        `<item><subnetId>${id}</subnetId><state>available</state><availabilityZone>${zone}</availabilityZone><availabilityZoneId>${zoneId}</availabilityZoneId></item>`,
    )
    .join("")}</subnetSet></DescribeSubnetsResponse>`,
  GetSpotPlacementScores: `<GetSpotPlacementScoresResponse ${namespace}><requestId>r</requestId><spotPlacementScoreSet>${zones
    .map(
      ([, , zoneId], index) =>
        `<item><region>us-east-1</region><availabilityZoneId>${zoneId}</availabilityZoneId><score>${index === 0 ? 3 : 7}</score></item>`,
    )
    .join("")}</spotPlacementScoreSet></GetSpotPlacementScoresResponse>`,
  DescribeSpotPriceHistory: `<DescribeSpotPriceHistoryResponse ${namespace}><requestId>r</requestId><spotPriceHistorySet>${zones
    .map(
      ([, zone, , usd]) =>
        `<item><instanceType>r6a.xlarge</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${usd}</spotPrice><timestamp>2026-01-02T03:04:05.000Z</timestamp><availabilityZone>${zone}</availabilityZone></item>`,
    )
    .join("")}</spotPriceHistorySet><nextToken/></DescribeSpotPriceHistoryResponse>`,
};
