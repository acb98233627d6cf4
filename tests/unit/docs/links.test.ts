import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../stack/stack.ts";
import { documents } from "./documentedCommands.ts";

const project = join(import.meta.dirname, "../../..");

test.each(documents)("the links of %s lead to files and headings that there are", (document) => {
  for (const [, target = ""] of prose(document).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : posix.join(posix.dirname(document), path);
    expect(existsSync(join(project, file)), target).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), target).toContain(anchor);
  }
});

describe("docs/README.md", () => {
  test("has every document", () => {
    const linked = [...sourceOf("docs/README.md").matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => target);
    const there = documents
      .flatMap((path) => /^docs\/([^/]+)$/.exec(path)?.[1] ?? [])
      .filter((name) => name !== "README.md");
    expect(there.filter((name) => !linked.includes(name))).toEqual([]);
  });
});

describe("docs/extend.md", () => {
  const text = prose("docs/extend.md");
  const paths = [
    ...text.matchAll(
      /(?:^|[\s(`])((?:core|aws|functions|local|tests|infra|layers|statemachines|notebook|docs)\/[\w./-]*\w)/gm,
    ),
  ].map(([, path = ""]) => path);

  test("names files and folders that there are", () => {
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });

  test.each([
    ["core/run/run.ts", ["TroubleKind", "ActiveState"]],
    ["core/run/healing.ts", ["healingRules", "cureWords"]],
    ["core/run/trouble.ts", ["troubleWhileRunning", "troubleAtEnd"]],
    ["core/run/cures.ts", ["Cure", "cured"]],
    ["core/findings/found.ts", ["found", "someNames"]],
    ["functions/api/route.ts", ["route"]],
    ["functions/api/openapi.ts", ["operations"]],
    ["functions/step.ts", ["step"]],
    ["functions/metrics.ts", ["measure"]],
    ["local/engine/venv.ts", ["ensureVenv"]],
    ["core/report/figures/svg.ts", ["Figure"]],
  ])("names what %s has", (path, names) => {
    for (const name of names) {
      expect(text).toMatch(new RegExp(`\`${name}\\b`));
      expect(sourceOf(path)).toMatch(new RegExp(`\\b(const|function|type|interface) ${name}\\b`));
    }
  });
});

/** Without blocks of code. */
function prose(document: string): string {
  return sourceOf(document).replaceAll(/^```.*?^```/gms, "");
}

/** As GitHub makes them of headings. */
function anchorsOf(document: string): string[] {
  const headings = [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
