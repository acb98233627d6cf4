import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findingCatalogue } from "../../../core/findings/catalogue.ts";
import { counted, found, quoted, someNames } from "../../../core/findings/found.ts";

const entries = Object.entries(findingCatalogue);

test("docs/findings.md is what the catalogue says (npx vitest run --project unit tests/unit/findings -u writes it)", async () => {
  await expect(findingsPage()).toMatchFileSnapshot("../../../docs/findings.md");
});

test.each(entries)("%s has a title, a meaning and, unless it is for information only, a remedy", (code, entry) => {
  expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(entry.title).toMatch(/^[^.]+$|\.\w+/);
  expect(entry.meaning).toMatch(/\.$/);
  if (entry.severity !== "info") expect(entry.remedy).not.toBe("");
});

test("every code of the catalogue is found by some inspection of the source, or while it is converted", () => {
  const converting = ["matrix/convertSliceRows", "matrix/sliceText", "matrix/sliceTextLines"];
  const inspecting = [
    "contentFindings",
    "headerFindings",
    "recordFindings",
    "sampleWindows",
    "inspectVcf",
    "inspectLabels",
    "labelColumnFindings",
    "labelValueFindings",
    "sampleFindings",
    "cohortFindings",
    "inspectStudy",
  ].map((name) => `inspect/${name}`);
  const source = [...inspecting, ...converting]
    .map((name) => readFileSync(new URL(`../../../core/${name}.ts`, import.meta.url), "utf8"))
    .join("\n");
  const ofAnalysis = ["analysis-unreadable"]; // found where analysis.json is parsed
  for (const [code] of entries) if (!ofAnalysis.includes(code)) expect(source).toContain(`"${code}"`);
});

describe("a finding", () => {
  test("has the severity and remedy of its code", () => {
    expect(found("empty-file", { file: "a.vcf" }, "a.vcf has no bytes.")).toEqual({
      code: "empty-file",
      severity: "error",
      file: "a.vcf",
      message: "a.vcf has no bytes.",
      remedy: findingCatalogue["empty-file"].remedy,
    });
  });

  test("may have its own", () => {
    expect(found("empty-file", {}, "x", { severity: "info", remedy: "" })).toMatchObject({
      severity: "info",
      remedy: "",
    });
  });
});

describe("names in messages", () => {
  test.each([
    [["a"], '"a"'],
    [["a", "b", "c"], '"a", "b", "c"'],
    [["a", "b", "c", "d"], '"a", "b", "c" and 1 more'],
    [Array.from({ length: 2504 }, () => "a"), '"a", "a", "a" and 2,501 more'],
  ])("are never more than three: %#", (names, shown) => {
    expect(someNames(names)).toBe(shown);
  });

  test("are shortened and shown without control characters", () => {
    expect(quoted("a\u0000\nb")).toBe('"a\\u0000\\nb"');
    expect(quoted("x".repeat(1000))).toHaveLength(63);
  });

  test.each([
    [0, "0 rows"],
    [1, "1 row"],
    [2504, "2,504 rows"],
  ])("%i counts as %s", (count, words) => {
    expect(counted(count, "row")).toBe(words);
  });
});

function findingsPage(): string {
  const sections = entries.map(
    ([code, { title, severity, meaning, remedy }]) =>
      `## ${title}\n\n\`${code}\` · ${severity}\n\n${meaning}\n\n**Remedy:** ${remedy}\n`,
  );
  return `# Findings

What inspection can find about a study before anything is paid for. An **error** stops the run; with **prepare** only the
prepared data can be run; a **warning** and an **info** stop nothing. Each finding names the file and, where there is one, the line or byte; some cases have a remedy of their own.

${sections.join("\n")}`;
}
