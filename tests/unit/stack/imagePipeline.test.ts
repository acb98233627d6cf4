import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { acceptedFindings } from "../../../local/image/findings.ts";
import { parsedYaml, type Resource, type Statement, sourceOf, stringsIn } from "./stack.ts";

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly AllowedPattern?: string; readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Action {
  readonly Name: string;
  readonly Configuration: Readonly<Record<string, unknown>>;
}

interface BuildSpec {
  readonly env?: { readonly "exported-variables": readonly string[] };
  readonly phases: Readonly<Record<string, { readonly commands?: readonly string[] }>>;
}

const { Parameters: parameters, Resources: resources } = parsedYaml<Template>("infra/pipeline/image.yaml");
const stages = propertiesOf("Pipeline")["Stages"] as { Name: string; Actions: Action[] }[];
const { scripts } = JSON.parse(sourceOf("package.json"));
const projects = Object.entries(resources)
  .filter(([, { Type }]) => Type === "AWS::CodeBuild::Project")
  .map(([name, { Properties }]) => ({ name, properties: Properties, spec: specOf(Properties) }));

describe("an image", () => {
  test("is built, then tried, then used", () => {
    expect(stages.map(({ Name }) => Name)).toEqual(["Source", "Build", "Smoke", "Release"]);
    expect(commandsOf("Build").findIndex((command) => command.includes("docker push"))).toBeGreaterThan(0);
  });

  test("that is tried and used is the one that was built and scanned, by its digest", () => {
    const build = commandsOf("Build");
    const scanned = build.findIndex((command) =>
      command.includes('image:scan -- --repository "$REPOSITORY" --digest "$DIGEST"'),
    );
    expect(scanned).toBeGreaterThan(build.findIndex((command) => command.includes("docker push")));
    expect(build.at(-1)).toBe('export IMAGE="$REPOSITORY_URI@$DIGEST"');
    expect(scanned).toBe(build.length - 2);
    for (const stage of ["Smoke", "Release"])
      expect(actionOf(stage).Configuration["EnvironmentVariables"]).toBe(
        '[{"name": "IMAGE", "value": "#{Build.IMAGE}"}]',
      );
    expect(actionOf("Build")).toMatchObject({ Namespace: "Build" });
  });

  test("is used by whom alone may say so: the last step, after all others", () => {
    const writers = Object.entries(resources).filter(([, resource]) =>
      stringsIn(resource).some((text) => text.endsWith(`parameter\${ReleaseParameter}`)),
    );
    expect(writers.map(([name]) => name)).toEqual(["ReleaseRole"]);
  });

  test("is one at a time", () => {
    expect(propertiesOf("Pipeline")).toMatchObject({ PipelineType: "V2", ExecutionMode: "QUEUED" });
  });

  test("starts from EMR's base image of the release that jobs ask for, by its digest", () => {
    const dockerfile = sourceOf("docker/Dockerfile");
    const [, release = ""] = /^ARG RELEASE=(\S+)$/m.exec(dockerfile) ?? [];
    const [, label = ""] = /emr-release-label, '(\S+)'/.exec(sourceOf("serverless.yml")) ?? [];
    expect(label).toMatch(new RegExp(`^${release}-\\d{8}$`));
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([
      `FROM public.ecr.aws/emr-on-eks/spark/\${RELEASE}@\${BASE_DIGEST}`,
    ]);
    expect(dockerfile).toMatch(/^ARG BASE_DIGEST$/m);
    expect(parameters["BaseDigest"]).toMatchObject({ AllowedPattern: "^sha256:[0-9a-f]{64}$" });
    expect(parameters["BaseDigest"]).not.toHaveProperty("Default");
  });

  test("ends as EMR's user, not as root", () => {
    expect(
      sourceOf("docker/Dockerfile")
        .match(/^USER .*$/gm)
        ?.at(-1),
    ).toBe("USER hadoop:hadoop");
  });

  test("may have findings of which the file says why and until when", () => {
    expect(acceptedFindings.safeParse(parse(sourceOf("docker/accepted-findings.yaml"))).success).toBe(true);
  });

  test("that is used is where Launch looks, unless told otherwise", () => {
    const read = /job-image-parameter, '(\S+)'/.exec(sourceOf("serverless.yml"))?.[1];
    expect(parameters["ReleaseParameter"]?.Default).toBe(read);
    expect(parameters["CandidateParameter"]?.Default).not.toBe(read);
  });
});

