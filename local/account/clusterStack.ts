/** The cluster's stack: infra/cluster/cluster.yaml, and what only a look at the account and a computation can tell it. */
import { DescribeAvailabilityZonesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DeleteNodegroupCommand,
  EKSClient,
  paginateListNodegroups,
  waitUntilNodegroupDeleted,
} from "@aws-sdk/client-eks";
import { parse } from "yaml";
import { nodeGroupPrefix } from "../../core/run/names.ts";
import type { Account } from "./account.ts";
import { base36 } from "./base36.ts";
import { chooseZones } from "./chooseZones.ts";
import type { StackOutcome, Stacks, Told } from "./stack.ts";

/** Also the name of the EKS cluster. */
export const clusterStackName = "variantspark-cluster";
const longestDeletionSeconds = 1800;

/** @param parameters of the template; those that are not given stay as they are */
export async function deployCluster(
  account: Account,
  stacks: Stacks,
  templateBody: string,
  parameters: Readonly<Record<string, string>>,
  tell: Told,
): Promise<StackOutcome> {
  const parameterNames = parametersOf(templateBody);
  for (const name of Object.keys(parameters))
    if (!parameterNames.includes(name))
      throw new Error(`The cluster has no parameter ${name}. It has ${parameterNames.join(", ")}.`);
  const existing = await stacks.ready(clusterStackName, tell);
  const isPlaced = existing?.Parameters?.some(({ ParameterKey }) => ParameterKey === "ZoneA") ?? false;
  return await stacks.deploy(
    {
      name: clusterStackName,
      templateBody,
      parameterNames,
      // Subnets that are there stay in their zones, whatever zones the region has got since.
      parameters: {
        ...(!isPlaced && (await zoneParameters(account))),
        ...jobRoleParameters(account.region),
        ...parameters,
      },
    },
    tell,
  );
}

/** Roles are global, clusters are not. The trust policy of the role names it in EMR's way of writing. */
export function jobRoleParameters(region: string): { JobRoleName: string; JobRoleNameBase36: string } {
  const JobRoleName = `variantspark-job-${region}`;
  return { JobRoleName, JobRoleNameBase36: base36(JobRoleName) };
}

/** Node groups that runs have left are not the stack's, and keep the cluster from being deleted. */
export async function removeRunNodes(account: Account, tell: Told): Promise<void> {
  const client = new EKSClient(account);
  const left: string[] = [];
  try {
    for await (const { nodegroups = [] } of paginateListNodegroups({ client }, { clusterName: clusterStackName }))
      left.push(...nodegroups.filter((name) => name.startsWith(nodeGroupPrefix)));
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return;
    throw error;
  }
  for (const nodegroupName of left) {
    tell(`Deleting ${nodegroupName}, nodes of a run`);
    await client.send(new DeleteNodegroupCommand({ clusterName: clusterStackName, nodegroupName }));
  }
  for (const nodegroupName of left)
    await waitUntilNodegroupDeleted(
      { client, maxWaitTime: longestDeletionSeconds },
      { clusterName: clusterStackName, nodegroupName },
    );
}

function parametersOf(templateBody: string): string[] {
  // CloudFormation's own tags stand elsewhere in the template.
  const { Parameters } = parse(templateBody, { logLevel: "silent" }) as { Parameters: Record<string, unknown> };
  return Object.keys(Parameters);
}

async function zoneParameters(account: Account): Promise<Record<string, string>> {
  const { AvailabilityZones = [] } = await new EC2Client(account).send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: "zone-type", Values: ["availability-zone"] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  const [ZoneA = "", ZoneB = "", ZoneC = ""] = chooseZones(
    AvailabilityZones.map(({ ZoneName = "", ZoneId = "" }) => ({ name: ZoneName, id: ZoneId })),
  );
  return { ZoneA, ZoneB, ZoneC };
}
