/** osls deploys the unchanged serverless.yml onto the local cloud. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { Account } from "./seed.ts";

const outputNames = [
  "InboxBucketName",
  "RunsBucketName",
  "AssetsBucketName",
  "PipelineArn",
  "JobLogGroupName",
  "RunsTopicArn",
  "ApiId",
  "ResearcherPolicyArn",
] as const;
export type StackOutputs = Readonly<Record<(typeof outputNames)[number], string>>;

const project = join(import.meta.dirname, "..");
/** For the words after it, which say why. */
const failedGraceMs = 5_000;
const stackName = "variantspark-pipeline-dev";

/** @throws Error with the end of osls's own output when the deployment fails. */
export async function deployStack(
  account: Account,
  params: Readonly<Record<string, string>>,
  logFile: string,
): Promise<StackOutputs> {
  const args = ["deploy", ...Object.entries(params).map(([name, value]) => `--param=${name}=${value}`)];
  const exitCode = await runOsls(args, account, logFile);
  if (exitCode !== 0) {
    const log = await readFile(logFile, "utf8");
    throw new Error(`osls deploy ended with ${exitCode}:\n${log.trim().split("\n").slice(-20).join("\n")}`);
  }
  return stackOutputs(account);
}

async function runOsls(
  args: readonly string[],
  { endpoint, region, credentials }: Account,
  logFile: string,
): Promise<number | null> {
  const log = createWriteStream(logFile);
  const temporary = await mkdtemp(join(tmpdir(), "deploy-"));
  const child = spawn(process.execPath, [join(project, "node_modules/osls/bin/serverless.js"), ...args], {
    cwd: project,
    env: {
      ...process.env,
      // serverless-esbuild leaves a folder per function where temporary files go.
      TMPDIR: temporary,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      SLS_TELEMETRY_DISABLED: "1",
      SLS_NOTIFICATIONS_MODE: "off",
    },
  });
  for (const output of [child.stdout, child.stderr]) {
    output.pipe(log, { end: false });
    // osls says that it failed, and is then kept from ending by an esbuild that it left open.
    output.on("data", (said: Buffer) => {
      if (said.includes("failed to deploy")) setTimeout(() => child.kill("SIGTERM"), failedGraceMs).unref();
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve),
  );
  log.end();
  await finished(log);
  await rm(temporary, { recursive: true, force: true });
  return exitCode;
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
