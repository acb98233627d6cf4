/** osls deploys the unchanged serverless.yml onto the local cloud. */
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { environmentOf } from "./account/account.ts";
import { runOsls } from "./osls.ts";
import type { Account } from "./seed.ts";

const outputNames = [
  "InboxBucketName",
  "RunsBucketName",
  "AssetsBucketName",
  "PipelineArn",
  "JobLogGroupName",
  "RunsTopicArn",
  "AlarmsTopicArn",
  "DataKeyArn",
  "ApiId",
  "ResearcherPolicyArn",
] as const;
export type StackOutputs = Readonly<Record<(typeof outputNames)[number], string>>;

const stackName = "variantspark-pipeline-dev";

/** @throws Error with the end of osls's own output when the deployment fails. */
export async function deployStack(
  account: Account,
  params: Readonly<Record<string, string>>,
  logFile: string,
): Promise<StackOutputs> {
  const args = ["deploy", ...Object.entries(params).map(([name, value]) => `--param=${name}=${value}`)];
  const log = createWriteStream(logFile);
  const exitCode = await runOsls(args, environmentOf(account), (said) => log.write(said));
  log.end();
  await finished(log);
  if (exitCode !== 0) {
    const log = await readFile(logFile, "utf8");
    throw new Error(`osls deploy ended with ${exitCode}:\n${log.trim().split("\n").slice(-20).join("\n")}`);
  }
  return stackOutputs(account);
}

async function stackOutputs({ endpoint, region, credentials }: Account): Promise<StackOutputs> {
  const cloudFormation = new CloudFormationClient({ endpoint, region, credentials });
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  const found = new Map((Stacks?.[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
  const entries = outputNames.map((name) => {
    const value = found.get(name);
    if (value === undefined) throw new Error(`the stack ${stackName} has no output ${name}`);
    return [name, value];
  });
  return Object.fromEntries(entries) as StackOutputs;
}
