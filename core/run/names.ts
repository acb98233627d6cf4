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

/** Of the names of all node groups of runs; the roles' permissions are on it. */
export const nodeGroupPrefix = "vs-";

/** EKS takes at most 63 characters for a node group's name. That of the first attempt has no number. */
export function nodeGroupName(runId: string, attempt = 1): string {
  return `${nodeGroupPrefix}${attempt === 1 ? shortName(runId, 60) : `${shortName(runId, 56)}_${attempt}`}`;
}

/** A Kubernetes label value: at most 63 characters that begin and end alphanumerically. */
export function labelValue(runId: string): string {
  return shortName(runId, 63)
    .replace(/^[^A-Za-z0-9]+/, "")
    .replace(/(?<![^A-Za-z0-9])[^A-Za-z0-9]+$/, "");
}

/** Which run of which pipeline something belongs to. */
export interface Owner {
  /** Name of the pipeline's runs bucket, which no other stack has. */
  readonly pipeline: string;
  readonly runId: string;
}

const runTag = "variantspark-pipeline:run";
const pipelineTag = "variantspark-pipeline:runs-bucket";

/** Tags of what a run is billed for; `project` is that of the whole stack (serverless.yml, stackTags). */
export function tagsOf({ pipeline, runId }: Owner): Record<string, string> {
  return { project: "variantspark-pipeline", [runTag]: runId, [pipelineTag]: pipeline };
}

/** The reverse of tagsOf; undefined for tags of anything else. */
export function ownerOf(tags: Readonly<Record<string, string>> | undefined): Owner | undefined {
  const { [runTag]: runId, [pipelineTag]: pipeline } = tags ?? {};
  return runId === undefined || pipeline === undefined ? undefined : { pipeline, runId };
}
