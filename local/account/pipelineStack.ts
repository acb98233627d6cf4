/** A stage of the pipeline: serverless.yml, its buckets, the engine's jar, its live runs. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Stack } from "@aws-sdk/client-cloudformation";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListExecutions, SFNClient } from "@aws-sdk/client-sfn";
import { runOsls } from "../osls.ts";
import { type Account, environmentOf } from "./account.ts";
import type { Buckets } from "./buckets.ts";
import { clusterStackName } from "./clusterStack.ts";
import type { DataKey } from "./dataKey.ts";
import type { PipelineOutputs } from "./deployAccount.ts";
import type { Stacks, Told } from "./stack.ts";

const jarKey = "engine/variantspark.jar";

export function pipelineStackName(stage: string): string {
  return `variantspark-pipeline-${stage}`;
}

/** @param params of serverless.yml; those that are not given take its defaults */
export async function deployPipeline(
  account: Account,
  stacks: Stacks,
  stage: string,
  params: Readonly<Record<string, string>>,
  tell: Told,
): Promise<PipelineOutputs> {
  const name = pipelineStackName(stage);
  const since = await stacks.lastEvent(name);
  const email = parameterOf(await stacks.find(clusterStackName), "Email");
  if (!email && !params["notify-email"])
    tell(
      "Nobody will be told of the month's budget, of alarms and of runs that wait or have ended: no --email was given",
    );
  const args = Object.entries({ ...(email && { "notify-email": email }), ...params }).map(
    ([param, value]) => `--param=${param}=${value}`,
  );
  let said = "";
  const exitCode = await runOsls(
    ["deploy", "--verbose", "--stage", stage, "--region", account.region, ...args],
    environmentOf(account),
    (output) => {
      said += output;
      for (const line of output.toString().split("\n")) if (line.trim()) tell(line.trim());
    },
  );
  if (exitCode !== 0)
    throw new Error((await stacks.failure(name, since)) ?? `osls ended with ${exitCode}:\n${said.slice(-2000)}`);
  const stack = await stacks.find(name);
  const required = (output: keyof PipelineOutputs) => {
    const value = outputOf(stack, output);
    if (value === undefined) throw new Error(`The stack ${name} has no output ${output}`);
    return value;
  };
  return {
    AssetsBucketName: required("AssetsBucketName"),
    InboxBucketName: required("InboxBucketName"),
    HttpApiUrl: required("HttpApiUrl"),
    ResearcherPolicyArn: required("ResearcherPolicyArn"),
  };
}

/**
 * Buckets and the key that outlived a stack, or the failure of its first deployment, become the new one's: CloudFormation
 * refuses to make what is there, and another key could not read what lies in the buckets.
 *
 * @returns their names
 */
export async function adoptKept(
  stacks: Stacks,
  buckets: Buckets,
  dataKey: DataKey,
  stage: string,
  tell: Told,
): Promise<string[]> {
  const name = pipelineStackName(stage);
  const isThere = (await stacks.ready(name, tell)) !== undefined;
  // osls writes JSON.
  const template = isThere ? (JSON.parse(await stacks.template(name)) as Template) : {};
  const kept = [...keptBuckets(await buckets.ofStage(stage)), ...keptKey(await dataKey.id(), dataKey.alias)];
  const left = kept.filter(({ resource }) => !template.Resources?.[resource]);
  if (left.length === 0) return [];
  const resources = left.map(({ resource, type, properties }) => [
    resource,
    { Type: type, DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", Properties: properties },
  ]);
  const adopt = left.map(({ resource, type, identifier }) => ({
    ResourceType: type,
    LogicalResourceId: resource,
    ResourceIdentifier: identifier,
  }));
  const templateBody = JSON.stringify({
    ...template,
    Resources: { ...template.Resources, ...Object.fromEntries(resources) },
  });
  await stacks.deploy({ name, templateBody, parameterNames: Object.keys(template.Parameters ?? {}), adopt }, tell);
  return left.flatMap(({ identifier }) => Object.values(identifier));
}

/** As the stack has it, and as CloudFormation finds it to take it over. */
interface Kept {
  readonly resource: string;
  readonly type: string;
  readonly identifier: Readonly<Record<string, string>>;
  /** The least that its schema requires; the deployment after it sets all. */
  readonly properties: Readonly<Record<string, string>>;
}

function keptBuckets(ofStage: Readonly<Record<string, string>>): Kept[] {
  return Object.entries(ofStage).map(([resource, BucketName]) => ({
    resource,
    type: "AWS::S3::Bucket",
    identifier: { BucketName },
    properties: { BucketName },
  }));
}

function keptKey(KeyId: string | undefined, AliasName: string): Kept[] {
  if (KeyId === undefined) return [];
  return [
    { resource: "DataKey", type: "AWS::KMS::Key", identifier: { KeyId }, properties: {} },
    {
      resource: "DataKeyAlias",
      type: "AWS::KMS::Alias",
      identifier: { AliasName },
      properties: { AliasName, TargetKeyId: KeyId },
    },
  ];
}

interface Template {
  readonly Resources?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

/** @returns false when the same jar is there already */
export async function uploadJar(account: Account, jarFile: string, bucket: string): Promise<boolean> {
  const s3 = new S3Client({ ...account, forcePathStyle: account.endpoint !== undefined });
  const jar = await readFile(jarFile);
  const sha256 = createHash("sha256").update(jar).digest("hex");
  const place = { Bucket: bucket, Key: jarKey };
  const there = await s3.send(new HeadObjectCommand(place)).catch((error: Error) => {
    if (error.name === "NotFound") return undefined;
    throw error;
  });
  if (there?.Metadata?.["sha256"] === sha256) return false;
  await s3.send(new PutObjectCommand({ ...place, Body: jar, Metadata: { sha256 } }));
  return true;
}

export async function removePipeline(stacks: Stacks, buckets: Buckets, stage: string, tell: Told): Promise<void> {
  const name = pipelineStackName(stage);
  // CloudFormation deletes no bucket that holds anything, and this one holds what osls uploaded.
  const deploymentBucket = outputOf(await stacks.find(name), "ServerlessDeploymentBucketName");
  if (deploymentBucket !== undefined) await buckets.empty(deploymentBucket);
  await stacks.remove(name, tell);
}

/** @returns the names of executions that go on */
export async function liveRuns(account: Account, stacks: Stacks, stage: string): Promise<string[]> {
  const stateMachineArn = outputOf(await stacks.find(pipelineStackName(stage)), "PipelineArn");
  if (stateMachineArn === undefined) return [];
  const live: string[] = [];
  for await (const { executions = [] } of paginateListExecutions(
    { client: new SFNClient(account) },
    { stateMachineArn, statusFilter: "RUNNING" },
  ))
    live.push(...executions.flatMap(({ name }) => name ?? []));
  return live;
}

/** Names of the stacks of other stages than this. */
export async function otherStages(stacks: Stacks, stage: string): Promise<string[]> {
  return (await stacks.all())
    .filter((stack) => stack.StackName !== pipelineStackName(stage) && outputOf(stack, "PipelineArn") !== undefined)
    .flatMap(({ StackName }) => StackName ?? []);
}

function outputOf(stack: Stack | undefined, name: string): string | undefined {
  return stack?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
}

function parameterOf(stack: Stack | undefined, name: string): string | undefined {
  return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;
}
