/** How many nodes of the EKS cluster an executor pod could run on, asked of the EKS API as the pod's scheduler would. */
import { DescribeNodegroupCommand, type EKSClient, type Nodegroup, paginateListNodegroups } from "@aws-sdk/client-eks";

/** Labels that a node must all have. */
export type NodeSelector = Readonly<Record<string, string>>;

/** Sum of desiredSize over the ACTIVE node groups whose labels hold the selector; 0 while there is none. */
export async function fittingNodes(eks: EKSClient, clusterName: string, selector: NodeSelector): Promise<number> {
  let nodes = 0;
  for await (const { nodegroups = [] } of paginateListNodegroups({ client: eks }, { clusterName })) {
    for (const nodegroupName of nodegroups) {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
      if (nodegroup?.status === "ACTIVE" && fits(nodegroup, selector))
        nodes += nodegroup.scalingConfig?.desiredSize ?? 0;
    }
  }
  return nodes;
}

/** EKS adds two labels of its own to the nodes of a managed group. */
export function fits({ labels, nodegroupName, capacityType }: Nodegroup, selector: NodeSelector): boolean {
  const all: Record<string, string | undefined> = {
    ...labels,
    "eks.amazonaws.com/nodegroup": nodegroupName,
    "eks.amazonaws.com/capacityType": capacityType ?? "ON_DEMAND",
  };
  return Object.entries(selector).every(([label, value]) => all[label] === value);
}
