/** The stack of the job image's pipeline comes, stays as it is and goes, as far as MiniStack emulates CloudFormation. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Account } from "../../local/account/account.ts";
import { Stacks } from "../../local/account/stack.ts";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";
import type { Template } from "../unit/stack/clusterTemplate.ts";
import { parsedYaml } from "../unit/stack/stack.ts";
import { unknownTypes, withoutTypes } from "./emulatedTemplate.ts";

const name = "variantspark-image";
const template = parsedYaml<Template>("infra/pipeline/image.yaml");
const parameters = {
  ConnectionArn: `arn:aws:codeconnections:us-east-1:000000000000:connection/00000000-0000-4000-8000-000000000000`,
  Repository: "lab/variantspark-pipeline",
  BaseDigest: `sha256:${"a".repeat(64)}`,
};

let folder: string;
let aws: MiniStack;
let account: Account;
let stacks: Stacks;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "image-stack-"));
  const engine = await ensureEngine(join(import.meta.dirname, "../../.local"), () => {});
  aws = await startMiniStack({ engine, stateDir: folder });
  account = { region: aws.region, endpoint: aws.endpoint, credentials: aws.credentials };
  stacks = new Stacks(account);
});
afterAll(async () => {
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function projects() {
  const resources = new DescribeStackResourcesCommand({ StackName: name });
  const { StackResources = [] } = await new CloudFormationClient(account).send(resources);
  return StackResources.filter(({ ResourceType }) => ResourceType === "AWS::CodeBuild::Project").map(
    ({ PhysicalResourceId }) => PhysicalResourceId,
  );
}

async function inventory() {
  const { repositories = [] } = await new ECRClient(account).send(new DescribeRepositoriesCommand({}));
  const { Roles = [] } = await new IAMClient(account).send(new ListRolesCommand({}));
  const { Buckets = [] } = await new S3Client({ ...account, forcePathStyle: true }).send(new ListBucketsCommand({}));
  return {
    repositories: repositories.map(({ repositoryName }) => repositoryName),
    roles: Roles.length,
    buckets: Buckets.length,
  };
}

test("it deploys, a second time changes nothing, and its removal leaves what jobs and audits may still need", async () => {
  expect(await unknownTypes(account, template)).toEqual(["AWS::CodePipeline::Pipeline"]);
  const before = await inventory();
  const emulated = {
    name,
    templateBody: JSON.stringify(withoutTypes(template, ["AWS::CodePipeline::Pipeline"])),
    parameters,
    parameterNames: Object.keys(template.Parameters),
  };
  expect(await stacks.deploy(emulated, () => {})).toBe("created");
  const kept = { repositories: ["variantspark-job"], buckets: before.buckets + 1 };
  expect(await inventory()).toEqual({ ...kept, roles: before.roles + 4 });
  expect((await projects()).sort()).toEqual([`${name}-build`, `${name}-release`, `${name}-smoke`]);
  expect(await stacks.deploy(emulated, () => {})).toBe("unchanged");
  await stacks.remove(name, () => {});
  expect(await inventory()).toEqual({ ...before, ...kept });
});
