import { expect, test } from "vitest";
import { audited } from "../../../local/auditAnswer.ts";

/** As `npm audit --json` of npm 11 answers. */
function answer(vulnerabilities: Record<string, { severity: string; via?: unknown[] }>): string {
  const found = Object.entries(vulnerabilities).map(([name, { severity, via = [] }]) => [
    name,
    {
      name,
      severity,
      isDirect: true,
      via,
      effects: [],
      range: "<1.2.3",
      nodes: [`node_modules/${name}`],
      fixAvailable: true,
    },
  ]);
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities: Object.fromEntries(found), metadata: {} });
}

test("nothing known passes", () => {
  expect(audited(answer({}))).toEqual({ passed: true, lines: ["0 high or critical, 0 lesser"] });
});

test("a moderate vulnerability is counted and passes", () => {
  expect(audited(answer({ a: { severity: "moderate" } }))).toEqual({
    passed: true,
    lines: ["0 high or critical, 1 lesser"],
  });
});

test.each(["high", "critical"])("a %s one does not pass, and is told with its reasons", (severity) => {
  const via = [
    { title: "Prototype pollution", url: "https://github.com/advisories/GHSA-x", severity },
    "its-dependency",
  ];
  expect(audited(answer({ a: { severity, via }, b: { severity: "low" } }))).toEqual({
    passed: false,
    lines: [
      `${severity}: a <1.2.3 (Prototype pollution https://github.com/advisories/GHSA-x; its-dependency)`,
      "1 high or critical, 1 lesser",
    ],
  });
});

test.each([
  [
    "a registry that serves no audits",
    JSON.stringify({ statusCode: 405, message: "405 Method Not Allowed", error: {} }),
  ],
  ["no network", JSON.stringify({ error: { code: "ENOTFOUND", summary: "request failed" } })],
  ["nothing", ""],
  ["something else", "<html>"],
])("%s does not pass", (_, stdout) => {
  expect(audited(stdout)).toMatchObject({
    passed: false,
    lines: [expect.stringMatching(/nothing was checked/), stdout],
  });
});
