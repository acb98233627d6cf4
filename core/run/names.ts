/** Names that AWS and Kubernetes will take, made from a run's id. */
import { createHash } from "node:crypto";

/**
 * The id itself when it is short enough, else its beginning and 8 hexadecimal digits of its digest, so that two long
 * ids never share a short one.
 *
 * @param id of [A-Za-z0-9-_], at most 80 characters (a Step Functions execution name)
 */
export function shortName(id: string, maxLength: number): string {
  if (id.length <= maxLength) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 8);
  return `${id.slice(0, maxLength - 9)}-${digest}`;
}

/** EKS takes at most 63 characters for a node group's name. */
export function nodeGroupName(runId: string): string {
  return `vs-${shortName(runId, 60)}`;
}

/** A Kubernetes label value: at most 63 characters that begin and end alphanumerically. */
export function labelValue(runId: string): string {
  return shortName(runId, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
