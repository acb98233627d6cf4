/** An empty account becomes one on which the pipeline runs, and empty again, as far as MiniStack emulates CloudFormation. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  paginateDescribeStacks,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
} from "@aws-sdk/client-eks";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, paginateListAliases } from "@aws-sdk/client-kms";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListStateMachinesCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account } from "../../local/account/account.ts";
import { base36 } from "../../local/account/base36.ts";
import { deployAccount, type PipelineOutputs } from "../../local/account/deployAccount.ts";
import { removeAccount } from "../../local/account/removeAccount.ts";
import { Stacks } from "../../local/account/stack.ts";
import { type DeployOptions, deploySteps, removeSteps } from "../../local/account/steps.ts";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";
import { clusterTemplate } from "../unit/stack/clusterTemplate.ts";
import { unknownTypes, withoutTypes } from "./emulatedTemplate.ts";

const project = join(import.meta.dirname, "../..");
const stage = "prod";
let folder: string;
let aws: MiniStack;
let account: Account;
let options: DeployOptions;
let before: Awaited<ReturnType<typeof inventory>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "account-"));
  const engine = await ensureEngine(join(project, ".local"), () => {});
  aws = await startMiniStack({ engine, stateDir: folder });
  account = { region: aws.region, endpoint: aws.endpoint, credentials: aws.credentials };
  const jar = join(folder, "variantspark.jar");
  await writeFile(jar, "the engine");
  // A custom resource's function would look for a Kubernetes API.
  const emulated = withoutTypes(clusterTemplate, [
    ...(await unknownTypes(account, clusterTemplate)),
    "Custom::Namespace",
  ]);
  options = {
    stage,
    clusterTemplate: JSON.stringify(emulated),
    // MiniStack's third zone is one in which EKS places no control plane.
    clusterParameters: { Email: "lab@example.org", ZoneC: "us-east-1c" },
    pipelineParams: { "require-tls": "false", "task-response-resource": "*", prices: "table" },
    makeJar: async () => jar,
  };
  before = await inventory();
});
afterAll(async () => {
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("what MiniStack does not know is this much, and is held against the schemas of CloudFormation instead", async () => {
  expect(await unknownTypes(account, clusterTemplate)).toEqual([
    "AWS::Budgets::Budget",
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EKS::AccessEntry",
    "AWS::EKS::Addon",
    "AWS::EMRContainers::VirtualCluster",
    "AWS::IAM::OIDCProvider",
  ]);
});

describe("an attempt that failed", () => {
  test("names the resource, the reason and what to do, and the next attempt goes on from there", async () => {
    const eks = new EKSClient(account);
    const name = "variantspark-cluster";
    const iam = new IAMClient(account);
    const RoleName = "somebody";
    const AssumeRolePolicyDocument = JSON.stringify({ Statement: [] });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await eks.send(new CreateClusterCommand({ name, roleArn: Role?.Arn, resourcesVpcConfig: {} }));
    const { deployCluster } = deploySteps(account, options);
    await expect(deployCluster(() => {})).rejects.toThrow(
      /variantspark-cluster ended as ROLLBACK_COMPLETE\.\nCluster \(AWS::EKS::Cluster\): .*already exists.*\n {2}→ .*Delete or rename it/,
    );
    await eks.send(new DeleteClusterCommand({ name }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    const told: string[] = [];
    expect(await deployCluster((line) => told.push(line))).toBe("created");
    expect(told[0]).toContain("of an attempt that failed");
  });

  test("may have left buckets beside a stack, which takes them over", async () => {
    const name = "variantspark-pipeline-half";
    const BucketName = "variantspark-pipeline-half-runs-000000000000";
    const stacks = new Stacks(account);
    const Resources = { RunsTopic: { Type: "AWS::SNS::Topic" } };
    await stacks.deploy({ name, templateBody: JSON.stringify({ Resources }) }, () => {});
    await new S3Client({ ...account, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BucketName }));
    const { adoptKept } = deploySteps(account, { ...options, stage: "half" });
    expect(await adoptKept(() => {})).toEqual([BucketName]);
    expect(Object.keys(JSON.parse(await stacks.template(name)).Resources)).toEqual(["RunsTopic", "RunsBucket"]);
    expect(await adoptKept(() => {})).toEqual([]);

    await removeAccount(removeSteps(account, "half"), true, () => {});
    expect(await inventory()).toEqual(before);
  });
});

describe("one command", () => {
  let outputs: PipelineOutputs;
  let stacks: Awaited<ReturnType<typeof allStacks>>;
  let dataKey: Awaited<ReturnType<typeof stackResource>>;

  test("deploys all, and tells each resource as it comes", async () => {
    const told: string[] = [];
    outputs = await deployAccount(deploySteps(account, options), (line) => told.push(line));
    stacks = await allStacks();
    expect(stacks.map(({ name, status }) => [name, status])).toEqual([
      ["variantspark-cluster", "CREATE_COMPLETE"],
      ["variantspark-pipeline-prod", expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/)],
    ]);
    expect(told).toContain("Vpc  AWS::EC2::VPC  CREATE_COMPLETE");
    expect(told).toContain("The cluster's stack: created");
    expect(told.join("\n")).toMatch(/_COMPLETE - AWS::StepFunctions::StateMachine - Pipeline/);
  });

  test("puts the cluster into three private subnets in three zones, with a way to AWS's services and none to the internet", async () => {
    const ec2 = new EC2Client(account);
    const { Vpcs = [] } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: "cidr", Values: ["10.64.0.0/16"] }] }),
    );
    const ofVpc = [{ Name: "vpc-id", Values: [Vpcs[0]?.VpcId ?? ""] }];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: ofVpc }));
    expect(Subnets.map(({ AvailabilityZone, CidrBlock }) => [AvailabilityZone, CidrBlock]).sort()).toEqual([
      ["us-east-1a", "10.64.0.0/18"],
      ["us-east-1b", "10.64.64.0/18"],
      ["us-east-1c", "10.64.128.0/18"],
    ]);
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters: ofVpc }));
    expect(
      VpcEndpoints.map(({ ServiceName = "" }) => ServiceName.replace("com.amazonaws.us-east-1.", "")).sort(),
    ).toEqual(["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "s3", "sts"]);
    expect((await parameters())["subnet-ids"]?.split(",").sort()).toEqual(
      Subnets.map(({ SubnetId }) => SubnetId).sort(),
    );
  });

  test("gives the cluster nodes for drivers, by the label that their pods ask for", async () => {
    const { "cluster-name": clusterName, "node-role-arn": nodeRole } = await parameters();
    const { PhysicalResourceId: nodegroupName } = await stackResource("variantspark-cluster", "SystemNodeGroup");
    const { nodegroup } = await new EKSClient(account).send(
      new DescribeNodegroupCommand({ clusterName, nodegroupName }),
    );
    expect(nodegroup).toMatchObject({
      nodeRole,
      labels: { "variantspark-pipeline/role": "system" },
      instanceTypes: ["r6a.xlarge"],
      scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 1 },
    });
  });

  test("lets EMR's service accounts of the job role, and no others, take the job role", async () => {
    const iam = new IAMClient(account);
    const RoleName = "variantspark-job-us-east-1";
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect((await parameters())["job-role-arn"]).toBe(Role?.Arn);
    const [statement] = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).Statement;
    const [subject] = Object.keys(statement.Condition.StringLike);
    expect(subject).toMatch(/^[\w.:/-]+\/id\/\w+:sub$/);
    expect(statement.Condition.StringLike[subject ?? ""]).toBe(
      `system:serviceaccount:variantspark:emr-containers-sa-*-*-000000000000-${base36(RoleName)}`,
    );
    const policy = await iam.send(
      new GetRolePolicyCommand({ RoleName, PolicyName: "variantspark-pipeline-prod-jobs" }),
    );
    const allowed = JSON.parse(decodeURIComponent(policy.PolicyDocument ?? "")).Statement as {
      Action: string | string[];
      Resource: string | string[];
    }[];
    const written = allowed.filter(({ Action }) => [Action].flat().some((action) => /s3:(Put|Delete)/.test(action)));
    expect(written.flatMap(({ Resource }) => Resource)).toEqual([
      "arn:aws:s3:::variantspark-pipeline-prod-runs-000000000000/runs/*",
    ]);
  });

  test("uploads the engine to where jobs find it", async () => {
    const s3 = new S3Client({ ...account, forcePathStyle: true });
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: outputs.AssetsBucketName, Key: "engine/variantspark.jar" }),
    );
    expect(await Body?.transformToString()).toBe("the engine");
  });

  test("changes nothing when it is repeated", async () => {
    const told: string[] = [];
    await deployAccount(deploySteps(account, { ...options, clusterParameters: {} }), (line) => told.push(line));
    expect(told).toContain("The cluster's stack: unchanged");
    expect(told).toContain("VariantSpark is uploaded already");
    expect(told.filter((line) => /_(IN_PROGRESS|COMPLETE|FAILED)\b/.test(line))).toEqual([]);
    expect(await allStacks()).toEqual(stacks);
  });

  test("names the parameter that the cluster does not have", async () => {
    const steps = deploySteps(account, { ...options, clusterParameters: { Emial: "lab@example.org" } });
    await expect(deployAccount(steps, () => {})).rejects.toThrow("The cluster has no parameter Emial");
  });

  test("removes nothing while a run is live", async () => {
    const { PhysicalResourceId: stateMachineArn } = await stackResource("variantspark-pipeline-prod", "Pipeline");
    const sfn = new SFNClient(account);
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: "cohort-0123456789ab", input: "{}" }),
    );
    try {
      await expect(removeAccount(removeSteps(account, stage), false, () => {})).rejects.toThrow("cohort-0123456789ab");
      expect(await allStacks()).toEqual(stacks);
    } finally {
      await sfn.send(new StopExecutionCommand({ executionArn }));
    }
  });

  test("removes all but the buckets and their key, with the nodes that a run has left", async () => {
    dataKey = await stackResource("variantspark-pipeline-prod", "DataKey");
    const { "cluster-name": clusterName, "node-role-arn": nodeRole, "subnet-ids": subnets } = await parameters();
    await new EKSClient(account).send(
      new CreateNodegroupCommand({ clusterName, nodegroupName: "vs-lost", nodeRole, subnets: subnets?.split(",") }),
    );
    const s3 = new S3Client({ ...account, forcePathStyle: true });
    const study = { Bucket: outputs.InboxBucketName, Key: "cohort/chr22.vcf" };
    await s3.send(new PutObjectCommand({ ...study, Body: "##fileformat" }));
    await s3.send(new PutObjectCommand({ ...study, Body: "##fileformat=VCFv4.2" }));

    const told: string[] = [];
    await removeAccount(removeSteps(account, stage), false, (line) => told.push(line));
    const kept = ["access-logs", "assets", "inbox", "runs"].map(
      (use) => `variantspark-pipeline-prod-${use}-000000000000`,
    );
    const aliases = { ...before.aliases, "alias/variantspark-pipeline-prod": dataKey.PhysicalResourceId };
    expect(await inventory()).toEqual({ ...before, buckets: kept, aliases, roles: withServiceLinkedRoles() });
    expect(await keyState(dataKey.PhysicalResourceId)).toBe("Enabled");
    expect(told).toContain("Deleting vs-lost, nodes of a run");
    for (const bucket of kept) expect(told.at(-1)).toContain(bucket);
    expect(told.at(-1)).toContain("--delete-data");
  });

  test("deploys again onto the buckets and the key that were left", async () => {
    const told: string[] = [];
    const again = await deployAccount(deploySteps(account, options), (line) => told.push(line));
    expect(again.InboxBucketName).toBe(outputs.InboxBucketName);
    const s3 = new S3Client({ ...account, forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: again.InboxBucketName, Key: "cohort/chr22.vcf" }));
    expect(await Body?.transformToString()).toBe("##fileformat=VCFv4.2");
    expect((await allStacks()).map(({ name }) => name)).toEqual(stacks.map(({ name }) => name));
    expect(told).toContain("alias/variantspark-pipeline-prod is there already and is taken over");
    expect(await stackResource("variantspark-pipeline-prod", "DataKey")).toEqual(dataKey);
  });

  test("leaves nothing when the data is to go too, and may be repeated", async () => {
    await removeAccount(removeSteps(account, stage), true, () => {});
    expect(await inventory()).toEqual({ ...before, roles: withServiceLinkedRoles() });
    expect(await keyState(dataKey.PhysicalResourceId)).toBe("PendingDeletion");
    await removeAccount(removeSteps(account, stage), true, () => {});
  });
});

async function allStacks() {
  const client = new CloudFormationClient(account);
  const found = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    for (const { StackName: name, StackStatus: status, LastUpdatedTime } of Stacks) {
      const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: name }));
      const resources = StackResources.map(({ LogicalResourceId, PhysicalResourceId, Timestamp }) =>
        [LogicalResourceId, PhysicalResourceId, Timestamp?.toISOString()].join(" "),
      );
      found.push({ name, status, LastUpdatedTime, resources: resources.sort() });
    }
  return found.toSorted((a, b) => String(a.name).localeCompare(String(b.name)));
}

async function stackResource(StackName: string, LogicalResourceId: string) {
  const client = new CloudFormationClient(account);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName, LogicalResourceId }));
  const id = StackResources?.[0]?.PhysicalResourceId;
  if (id === undefined) throw new Error(`${StackName} has no ${LogicalResourceId}`);
  return { PhysicalResourceId: id };
}

/** By the last part of their names. */
async function parameters(): Promise<Record<string, string>> {
  const { Parameters = [] } = await new SSMClient(account).send(
    new GetParametersByPathCommand({ Path: "/variantspark-pipeline/" }),
  );
  return Object.fromEntries(Parameters.map(({ Name = "", Value = "" }) => [Name.split("/").at(-1) ?? "", Value]));
}

