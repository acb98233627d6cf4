import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { shortForms } from "./shortForms.ts";

export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly DependsOn?: string | readonly string[];
        readonly Properties?: Readonly<Record<string, unknown>>;
      }
    >
  >;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export const clusterYaml = readFileSync(new URL("../../../infra/cluster/cluster.yaml", import.meta.url), "utf8");

/** infra/cluster/cluster.yaml, in CloudFormation's long forms. */
export const clusterTemplate = parse(clusterYaml, { customTags: (tags) => [...tags, ...shortForms] }) as Template;
