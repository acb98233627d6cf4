/**
 * serverless.yml and infra/*.yml as data: CloudFormation's short forms become their long ones ("!Ref X" is
 * { Ref: "X" }), anchors and merge keys are resolved, `${…}` of the Serverless Framework stays as it is written.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { shortForms } from "./shortForms.ts";

const project = new URL("../../../", import.meta.url);

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

export interface HttpApiEvent {
  readonly method: string;
  readonly path: string;
  readonly authorizer?: { readonly type: string };
}

export interface LambdaFunction {
  readonly handler: string;
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly layers?: readonly unknown[];
  readonly events?: readonly { readonly httpApi?: HttpApiEvent; readonly sqs?: { readonly arn: unknown } }[];
  readonly iamRoleStatements?: readonly Statement[];
}

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface ServerlessYml {
  readonly service: string;
  readonly provider: {
    readonly timeout: number;
    readonly environment: Readonly<Record<string, unknown>>;
    readonly stackTags: Readonly<Record<string, string>>;
    readonly tracing: Readonly<Record<string, boolean>>;
    readonly iam: { readonly role: { readonly statements: readonly Statement[] } };
  };
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly resources: readonly string[];
}

export const serverless = parsedYaml<ServerlessYml>("serverless.yml");

const infra = readdirSync(new URL("infra/", project))
  .filter((name) => name.endsWith(".yml"))
  .map((name) => ({ name, ...parsedYaml<Partial<Record<Section, Record<string, unknown>>>>(`infra/${name}`) }));
type Section = "Resources" | "Parameters" | "Conditions" | "Outputs" | "extensions";

export const infraFiles: readonly string[] = infra.map(({ name }) => name);
export const resources = sectionOf("Resources") as Readonly<Record<string, Resource>>;
export const parameters = sectionOf("Parameters");
export const conditions = sectionOf("Conditions");
export const outputs = sectionOf("Outputs");
/** Of resources that the framework makes. */
export const extensions = sectionOf("extensions");

export function resourcesOfType(type: string): [name: string, properties: Resource["Properties"]][] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, { Properties }]) => [name, Properties]);
}

/** @throws Error when the stack has no such resource */
export function propertiesOf(name: string): Resource["Properties"] {
  const resource = resources[name];
  if (resource === undefined) throw new Error(`the stack has no resource ${name}`);
  return resource.Properties;
}

/** Every string in a value, keys left out. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

export function sourceOf(path: string): string {
  return readFileSync(new URL(path, project), "utf8");
}

/** Sources of a folder of the project, by path. */
export function sourcesIn(folder: string): Map<string, string> {
  const paths = readdirSync(new URL(folder, project), { recursive: true, encoding: "utf8" });
  return new Map(
    paths.filter((path) => path.endsWith(".ts")).map((path) => [`${folder}${path}`, sourceOf(`${folder}${path}`)]),
  );
}

function sectionOf(section: Section): Record<string, unknown> {
  return Object.assign({}, ...infra.map((file) => file[section] ?? {}));
}

/** A file of the project, in CloudFormation's long forms. */
export function parsedYaml<T>(path: string): T {
  return parse(sourceOf(path), { merge: true, customTags: (tags) => [...tags, ...shortForms] }) as T;
}
