/** The adapters of node groups, zones and job runs against moto, a peer's implementation of EKS, EC2 and EMR on EKS. */
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, DescribeNodegroupCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateVirtualClusterCommand, EMRContainersClient } from "@aws-sdk/client-emr-containers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { importanceArguments } from "../../core/variantspark/importanceArguments.ts";
import { sparkJob } from "../../core/variantspark/sparkJob.ts";
import { awsConfiguration } from "../unit/run/runOf.ts";
import { type Moto, startMoto } from "./moto.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const owner = { pipeline: "runs", runId: "cohort-0123456789ab" };

let moto: Moto;
let nodeGroups: typeof import("../../aws/nodeGroups.ts");
let jobRuns: typeof import("../../aws/jobRuns.ts");
let zones: typeof import("../../aws/zones.ts");
let subnetIds: string[];

beforeAll(async () => {
  moto = await startMoto();
  const { endpoint } = moto;
  subnetIds = await defaultSubnets(endpoint);
  const virtualClusterId = await seeded(endpoint);
  // The adapters read their environment as in Lambda.
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RUNS_BUCKET: owner.pipeline,
    CLUSTER_NAME: "peer",
    NODE_ROLE_ARN: "arn:aws:iam::123456789012:role/nodes",
    SUBNET_IDS: subnetIds.join(),
    VIRTUAL_CLUSTER_ID: virtualClusterId,
    JOB_ROLE_ARN: "arn:aws:iam::123456789012:role/jobs",
    JOB_LOG_GROUP: "/jobs",
    EMR_RELEASE_LABEL: "emr-6.5.0-latest",
  }))
    vi.stubEnv(name, value);
  [nodeGroups, jobRuns, zones] = await Promise.all([
    import("../../aws/nodeGroups.ts"),
    import("../../aws/jobRuns.ts"),
    import("../../aws/zones.ts"),
  ]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await moto?.stop();
});

test("a node group is made once, found by its tags, and given back", async () => {
  const name = "vs-cohort-0123456789ab";
  const { instanceTypes, nodes } = awsConfiguration;
  const request = {
    runId: owner.runId,
    name,
    nodes,
    subnets: subnetIds.slice(0, 1),
    rented: { market: "aws-spot", architecture: "arm64", instanceTypes },
  } as const;
  expect(await nodeGroups.nodeGroupState(name)).toEqual({ kind: "absent" });
  await nodeGroups.createNodeGroup(request);
  await nodeGroups.createNodeGroup(request);
  expect(await nodeGroups.nodeGroupState(name)).toEqual({ kind: "ready" });
  expect(await nodeGroups.listNodeGroups()).toEqual([
    { kind: "node-group", id: name, owner, createdAt: expect.stringMatching(/^20/), state: "live" },
  ]);
  await nodeGroups.deleteNodeGroup(name);
  await nodeGroups.deleteNodeGroup(name);
  expect(await nodeGroups.nodeGroupState(name)).toEqual({ kind: "absent" });
  expect(await nodeGroups.listNodeGroups()).toEqual([]);
});

test("a node group of the own cluster names nothing that AWS would rent", async () => {
  const name = "vs-cohort-0123456789ab_2";
  await nodeGroups.createNodeGroup({ runId: owner.runId, name, nodes: 2, subnets: subnetIds, rented: undefined });
  const eks = new EKSClient({});
  const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName: "peer", nodegroupName: name }));
  expect(nodegroup).toMatchObject({
    amiType: "CUSTOM",
    scalingConfig: { desiredSize: 2 },
    labels: { "variantspark-pipeline/run": owner.runId },
    taints: [{ key: "variantspark-pipeline/run", value: owner.runId, effect: "NO_SCHEDULE" }],
  });
  expect(await nodeGroups.nodeGroupState(name)).toEqual({ kind: "ready" });
  await nodeGroups.deleteNodeGroup(name);
});

test("the zones of the subnets and their spot prices are read", async () => {
  const { instanceTypes, nodes } = awsConfiguration;
  const { subnets, spot, unanswered } = await zones.zoneFacts({ market: "aws-spot", instanceTypes, nodes });
  expect(subnets.map(({ id }) => id)).toEqual(subnetIds);
  expect(new Set(subnets.map(({ zone }) => zone)).size).toBe(subnetIds.length);
  for (const { zone, zoneId } of subnets)
    expect([zone, zoneId]).toEqual([expect.stringMatching(/^us-east-1[a-z]$/), expect.stringMatching(/^use1-az\d$/)]);
  expect(spot.prices?.length).toBeGreaterThan(0);
  for (const { AvailabilityZone, InstanceType, SpotPrice } of spot.prices ?? []) {
    expect(subnets.map(({ zone }) => zone)).toContain(AvailabilityZone);
    expect(instanceTypes).toContain(InstanceType);
    expect(Number(SpotPrice)).toBeGreaterThan(0);
  }
  // moto has no placement scores.
  expect(unanswered).toEqual([expect.stringMatching(/^GetSpotPlacementScores: /)]);
});

test("a job run is started, found by its tags, and cancelled", async () => {
  const analysis = { trees: 10, mtryFraction: 0.1, batchSize: 10, seed: 13 };
  const engineArguments = importanceArguments({
    inputs: [{ kind: "vcf", uri: "s3://inbox/cohort/a.vcf" }],
    labelsUri: "s3://runs/labels.csv",
    labelColumn: "label",
    outputUri: "s3://runs/importance.csv",
    analysis,
    batchSize: 10,
    variantsReported: 0,
  });
  const job = sparkJob(engineArguments, awsConfiguration, {
    jarUri: "s3://assets/engine/variantspark.jar",
    driverPodTemplateUri: "s3://runs/driver-pod.yaml",
    executorPodTemplateUri: "s3://runs/executor-pod.yaml",
    eventLogUri: "s3://runs/event-log/",
  });
  const id = await jobRuns.startJobRun(owner.runId, "token", job);
  expect(await jobRuns.jobRunState(id)).toMatchObject({ kind: "running" });
  expect(await jobRuns.listLiveJobRuns()).toEqual([
    { kind: "job-run", id, owner, createdAt: expect.stringMatching(/^20/), state: "live" },
  ]);
  await jobRuns.cancelJobRun(id);
  await jobRuns.cancelJobRun(id);
  expect(await jobRuns.jobRunState(id)).toEqual({ kind: "cancelled" });
  expect(await jobRuns.listLiveJobRuns()).toEqual([]);
});

async function defaultSubnets(endpoint: string): Promise<string[]> {
  const { Subnets = [] } = await new EC2Client({ endpoint, region, credentials }).send(new DescribeSubnetsCommand({}));
  return Subnets.flatMap(({ SubnetId }) => SubnetId ?? []);
}

async function seeded(endpoint: string): Promise<string> {
  const account = { endpoint, region, credentials };
  const roleArn = "arn:aws:iam::123456789012:role/cluster";
  const resourcesVpcConfig = { subnetIds };
  await new EKSClient(account).send(new CreateClusterCommand({ name: "peer", roleArn, resourcesVpcConfig }));
  const { id } = await new EMRContainersClient(account).send(
    new CreateVirtualClusterCommand({
      name: "peer",
      containerProvider: { type: "EKS", id: "peer", info: { eksInfo: { namespace: "variantspark" } } },
    }),
  );
  if (id === undefined) throw new Error("CreateVirtualCluster answered without an id");
  return id;
}
