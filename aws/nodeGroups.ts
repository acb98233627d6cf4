/** The run's own node group on EKS: made by Provision, given back by Release, owned by nothing else. */
import {
  CreateNodegroupCommand,
  type CreateNodegroupCommandInput,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  EKSClient,
  type Nodegroup,
  paginateListNodegroups,
} from "@aws-sdk/client-eks";
import { labelValue, nodeGroupPrefix, ownerOf, tagsOf } from "../core/run/names.ts";
import type { PaidResource } from "../core/run/orphans.ts";
import type { Market } from "../core/sizing/estimate.ts";
import type { Architecture } from "../core/sizing/sizingData.ts";
import { runLabel } from "../core/variantspark/podTemplates.ts";
import { environment } from "./environment.ts";
import { runsBucket } from "./runsStore.ts";

const eks = new EKSClient({});

export interface NodeGroupRequest {
  readonly runId: string;
  readonly name: string;
  readonly nodes: number;
  /** Of rented nodes all in one availability zone. */
  readonly subnets: readonly string[];
  /** undefined = the own cluster lends them. */
  readonly rented: RentedNodes | undefined;
}

export interface RentedNodes {
  readonly market: Market;
  readonly architecture: Architecture;
  readonly instanceTypes: readonly string[];
}

export type NodeGroupState =
  | { readonly kind: "absent" }
  | { readonly kind: "pending" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string }
  /** It can be neither used nor deleted. */
  | { readonly kind: "stuck"; readonly reason: string };

/** Makes the node group; one that is there already under that name is the answer of an earlier attempt. */
export async function createNodeGroup({ runId, name, nodes, subnets, rented }: NodeGroupRequest): Promise<void> {
  try {
    await eks.send(
      new CreateNodegroupCommand({
        clusterName: environment("CLUSTER_NAME"),
        nodegroupName: name,
        clientRequestToken: name,
        nodeRole: environment("NODE_ROLE_ARN"),
        subnets: [...subnets],
        scalingConfig: { minSize: nodes, maxSize: nodes, desiredSize: nodes },
        ...(rented ? rentedAs(rented) : lent),
        labels: { [runLabel]: labelValue(runId) },
        taints: [{ key: runLabel, value: labelValue(runId), effect: "NO_SCHEDULE" }],
        tags: tagsOf({ pipeline: runsBucket(), runId }),
      }),
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === "ResourceInUseException")) throw error;
  }
}

function rentedAs({ market, architecture, instanceTypes }: RentedNodes): Partial<CreateNodegroupCommandInput> {
  return {
    capacityType: market === "aws-spot" ? "SPOT" : "ON_DEMAND",
    amiType: architecture === "arm64" ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD",
    instanceTypes: [...instanceTypes],
    diskSize: 50,
  };
}

/** AWS makes no node of it: it refuses the image type CUSTOM without a launch template that names the image. */
const lent: Partial<CreateNodegroupCommandInput> = { amiType: "CUSTOM" };

export async function nodeGroupState(name: string): Promise<NodeGroupState> {
  const nodegroup = await described(name);
  if (nodegroup === undefined) return { kind: "absent" };
  switch (nodegroup.status) {
    case "ACTIVE":
      return { kind: "ready" };
    case "CREATE_FAILED":
    case "DEGRADED":
      return { kind: "failed", reason: reasonOf(nodegroup) };
    case "DELETE_FAILED":
      return { kind: "stuck", reason: reasonOf(nodegroup) };
    default:
      return { kind: "pending" };
  }
}

/** All node groups with the pipeline's names; one request per 100 groups of the cluster, and one per group. */
export async function listNodeGroups(): Promise<PaidResource[]> {
  const clusterName = environment("CLUSTER_NAME");
  const groups: PaidResource[] = [];
  for await (const { nodegroups = [] } of paginateListNodegroups({ client: eks }, { clusterName, maxResults: 100 }))
    for (const name of nodegroups.filter((one) => one.startsWith(nodeGroupPrefix)))
      groups.push(...(await paidNodeGroup(name)));
  return groups;
}

/** None when it went between the list and the look. */
async function paidNodeGroup(name: string): Promise<PaidResource[]> {
  const group = await described(name);
  if (group === undefined) return [];
  return [
    {
      kind: "node-group",
      id: name,
      owner: ownerOf(group.tags),
      createdAt: (group.createdAt ?? new Date(0)).toISOString(),
      ...lifeOf(group),
    },
  ];
}

function lifeOf(group: Nodegroup): Pick<PaidResource, "state" | "reason"> {
  if (group.status === "DELETE_FAILED") return { state: "stuck", reason: reasonOf(group) };
  return { state: group.status === "DELETING" ? "ending" : "live" };
}

/** undefined when there is none of that name. */
async function described(name: string): Promise<Nodegroup | undefined> {
  const command = new DescribeNodegroupCommand({ clusterName: environment("CLUSTER_NAME"), nodegroupName: name });
  try {
    return (await eks.send(command)).nodegroup;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

function reasonOf({ health, status }: Nodegroup): string {
  return health?.issues?.map(({ message }) => message).join("; ") || status || "unknown";
}

/** Asks for the node group's end; nothing happens when it is gone or going. */
export async function deleteNodeGroup(name: string): Promise<void> {
  try {
    await eks.send(new DeleteNodegroupCommand({ clusterName: environment("CLUSTER_NAME"), nodegroupName: name }));
  } catch (error) {
    const harmless = ["ResourceNotFoundException", "ResourceInUseException"];
    if (!(error instanceof Error && harmless.includes(error.name))) throw error;
  }
}
