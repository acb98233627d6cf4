/** The template that osls packages, by cfn-lint and checkov. What they may find stands here, each with its reason. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureLinters, type Finding, lint } from "./templates/lint.ts";
import { packagedTemplate } from "./templates/packaged.ts";

interface Exception {
  readonly rule: string;
  readonly where: RegExp;
  readonly because: string;
}

const everyFunction = /^AWS::Lambda::Function\./;

const exceptions: readonly Exception[] = [
  {
    rule: "W3005",
    where: /DependsOn/,
    because: "The framework writes dependencies that its references imply already.",
  },
  {
    rule: "W8003",
    where: /^Conditions\/(AlarmByEmail|EmulatedArns|Expire\w+|NotifyByEmail|RequireTls)\b/,
    because: "These conditions are on parameters of the framework, which are constants once the template is packaged.",
  },
  {
    rule: "CKV_AWS_115",
    where: everyFunction,
    because: "Reserved concurrency would be taken from the account's other functions; Convert is bounded by its Map.",
  },
  {
    rule: "CKV_AWS_116",
    where: everyFunction,
    because:
      "Step Functions, API Gateway and the queue (which has its own) hear of failures; what the clock calls is repeated.",
  },
  {
    rule: "CKV_AWS_117",
    where: everyFunction,
    because: "They speak to AWS's own endpoints alone, over TLS; there is nothing in a VPC for them.",
  },
  {
    rule: "CKV_AWS_173",
    where: everyFunction,
    because: "Their variables are names of resources, no secrets; Lambda encrypts them with a key of its own.",
  },
  {
    rule: "CKV_AWS_18",
    where: /\.(AccessLogsBucket|ServerlessDeploymentBucket)$/,
    because: "Logs about a bucket of logs would never end; the deployment's packages are code without data.",
  },
  {
    rule: "CKV_AWS_21",
    where: /\.RunsBucket$/,
    because: "All of it can be computed again from the inbox, and old versions would keep what retention removes.",
  },
  { rule: "CKV_AWS_21", where: /\.AccessLogsBucket$/, because: "S3 writes each log once." },
];

let folder: string;
let template: string;
let bin: string;
let findings: readonly Finding[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "templates-"));
  bin = await ensureLinters();
  template = await packagedTemplate(folder);
  findings = await lint(bin, template);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const isExcepted =
  ({ rule, where }: Finding) =>
  (one: Exception) =>
    one.rule === rule && one.where.test(where);

test("nothing is found that has no reason to be as it is", () => {
  expect(findings.filter((finding) => !exceptions.some(isExcepted(finding)))).toEqual([]);
});

test.each(exceptions)("the exception from $rule for $where is needed", (exception) => {
  expect(findings.some((finding) => isExcepted(finding)(exception))).toBe(true);
});

describe("it is seen", () => {
  type Properties = Record<string, unknown>;
  const without = (name: string) => (properties: Properties) => delete properties[name];

  test.each<[string, string, (properties: Properties) => void, string]>([
    ["when a bucket is open", "InboxBucket", without("PublicAccessBlockConfiguration"), "CKV_AWS_54"],
    ["when a key does not turn over", "DataKey", without("EnableKeyRotation"), "CKV_AWS_7"],
    ["when a queue is not encrypted", "UploadsQueue", without("KmsMasterKeyId"), "CKV_AWS_27"],
    ["when a property is misspelt", "RunsTopic", (properties) => Object.assign(properties, { Colour: "" }), "E3002"],
    ["when a required one is missing", "Pipeline", without("RoleArn"), "E3003"],
  ])("%s", async (_, resource, change, rule) => {
    const changed = JSON.parse(await readFile(template, "utf8"));
    change(changed.Resources[resource].Properties);
    const path = join(folder, `${rule}.json`);
    await writeFile(path, JSON.stringify(changed));
    expect(await lint(bin, path)).toContainEqual(expect.objectContaining({ rule }));
  });
});
