import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { infraFiles, outputs, parameters, resources, serverless, sourceOf, sourcesIn, stringsIn } from "./stack.ts";

const functions = Object.entries(serverless.functions);
const routes = functions.flatMap(([name, { events = [] }]) =>
  events.flatMap(({ httpApi }) => (httpApi ? [{ name, ...httpApi }] : [])),
);

/** Service Authorization Reference: these actions support no resource types. */
const takesNoResource = [
  "pricing:GetProducts",
  "ec2:DescribeSpotPriceHistory",
  "ec2:DescribeSubnets",
  "ec2:GetSpotPlacementScores",
];

describe.each(functions)("the function %s", (name, { handler, iamRoleStatements = [], environment = {} }) => {
  test("is the file of its name", () => {
    const path = handler.replace(/\.handler$/, ".ts");
    expect(path).toMatch(new RegExp(`^functions/(api/)?${name}\\.ts$`));
    expect(existsSync(new URL(`../../../${path}`, import.meta.url))).toBe(true);
    expect(sourceOf(path)).toMatch(/^export (const|async function) handler\b/m);
  });

  test("has a role of its own that allows named actions on named resources", () => {
    expect(iamRoleStatements.length).toBeGreaterThan(0);
    for (const { Effect, Action, Resource } of iamRoleStatements) {
      expect(Effect).toBe("Allow");
      const actions = [Action].flat();
      for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      if (actions.every((action) => takesNoResource.includes(action))) continue;
      expect(stringsIn(Resource)).not.toEqual([]);
      for (const resource of stringsIn(Resource)) expect(resource).not.toMatch(/^(arn:.*AccountId\}:)?\*$/);
    }
  });

  test("is told only what some code of it reads", () => {
    const sources = [...sourcesIn("aws/").values(), ...sourcesIn("functions/").values()].join("\n");
    for (const variable of Object.keys(environment)) expect(sources).toContain(`environment("${variable}")`);
  });
});

test("every variable of the environment that the code reads is told to some function", () => {
  const sources = [...sourcesIn("aws/").values(), ...sourcesIn("functions/").values()].join("\n");
  const read = new Set([...sources.matchAll(/\benvironment\("(\w+)"\)/g)].map(([, variable]) => variable));
  const told = [serverless.provider, ...Object.values(serverless.functions)].flatMap(({ environment = {} }) =>
    Object.keys(environment),
  );
  // Lambda itself tells each function its region.
  read.delete("AWS_REGION");
  // Powertools read their own.
  const ours = told.filter((variable) => !variable.startsWith("POWERTOOLS_"));
  expect([...read].sort()).toEqual([...new Set(ours)].sort());
});

test("every function under functions/ is deployed", () => {
  const handling = [...sourcesIn("functions/")].filter(([, source]) =>
    /^export (const|async function) handler\b/m.test(source),
  );
  const deployed = functions.map(([, { handler }]) => handler.replace(/\.handler$/, ".ts"));
  expect(deployed.sort()).toEqual(handling.map(([path]) => path).sort());
});

test("the functions that import the sizing data, and only they, have its layer", () => {
  const layered = functions.filter(([, { layers }]) => layers !== undefined).map(([name]) => name);
  const importing = functions.filter(([, { handler }]) => importsSizingData(handler.replace(/\.handler$/, ".ts")));
  expect(layered).toEqual(importing.map(([name]) => name));
  expect(layered.length).toBeGreaterThan(0);
});

function importsSizingData(path: string): boolean {
  const source = sourceOf(path);
  if (source.includes('from "variantspark-sizing-data"')) return true;
  const imported = [...source.matchAll(/ from "(\.{1,2}\/(?:api\/)?\w+\.ts)"/g)].map(([, name = ""]) =>
    posix.join(posix.dirname(path), name),
  );
  return imported.some(importsSizingData);
}

describe("the API", () => {
  test("has these routes", () => {
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "DELETE /runs/{id}",
      "GET /runs",
      "GET /runs/{id}",
      "GET /runs/{id}/files",
      "POST /runs",
      "POST /runs/{id}/choice",
      "POST /runs/{id}/finish",
      "POST /runs/{id}/local-result",
    ]);
  });

  test.each(routes)("lets nobody call $method $path without IAM", ({ authorizer }) => {
    expect(authorizer).toEqual({ type: "aws_iam" });
  });

  test.each(routes)("answers $method $path within the 30 seconds that an HTTP API waits", ({ name }) => {
    expect(serverless.functions[name]?.timeout ?? serverless.provider.timeout).toBeLessThan(30);
  });
});

describe("the stack", () => {
  test("is made of every file of infra", () => {
    expect([...serverless.resources].sort()).toEqual(infraFiles.map((name) => `\${file(infra/${name})}`).sort());
  });

  test("refers only to what it has: resources, parameters, and what the framework makes of functions and the API", () => {
    const made = functions.map(([name]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`);
    const known = new Set([
      ...Object.keys(resources),
      ...Object.keys(parameters),
      ...made,
      "HttpApi",
      "SizingDataLambdaLayer",
    ]);
    const referred = referencesIn([serverless, resources, outputs]);
    expect(referred.size).toBeGreaterThan(20);
    expect([...referred].filter((name) => !known.has(name) && !name.startsWith("AWS::"))).toEqual([]);
  });

  test("uses every parameter that it asks for", () => {
    const referred = referencesIn([serverless, resources]);
    expect(Object.keys(parameters).filter((name) => !referred.has(name))).toEqual([]);
  });
});

/** Logical names in Ref, Fn::GetAtt and Fn::Sub; of Sub's ${…} only those that the framework leaves to CloudFormation. */
function referencesIn(value: unknown): Set<string> {
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.entries(value).flatMap(([key, inner]) => namesIn(key, inner)));
}

function namesIn(key: string, inner: unknown): string[] {
  if (typeof inner !== "string") return [...referencesIn(inner)];
  if (key === "Ref") return [inner];
  if (key === "Fn::GetAtt") return [inner.split(".")[0] ?? ""];
  if (key !== "Fn::Sub") return [];
  return [...inner.matchAll(/\$\{(\w+(?:::\w+)?)(?:\.\w+)?\}/g)].map(([, name = ""]) => name);
}