describe.each(projects)("the step $name", ({ name, properties, spec }) => {
  const commands = commandsOf(name);

  test("runs npm scripts that there are", () => {
    const named = commands.flatMap((command) =>
      [...command.matchAll(/npm run ([\w:]+)/g)].map(([, script = ""]) => script),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test("is told each variable that its commands read", () => {
    const { EnvironmentVariables } = properties["Environment"] as { EnvironmentVariables: { Name: string }[] };
    const told = EnvironmentVariables.map((variable) => variable.Name);
    const given = name === "Build" ? [] : ["IMAGE"];
    const made = [...commands.join("\n").matchAll(/(?:^|\b(?:for|export) )([A-Za-z]+)(?:=| in )/gm)].map(
      ([, made = ""]) => made,
    );
    const read = [...commands.join("\n").matchAll(/\$\{?([A-Za-z_]+)/g)].map(([, variable = ""]) => variable);
    expect(read.length).toBeGreaterThan(0);
    expect(
      read.filter((variable) => ![...told, ...given, ...made].includes(variable) && !variable.startsWith("CODEBUILD_")),
    ).toEqual([]);
    expect(told.filter((variable) => !read.includes(variable))).toEqual([]);
    expect(spec.env?.["exported-variables"] ?? []).toEqual(name === "Build" ? ["IMAGE"] : []);
  });

  test("has a role of its own, and only who builds with Docker has a privileged container", () => {
    expect(properties["ServiceRole"]).toEqual({ "Fn::GetAtt": `${name}Role.Arn` });
    expect(properties["Environment"]).toMatchObject(name === "Build" ? { PrivilegedMode: true } : {});
    if (name !== "Build") expect(properties["Environment"]).not.toHaveProperty("PrivilegedMode");
  });

  test("encrypts what it hands on and says", () => {
    expect(properties["EncryptionKey"]).toEqual({ "Fn::GetAtt": "Key.Arn" });
    expect(propertiesOf(`${name}Logs`)).toMatchObject({ KmsKeyId: { "Fn::GetAtt": "Key.Arn" }, RetentionInDays: 90 });
  });
});

test("no role may do anything to just anything", () => {
  const statements = Object.values(resources).flatMap(({ Type, Properties }) => {
    if (Type === "AWS::IAM::ManagedPolicy") return statementsOf(Properties["PolicyDocument"]);
    if (Type !== "AWS::IAM::Role") return [];
    return (Properties["Policies"] as { PolicyDocument: unknown }[]).flatMap((policy) =>
      statementsOf(policy.PolicyDocument),
    );
  });
  expect(statements.length).toBeGreaterThan(12);
  for (const { Effect, Action, Resource } of statements) {
    expect(Effect).toBe("Allow");
    for (const action of [Action].flat()) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
    // The one action here that takes no resource.
    if (Action === "ecr:GetAuthorizationToken") continue;
    for (const resource of stringsIn(Resource)) expect(resource).not.toMatch(/^\*$|:\*$/);
  }
});

test("who may take a role is the service in this account", () => {
  const roles = Object.entries(resources).filter(([, { Type }]) => Type === "AWS::IAM::Role");
  expect(roles.map(([name]) => name).sort()).toEqual(["BuildRole", "PipelineRole", "ReleaseRole", "SmokeRole"]);
  for (const [, { Properties }] of roles)
    expect(Properties["AssumeRolePolicyDocument"]).toMatchObject({
      Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } } }],
    });
});

test("artifacts are private, encrypted with the pipeline's key, versioned and refused without TLS", () => {
  const key = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: { "Fn::GetAtt": "Key.Arn" } };
  expect(propertiesOf("Artifacts")).toMatchObject({
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: key }] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: { Status: "Enabled" },
  });
  expect(propertiesOf("ArtifactsPolicy")).toMatchObject({
    Bucket: { Ref: "Artifacts" },
    PolicyDocument: {
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [{ "Fn::GetAtt": "Artifacts.Arn" }, { "Fn::Sub": `\${Artifacts.Arn}/*` }],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    },
  });
});

test("a tag names one image for ever, and each is scanned", () => {
  expect(propertiesOf("Images")).toMatchObject({
    ImageTagMutability: "IMMUTABLE",
    ImageScanningConfiguration: { ScanOnPush: true },
    EncryptionConfiguration: { EncryptionType: "KMS" },
  });
});

function propertiesOf(name: string): Resource["Properties"] {
  const resource = resources[name];
  if (resource === undefined) throw new Error(`the template has no resource ${name}`);
  return resource.Properties;
}

function specOf(properties: Resource["Properties"]): BuildSpec {
  const { BuildSpec: path } = properties["Source"] as { BuildSpec: string };
  return parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")) as BuildSpec;
}

function commandsOf(project: string): string[] {
  const spec = projects.find(({ name }) => name === project)?.spec;
  return Object.values(spec?.phases ?? {}).flatMap(({ commands = [] }) => commands);
}

function actionOf(stage: string): Action {
  const [action] = stages.find(({ Name }) => Name === stage)?.Actions ?? [];
  if (action === undefined) throw new Error(`the stage ${stage} does nothing`);
  return action;
}

function statementsOf(document: unknown): Statement[] {
  return (document as { Statement: Statement[] }).Statement;
}