async function keyState(KeyId: string) {
  return (await new KMSClient(account).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
}

/** Ids of keys by alias; of AWS's own there is none in an empty account. */
async function keyAliases(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { Aliases = [] } of paginateListAliases({ client: new KMSClient(account) }, {}))
    for (const { AliasName = "", TargetKeyId = "" } of Aliases) found[AliasName] = TargetKeyId;
  return found;
}

/** What is in the account. */
async function inventory() {
  const { logGroups = [] } = await new CloudWatchLogsClient(account).send(new DescribeLogGroupsCommand({}));
  const { Functions = [] } = await new LambdaClient(account).send(new ListFunctionsCommand({}));
  const { QueueUrls = [] } = await new SQSClient(account).send(new ListQueuesCommand({}));
  const { Topics = [] } = await new SNSClient(account).send(new ListTopicsCommand({}));
  const { MetricAlarms = [] } = await new CloudWatchClient(account).send(new DescribeAlarmsCommand({}));
  const { stateMachines = [] } = await new SFNClient(account).send(new ListStateMachinesCommand({}));
  const { Buckets = [] } = await new S3Client({ ...account, forcePathStyle: true }).send(new ListBucketsCommand({}));
  const { Roles = [] } = await new IAMClient(account).send(new ListRolesCommand({}));
  const { Vpcs = [] } = await new EC2Client(account).send(new DescribeVpcsCommand({}));
  const { clusters = [] } = await new EKSClient(account).send(new ListClustersCommand({}));
  return {
    stacks: (await allStacks()).map(({ name }) => name),
    buckets: Buckets.map(({ Name }) => Name).sort(),
    roles: Roles.map(({ RoleName = "" }) => RoleName).sort(),
    vpcs: Vpcs.map(({ VpcId }) => VpcId),
    clusters,
    // A function that runs while its stack goes makes its log group anew on MiniStack, without the right that it would need on AWS.
    logGroups: logGroups.flatMap(({ logGroupName = "" }) =>
      /^\/aws\/lambda\//.test(logGroupName) ? [] : logGroupName,
    ),
    functions: Functions.map(({ FunctionName }) => FunctionName),
    queues: QueueUrls,
    topics: Topics.map(({ TopicArn }) => TopicArn),
    alarms: MetricAlarms.map(({ AlarmName }) => AlarmName),
    stateMachines: stateMachines.map(({ name }) => name),
    aliases: await keyAliases(),
    parameters: await parameters(),
  };
}

/** They are the account's, and other things than the pipeline use them. */
function withServiceLinkedRoles(): string[] {
  return [...before.roles, "AWSServiceRoleForEmr-containers", "AWSServiceRoleForSpot"].sort();
}
