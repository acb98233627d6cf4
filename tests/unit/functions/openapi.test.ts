import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createGenerator } from "ts-json-schema-generator";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { openApiDocument, operations } from "../../../functions/api/openapi.ts";

const root = join(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const document = openApiDocument(version, answerSchemas());

test("docs/openapi.json is what the handlers say (npx vitest run --project unit tests/unit/functions --update writes it)", async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("../../../docs/openapi.json");
});

test("the document is valid OpenAPI 3.1", async () => {
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
});

test("its operations are the routes that are deployed", () => {
  const { functions } = parse(readFileSync(join(root, "serverless.yml"), "utf8"), { merge: true, logLevel: "silent" });
  const deployed = Object.entries<{ events?: { httpApi?: { method: string; path: string } }[] }>(functions).flatMap(
    ([name, { events = [] }]) =>
      events.flatMap(({ httpApi }) => (httpApi ? [`${name} ${httpApi.method.toLowerCase()} ${httpApi.path}`] : [])),
  );
  expect(operations.map(({ id, method, path }) => `${id} ${method} ${path}`).sort()).toEqual(deployed.sort());
});

test("every field of an answer that needs a word has one", () => {
  const { components } = document as unknown as { components: { schemas: Record<string, { properties?: object }> } };
  for (const type of ["RunView", "Estimate", "Option", "RunReport", "Problem"])
    expect(Object.keys(components.schemas[type]?.properties ?? {}).length).toBeGreaterThan(3);
});

/** JSON Schema of the types that answers have, with all that they refer to, under the names that the code gives them. */
function answerSchemas(): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const files = { "core/run/runView.ts": ["RunView"], "functions/api/answers.ts": ["*"] };
  for (const [file, types] of Object.entries(files)) {
    const generator = createGenerator({
      path: join(root, file),
      tsconfig: join(root, "tsconfig.json"),
      skipTypeCheck: true,
      expose: "export",
      additionalProperties: false,
      encodeRefs: false,
    });
    for (const type of types) Object.assign(schemas, generator.createSchema(type).definitions);
  }
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.parse(JSON.stringify(Object.fromEntries(sorted)).replaceAll("#/definitions/", "#/components/schemas/"));
}
