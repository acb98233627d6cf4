/**
 * Stands before the local cloud's EKS, whose node groups are ACTIVE at once and never fail: requests go through
 * as they are, unless a fault refuses them or loses their answer, and a node group for which a fault says that it is slow to come or that AWS has no
 * capacity is shown as AWS shows one.
 */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Nodegroup } from "@aws-sdk/client-eks";
import type { FaultBox, FaultyOperation } from "./faults.ts";

export interface EksFront {
  readonly awsEndpoint: string;
  readonly faults: FaultBox;
  /** Told what EKS has done. */
  readonly nodeGroups?: NodeGroupsHook | undefined;
}

interface NodeGroupsHook {
  created(group: Nodegroup): Promise<void>;
  deleted(groupName: string): Promise<void>;
}

export function isForEks(path: string): boolean {
  return path === "/clusters" || path.startsWith("/clusters/");
}

/** @param path with its query */
export async function passToEks(
  { method = "GET", headers }: IncomingMessage,
  path: string,
  body: string,
  response: ServerResponse,
  { awsEndpoint, faults, nodeGroups }: EksFront,
): Promise<void> {
  const operation = operationOf(method, path);
  if (operation) faults.throttle(operation);
  // The signature is verified, so what was signed goes on as it is, the Host header too.
  const passed = httpRequest(new URL(path, awsEndpoint), { method, headers });
  passed.end(body);
  const [answer]: IncomingMessage[] = await once(passed, "response");
  if (answer === undefined) throw new Error("EKS gave no answer.");
  const said = await text(answer);
  const status = answer.statusCode ?? 500;
  if (operation === "CreateNodegroup" && status === 200) await nodeGroups?.created(JSON.parse(said).nodegroup);
  if (operation === "DeleteNodegroup" && status === 200)
    await nodeGroups?.deleted(JSON.parse(said).nodegroup.nodegroupName);
  if (operation && faults.losesAnswer(operation)) {
    response.destroy();
    return;
  }
  const isNodeGroup = operation === "DescribeNodegroup" && status === 200;
  const errorType = answer.headers["x-amzn-errortype"];
  response.writeHead(status, {
    "content-type": "application/json",
    ...(errorType && { "x-amzn-errortype": errorType }),
  });
  response.end(isNodeGroup ? JSON.stringify(asAwsWouldShow(JSON.parse(said), faults)) : said);
}

const operations: readonly (readonly [FaultyOperation, string, RegExp])[] = [
  ["CreateNodegroup", "POST", /^\/clusters\/[^/]+\/node-groups$/],
  ["DescribeNodegroup", "GET", /^\/clusters\/[^/]+\/node-groups\/[^/]+$/],
  ["DeleteNodegroup", "DELETE", /^\/clusters\/[^/]+\/node-groups\/[^/]+$/],
];

function operationOf(method: string, path: string): FaultyOperation | undefined {
  const [withoutQuery = ""] = path.split("?");
  return operations.find(([, verb, pattern]) => verb === method && pattern.test(withoutQuery))?.[0];
}

interface NodegroupAnswer {
  /** Its time is in seconds since 1970. */
  readonly nodegroup: Omit<Nodegroup, "createdAt"> & { readonly createdAt?: number };
}

function asAwsWouldShow(answer: NodegroupAnswer, faults: FaultBox): NodegroupAnswer {
  const { nodegroup } = answer;
  if (nodegroup.status !== "ACTIVE") return answer;
  if (faults.isPending(Date.now() / 1000 - (nodegroup.createdAt ?? 0)))
    return { nodegroup: { ...nodegroup, status: "CREATING" } };
  const types = nodegroup.instanceTypes ?? [];
  if (faults.hasCapacity(types)) return answer;
  const message = `Could not launch instances. InsufficientInstanceCapacity - We currently do not have sufficient ${types.join(", ")} capacity in the Availability Zone you requested.`;
  const issue = { code: "AsgInstanceLaunchFailures" as const, message, resourceIds: [] };
  return { nodegroup: { ...nodegroup, status: "CREATE_FAILED", health: { issues: [issue] } } };
}
