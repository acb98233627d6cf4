/** docs/security.md has a row for each attack that is a test, and each row's tests are there. */
import { parseSync, Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { serverless, sourceOf, sourcesIn, stringsIn } from "../stack/stack.ts";

const document = sourceOf("docs/security.md");
const rows = [...document.matchAll(/^\| (?!Attack|-)(.+?) +\| (.+?) +\| (.+?) +\|$/gm)];
const rowTests = rows.flatMap(([, , , cell = ""]) => cell.split("<br>").map((one) => one.trim()));

const attackFiles = [...sourcesIn("tests/unit/attacks/"), ["tests/end-to-end/attacks.test.ts", ""] as const].map(
  ([path]) => path,
);
const attacks = attackFiles.flatMap((path) =>
  titlesIn(path).map((title) => `\`${nameOf(path)}\`: ${title.replaceAll("|", "\\|")}`),
);

test("there are attacks in each file, and rows in the table", () => {
  expect(attackFiles.length).toBeGreaterThanOrEqual(6);
  for (const path of attackFiles) expect([path, titlesIn(path).length > 2]).toEqual([path, true]);
  expect(rows.length).toBeGreaterThan(20);
});

test("every test of a row exists, and every attack has its row", () => {
  expect(rowTests.toSorted()).toEqual(attacks.toSorted());
});

test("says as the stack has it: which functions read task tokens, and how long links and logs last", () => {
  const readers = Object.entries(serverless.functions).filter(([, { iamRoleStatements = [] }]) =>
    iamRoleStatements.some(
      ({ Action, Resource }) =>
        [Action].flat().some((action) => action === "s3:GetObject") &&
        stringsIn(Resource).some((resource) => /RunsBucket\.Arn\}\/(tokens|\*)/.test(resource)),
    ),
  );
  expect(readers.map(([name]) => name)).toEqual(["answer"]);
  expect(document).toContain("`answer`, alone reads task tokens");
  const [, seconds] = /expiresIn = (\d+);/.exec(sourceOf("functions/api/listFiles.ts")) ?? [];
  expect(document).toContain(`${Number(seconds) / 60} minutes`);
});

/** "bombs", or "end-to-end" for those that need the local cloud. */
function nameOf(path: string): string {
  return path.startsWith("tests/end-to-end/") ? "end-to-end" : (/(\w+)\.test\.ts$/.exec(path)?.[1] ?? path);
}

/** First arguments of test(…) and test.each(…)(…), with the titles of the describes around them. */
function titlesIn(path: string): string[] {
  const titles: string[] = [];
  const around: string[] = [];
  new Visitor({
    CallExpression(node) {
      const [title] = node.arguments;
      const text = title?.type === "Literal" && typeof title.value === "string" ? title.value : undefined;
      const root = rootOf(node.callee);
      if (root === "describe" && text !== undefined) around.push(text);
      if (root === "test" && text !== undefined) titles.push([...around, text].join(" "));
    },
    "CallExpression:exit"(node) {
      if (rootOf(node.callee) === "describe") around.pop();
    },
  }).visit(parseSync(path, sourceOf(path)).program);
  return titles;
}

interface Callee {
  readonly type: string;
  readonly name?: unknown;
  readonly object?: unknown;
  readonly callee?: unknown;
}

/** The identifier that a chain of members and calls begins with. */
function rootOf(node: unknown): unknown {
  const { type, name, object, callee } = node as Callee;
  if (type === "MemberExpression") return rootOf(object);
  return type === "CallExpression" ? rootOf(callee) : name;
}
