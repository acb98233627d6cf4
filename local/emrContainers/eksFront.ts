/**
 * Stands before the local cloud's EKS, whose node groups are ACTIVE at once and never fail: requests go through
 * as they are, and a node group for which a fault says that AWS has no capacity is shown as AWS shows one.
 */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Nodegroup } from "@aws-sdk/client-eks";
import type { FaultBox } from "./faults.ts";

export interface EksFront {
  readonly awsEndpoint: string;
  readonly faults: FaultBox;
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
  { awsEndpoint, faults }: EksFront,
): Promise<void> {
  // The signature is verified, so what was signed goes on as it is, the Host header too.
  const passed = httpRequest(new URL(path, awsEndpoint), { method, headers });
  passed.end(body);
  const [answer]: IncomingMessage[] = await once(passed, "response");
  if (answer === undefined) throw new Error("EKS gave no answer.");
  const said = await text(answer);
  const status = answer.statusCode ?? 500;
  const isNodeGroup = method === "GET" && status === 200 && /^\/clusters\/[^/]+\/node-groups\/[^/?]+$/.test(path);
  const errorType = answer.headers["x-amzn-errortype"];
  response.writeHead(status, {
    "content-type": "application/json",
    ...(errorType && { "x-amzn-errortype": errorType }),
  });
  response.end(isNodeGroup ? JSON.stringify(asAwsWouldShow(JSON.parse(said), faults)) : said);
}

function asAwsWouldShow(answer: { nodegroup: Nodegroup }, faults: FaultBox): { nodegroup: Nodegroup } {
  const { nodegroup } = answer;
  const types = nodegroup.instanceTypes ?? [];
  if (nodegroup.status !== "ACTIVE" || faults.hasCapacity(types)) return answer;
  const message = `Could not launch instances. InsufficientInstanceCapacity - We currently do not have sufficient ${types.join(", ")} capacity in the Availability Zone you requested.`;
  const issue = { code: "AsgInstanceLaunchFailures" as const, message, resourceIds: [] };
  return { nodegroup: { ...nodegroup, status: "CREATE_FAILED", health: { issues: [issue] } } };
}
