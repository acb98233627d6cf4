/**
 * Regular expressions that backtrack take time with the square of a text or worse, and texts come from files. scslre finds those that can
 * (what eslint-plugin-regexp's no-super-linear-backtracking and no-super-linear-move rest on); it is asked about every literal of the
 * code that runs in AWS, and no other kind is written there.
 */
import { parseSync, Visitor } from "oxc-parser";
import { analyse } from "scslre";
import { describe, expect, test } from "vitest";
import { readStderrLine } from "../../../core/variantspark/engineError.ts";
import { sourcesIn } from "../stack/stack.ts";

interface Literal {
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

const sources = ["core/", "aws/", "functions/"].flatMap((folder) => [...sourcesIn(folder)]);
const literals = sources.flatMap(([path, source]) => literalsOf(path, source));

describe("regular expressions", () => {
  test("none of them takes more than linear time for any text", () => {
    expect(literals.length).toBeGreaterThan(40);
    const slow = literals.filter((literal) => analyse(literal).reports.length > 0);
    expect(slow.map(({ path, source }) => `${path}: /${source}/`)).toEqual([]);
  });

  test.each(["\\t+$", "^-+|-+$", "(a+)+$"])("one like %s would be found", (source) => {
    expect(analyse({ source, flags: "" }).reports).not.toEqual([]);
  });

  test("none of them is made at run time, where nobody looks at it", () => {
    for (const [path, source] of sources) expect([path, /\bRegExp\(/.test(source)]).toEqual([path, false]);
  });

  test("a line of the engine's log made of the words they look for is read at once", () => {
    const line = `a.${"Error".repeat(50_000)}!`;
    expect(readStderrLine({ inside: "log" }, line).error?.length).toBeLessThanOrEqual(300);
  });
});

function literalsOf(path: string, text: string): Literal[] {
  const found: Literal[] = [];
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed`);
  new Visitor({
    Literal(node) {
      if ("regex" in node) found.push({ path, source: node.regex.pattern, flags: node.regex.flags });
    },
  }).visit(program);
  return found;
}
