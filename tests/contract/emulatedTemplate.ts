/** A template without the resources of types that an emulator does not know; what refers to them gets a text instead. */
import { CloudFormationClient, ValidateTemplateCommand } from "@aws-sdk/client-cloudformation";
import type { Account } from "../../local/account/account.ts";
import type { Template } from "../unit/stack/clusterTemplate.ts";

/** Types of the template that this endpoint's CloudFormation says it does not know, in order. */
export async function unknownTypes(account: Account, template: Template): Promise<string[]> {
  try {
    await new CloudFormationClient(account).send(
      new ValidateTemplateCommand({ TemplateBody: JSON.stringify(template) }),
    );
    return [];
  } catch (error) {
    const [, names] = /Unrecognized resource types: \[(.*)\]/.exec(String(error)) ?? [];
    if (names === undefined) throw error;
    return names.split(", ").sort();
  }
}

export function withoutTypes(template: Template, types: readonly string[]): Template {
  const entries = Object.entries(template.Resources);
  const names = new Set(entries.filter(([, { Type }]) => types.includes(Type)).map(([name]) => name));
  const Resources = Object.fromEntries(
    entries.filter(([name]) => !names.has(name)).map(([name, resource]) => [name, withoutReferences(resource, names)]),
  );
  const Outputs = withoutReferences(template.Outputs, names);
  return { ...template, Resources, ...(Outputs !== undefined && { Outputs }) } as Template;
}

function withoutReferences(value: unknown, names: ReadonlySet<string>): unknown {
  if (typeof value === "string") return withoutSubstitutions(value, names);
  if (Array.isArray(value)) return value.map((inner) => withoutReferences(inner, names));
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::GetAtt": attribute } = value as { Ref?: string; "Fn::GetAtt"?: string };
  const referred = Ref ?? attribute?.split(".")[0];
  if (referred !== undefined && names.has(referred)) return `no-${referred}`;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "DependsOn" ? [inner].flat().filter((name) => !names.has(name)) : withoutReferences(inner, names),
    ]),
  );
}

function withoutSubstitutions(text: string, names: ReadonlySet<string>): string {
  return text.replace(/\$\{(\w+)(\.\w+)?\}/g, (whole, name: string) => (names.has(name) ? `no-${name}` : whole));
}
