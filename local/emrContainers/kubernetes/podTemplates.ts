/** The request's pod templates, fetched from S3 as EMR does before it submits. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { podTemplateText } from "../podTemplate.ts";

const roles = ["driver", "executor"] as const;

/**
 * Spark's settings that name the fetched files, of those that the request has. One GET each.
 * Throws if one is not there or is no pod.
 */
export async function fetchPodTemplates(
  conf: Readonly<Record<string, string>>,
  folder: string,
  s3: S3Client,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const role of roles) {
    const setting = `spark.kubernetes.${role}.podTemplateFile`;
    const uri = conf[setting];
    if (uri === undefined) continue;
    const file = join(folder, `${role}.yaml`);
    await writeFile(file, await podTemplateText(uri, s3));
    settings[setting] = file;
  }
  return settings;
}
