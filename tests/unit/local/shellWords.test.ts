import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shellWords } from "../../../local/emrContainers/shellWords.ts";

describe("shellWords", () => {
  test.each([
    { line: "", words: [] },
    { line: "  --class a.B \n --conf c=d ", words: ["--class", "a.B", "--conf", "c=d"] },
    { line: `--conf "spark.a=-Dx=1 -Dy=2"`, words: ["--conf", "spark.a=-Dx=1 -Dy=2"] },
    { line: `--conf spark.a='$HOME "x" \\'`, words: ["--conf", `spark.a=$HOME "x" \\`] },
    { line: `a\\ b "" ''`, words: ["a b", "", ""] },
    { line: `"a\\"b\\\\c\\d\\$"`, words: [`a"b\\c\\d$`] },
    { line: `x"y"'z'w`, words: ["xyzw"] },
  ])("splits $line", ({ line, words }) => {
    expect(shellWords(line)).toEqual(words);
  });

  test.each(["'a", 'x "b', `"a\\"`])("refuses the open quote in %s and names its place", (line) => {
    expect(() => shellWords(line)).toThrow(/character \d+ is not closed/);
  });

  test("agrees with a real shell on quoted and escaped text", () => {
    const piece = fc.constantFrom(
      "a",
      "=",
      " ",
      "\t",
      "\n",
      "\\\\",
      "\\ ",
      '\\"',
      "'b c'",
      `'"\\'`,
      '"d e"',
      `"'\\""`,
      '"\\\n"',
      "é",
    );
    const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("").replaceAll("\n", " "));
    let compared = 0;
    fc.assert(
      fc.property(line, (text) => {
        const shell = spawnSync("sh", ["-c", `for w in ${text}; do printf '%s\\0' "$w"; done`], { encoding: "utf8" });
        expect(shellWords(text)).toEqual(shell.stdout.split("\0").slice(0, -1));
        compared += 1;
      }),
      { numRuns: 100 },
    );
    expect(compared).toBe(100);
  });
});
