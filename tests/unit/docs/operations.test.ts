import { describe, expect, test } from "vitest";
import { healingRules } from "../../../core/run/healing.ts";
import { sizingData } from "../sizing/inputs.ts";
import { tasks } from "../stack/machine.ts";
import { infraFiles, propertiesOf, resourcesOfType, serverless, sourceOf, sourcesIn } from "../stack/stack.ts";

/** Without what only lines up its tables. */
const document = sourceOf("docs/operations.md").replaceAll(/ +\|/g, " |");
/** Up to the first chapter that is not about failures. */
const failures = document.slice(document.indexOf("## What can go wrong"), document.indexOf("## Look at a run"));
const troubles = Object.keys(healingRules);
const deployed = ["serverless.yml", ...infraFiles.map((name) => `infra/${name}`)].map(sourceOf).join("\n");
const codes = failureCodes();

test.each(troubles)("the trouble %s has its row among those that are cured", (kind) => {
  const cured = failures.slice(failures.indexOf("### Trouble on the nodes"), failures.indexOf("### Before anything"));
  expect(cured).toContain(`\n| \`${kind}\` |`);
});

test.each(codes)("the failure code %s is named", (code) => {
  expect(failures).toContain(`\`${code}\``);
});

test("there are codes to look for, of each place that gives some", () => {
  expect(codes.length).toBeGreaterThan(40);
  for (const code of [
    "rejected",
    "executors-pending",
    "engine-failed",
    "vcf-record-columns",
    "slice-missing",
    "internal",
  ])
    expect(codes).toContain(code);
});

test("no row is about a code or a trouble that there is not", () => {
  const rows = [...failures.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)];
  const named = rows.flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((code = "") => !codes.includes(code) && !troubles.includes(code))).toEqual([]);
});

describe("alarms", () => {
  const chapter = document.slice(document.indexOf("\n## Alarms\n"), document.indexOf("\n## Traces and tags\n"));
  const sections = new Map(
    chapter.split("\n### ").flatMap((section) => {
      const [, name, text = ""] = /^`([a-z-]+)`\n(.*)/s.exec(section) ?? [];
      return name === undefined ? [] : [[name, text] as const];
    }),
  );
  const names = resourcesOfType("AWS::CloudWatch::Alarm").map(([, { AlarmName }]) =>
    String(AlarmName).replace(`\${self:service}-\${sls:stage}-`, ""),
  );

  test("of the stack are those of the document", () => {
    expect(names.length).toBeGreaterThan(8);
    expect([...sections.keys()].sort()).toEqual(names.toSorted());
  });

  test.each(names)("%s says what it means, what to look at and what to do", (name) => {
    const parts = /^\n\*\*Means\*\*: \S.*\n\*\*Look\*\*: \S.*\n\*\*Do\*\*: \S/s;
    expect(sections.get(name)).toMatch(parts);
  });

  test.each([
    ["alarm-failed-runs", "runs-failed", "(", ")"],
    ["alarm-daily-usd", "spend", "(", ")"],
    ["alarm-spot-losses", "spot-losses", "(", ")"],
  ])("the default of %s", (parameter, name, before, after) => {
    expect(chapter).toContain(`\`${parameter}\``);
    expect(sections.get(name)).toContain(`${before}${parameterDefault(parameter)}${after}`);
  });
});

test("every parameter of the deployment that has days, or is about alarms, is named", () => {
  const written = [...deployed.matchAll(/\{param:((?:alarm-[a-z-]+)|(?:[a-z-]+-days))\b/g)].map(([, name]) => name);
  expect(new Set(written).size).toBe(7);
  for (const name of written) expect(document).toContain(name);
});

describe("says as the stack has it", () => {
  test.each(tasks.map(([name]) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`))("the log of %s", (name) => {
    expect(serverless.functions[name]).toBeDefined();
    expect(document).toContain(`\`${name}\``);
  });

  test("the names of the log groups, and how long they are kept", () => {
    const groups = ["JobLogGroup", "PipelineLogGroup"].map(propertiesOf);
    for (const { LogGroupName, RetentionInDays } of groups) {
      const name = String(LogGroupName)
        .replace(/\$\{self:service\}/, "variantspark-pipeline")
        .replace(/\$\{sls:stage\}/, "STAGE");
      expect(document).toContain(`| \`${name}\` |`);
      expect(document).toContain(`kept for ${RetentionInDays} days`);
    }
  });

  test("how long uploads wait, how often they are tried, and how often the reconciler comes", () => {
    const days = Number(propertiesOf("UploadsDeadLetterQueue")["MessageRetentionPeriod"]) / 86_400;
    expect(document).toContain(`keeps it for ${days} days`);
    expect(propertiesOf("UploadsQueue")["RedrivePolicy"]).toMatchObject({ maxReceiveCount: 5 });
    expect(document).toContain("dead-letter queue after 5 tries");
    expect(parameterDefault("reconcile-rate")).toBe("rate(5 minutes)");
    expect(parameterDefault("reconcile-grace-seconds")).toBe("300");
    expect(document).toContain(parameterDefault("emr-release-label"));
  });

  test("the largest run, for which quotas are asked", () => {
    const { maxVcpus, maxNodes } = sizingData.search;
    expect(document).toContain(`${maxVcpus.toLocaleString("en")}: the estimate offers nothing larger`);
    expect(document).toContain(`a run has ${maxNodes} at most`);
  });
});

function parameterDefault(name: string): string {
  const [, value] = new RegExp(`\\{param:${name}, '(.*?)'\\}`).exec(deployed) ?? [];
  if (value === undefined) throw new Error(`the deployment has no parameter ${name}`);
  return value;
}

/** Of what a run can end with: written where a step says `failed`, or has met with trouble, or a slice of the data is damaged. */
function failureCodes(): string[] {
  const steps = [...sourcesIn("functions/")].filter(([path]) => !path.startsWith("functions/api/"));
  const sources = [
    ...[...steps, ...sourcesIn("core/run/")].map(([, source]) => source),
    sourceOf("core/variantspark/failures.ts"),
    sourceOf("core/matrix/manifest.ts"),
  ].join("\n");
  const written = sources.matchAll(/\bcode: "([a-z-]+)"|\bfailed\(\s*"([a-z-]+)"|\?\.code \?\? "([a-z-]+)"/g);
  const ofSlices = sourceOf("core/matrix/matrixError.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm);
  return [
    ...new Set([...written, ...ofSlices].map(([, ...groups]) => groups.find((code) => code !== undefined) ?? "")),
  ].sort();
}
