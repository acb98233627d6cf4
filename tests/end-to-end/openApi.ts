/** Holds every reply of the API against docs/openapi.json: its status must be documented there, its body fit the schema. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PipelineClient, type Reply } from "../../local/pipelineClient.ts";

interface Responses {
  readonly [status: string]: { readonly content?: Readonly<Record<string, { readonly schema: object }>> };
}

const document: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
} = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, "openapi.json");

export class DocumentedClient extends PipelineClient {
  override async call<T>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
    const reply = await super.call<T>(method, path, body);
    const trouble = undocumented(method.toLowerCase(), path, reply);
    if (trouble !== undefined) throw new Error(`${method} ${path} is not as docs/openapi.json says: ${trouble}`);
    return reply;
  }
}

function undocumented(method: string, path: string, { status, body }: Reply<unknown>): string | undefined {
  const route = Object.keys(document.paths).find((template) => matches(template, path.split("?")[0] ?? ""));
  const response = route && document.paths[route]?.[method]?.responses[String(status)];
  if (!route || !response) return `${status} is not documented: ${JSON.stringify(body)}`;
  const [type] = Object.keys(response.content ?? {});
  if (type === undefined) return undefined;
  const pointer = ["paths", route, method, "responses", String(status), "content", type, "schema"];
  const validate = ajv.getSchema(`openapi.json#/${pointer.map(encoded).join("/")}`);
  if (validate === undefined) return "no schema";
  return validate(body) ? undefined : ajv.errorsText(validate.errors, { separator: "; " });
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
}

function encoded(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
