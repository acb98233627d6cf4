/**
 * What an AWS account has before the pipeline comes: a cluster with its virtual cluster, roles, subnets, the parameters
 * that name them; and after it: the engine's jar and a researcher.
 */
import { readFile } from "node:fs/promises";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateVirtualClusterCommand, EMRContainersClient } from "@aws-sdk/client-emr-containers";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Credentials } from "./ministack.ts";

export interface Account {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

const clusterName = "local";

export async function seedAccount(account: Account, emrContainersEndpoint: string): Promise<void> {
  const nodeRoleArn = await createRole(account, "variantspark-nodes", "ec2.amazonaws.com");
  const jobRoleArn = await createRole(account, "variantspark-jobs", "eks.amazonaws.com");
  const subnetIds = await defaultSubnets(account);
  await new EKSClient(account).send(
    new CreateClusterCommand({
      name: clusterName,
      roleArn: nodeRoleArn,
      resourcesVpcConfig: { subnetIds },
    }),
  );
  const emr = new EMRContainersClient({ ...account, endpoint: emrContainersEndpoint });
  const { id: virtualClusterId } = await emr.send(
    new CreateVirtualClusterCommand({
      name: "variantspark",
      containerProvider: { type: "EKS", id: clusterName, info: { eksInfo: { namespace: "variantspark" } } },
    }),
  );
  if (virtualClusterId === undefined) throw new Error("CreateVirtualCluster answered without an id");
  await putParameters(account, {
    "cluster-name": clusterName,
    "virtual-cluster-id": virtualClusterId,
    "node-role-arn": nodeRoleArn,
    "job-role-arn": jobRoleArn,
    "subnet-ids": subnetIds.join(),
  });
}

/** The jar that Launch names as the job's entry point. */
export async function uploadEngine(account: Account, assetsBucket: string, jarFile: string): Promise<void> {
  const s3 = new S3Client({ ...account, forcePathStyle: true });
  await s3.send(
    new PutObjectCommand({ Bucket: assetsBucket, Key: "engine/variantspark.jar", Body: await readFile(jarFile) }),
  );
}

/** A person with the stack's researcher policy and nothing else. */
export async function seedResearcher(account: Account, policyArn: string): Promise<Credentials> {
  const iam = new IAMClient(account);
  await iam.send(new CreateUserCommand({ UserName: "researcher" }));
  await iam.send(new AttachUserPolicyCommand({ UserName: "researcher", PolicyArn: policyArn }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "researcher" }));
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey) throw new Error("CreateAccessKey answered without a key");
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

/** One in each zone, as every account has them. */
async function defaultSubnets(account: Account): Promise<string[]> {
  const { Subnets = [] } = await new EC2Client(account).send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
  );
  const inOrder = Subnets.toSorted((a, b) => (a.AvailabilityZone ?? "").localeCompare(b.AvailabilityZone ?? ""));
  return inOrder.flatMap(({ SubnetId }) => SubnetId ?? []);
}

async function createRole(account: Account, name: string, service: string): Promise<string> {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const { Role } = await new IAMClient(account).send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    }),
  );
  if (!Role?.Arn) throw new Error(`CreateRole answered without an ARN for ${name}`);
  return Role.Arn;
}

async function putParameters(account: Account, values: Readonly<Record<string, string>>): Promise<void> {
  const ssm = new SSMClient(account);
  for (const [name, value] of Object.entries(values))
    await ssm.send(new PutParameterCommand({ Name: `/variantspark-pipeline/${name}`, Value: value, Type: "String" }));
}
