/** Which nodes the executor pods of a request may run on: from its pod template on S3 and from Spark's own settings. */
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse } from "yaml";
import { z } from "zod";
import type { NodeSelector } from "./nodeGroups.ts";

const podTemplate = z.object({
  spec: z.object({ nodeSelector: z.record(z.string(), z.string()).optional() }).optional(),
});
const SELECTOR_SETTINGS = ["spark.kubernetes.node.selector.", "spark.kubernetes.executor.node.selector."];

/**
 * Undefined if the request names neither a template nor a selector: then any node will do. One GET.
 * Throws if the template is not there or is no pod.
 */
export async function executorNodeSelector(
  conf: Readonly<Record<string, string>>,
  s3: S3Client,
): Promise<NodeSelector | undefined> {
  const uri = conf["spark.kubernetes.executor.podTemplateFile"];
  const selector: Record<string, string> = uri === undefined ? {} : await selectorOfTemplate(uri, s3);
  for (const prefix of SELECTOR_SETTINGS) {
    for (const [key, value] of Object.entries(conf)) {
      if (key.startsWith(prefix)) selector[key.slice(prefix.length)] = value;
    }
  }
  return uri === undefined && Object.keys(selector).length === 0 ? undefined : selector;
}

async function selectorOfTemplate(uri: string, s3: S3Client): Promise<Record<string, string>> {
  const template = parse(await podTemplateText(uri, s3)) as z.infer<typeof podTemplate>;
  return { ...template.spec?.nodeSelector };
}

/** One GET. Throws if the template is not there or is no pod. */
export async function podTemplateText(uri: string, s3: S3Client): Promise<string> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`The pod template ${uri} is no s3:// object.`);
  const text = await s3
    .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    .then((answer) => answer.Body?.transformToString())
    .catch((error: Error) => {
      throw new Error(`The pod template ${uri} cannot be read: ${error.name}`, { cause: error });
    });
  const template = podTemplate.safeParse(parse(text ?? ""));
  if (!template.success) throw new Error(`The pod template ${uri} is no pod: ${z.prettifyError(template.error)}`);
  return text ?? "";
}
