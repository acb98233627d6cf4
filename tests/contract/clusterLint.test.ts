/** The cluster's template against the resource schemas of CloudFormation (cfn-lint) and for what is unsafe in it (checkov). */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureVenv } from "../../local/engine/venv.ts";
import { clusterYaml } from "../unit/stack/clusterTemplate.ts";

let bin: string;
let folder: string;

beforeAll(async () => {
  const requirements = await readFile(join(import.meta.dirname, "account/lint-requirements.txt"), "utf8");
  const venv = join(import.meta.dirname, "../../.local/lint-venv");
  ({ bin } = await ensureVenv(venv, requirements, "cfn-lint and checkov", () => {}));
  folder = await mkdtemp(join(tmpdir(), "lint-"));
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("cfn-lint", () => {
  test("finds nothing wrong, not even what it would only warn of", async () => {
    expect(await cfnLint(clusterYaml)).toEqual([]);
  });

  test.each([
    ["a property that the type does not have", "PrivateDnsEnabled: true", "PrivateDnsEnabledd: true", "E3002"],
    [
      "a value that the schema does not know",
      "AuthenticationMode: API_AND_CONFIG_MAP",
      "AuthenticationMode: ANY",
      "E3030",
    ],
    ["a reference to what is not there", "!Ref SubnetA", "!Ref SubnetZ", "E1020"],
  ])("sees %s", async (_, right, wrong, rule) => {
    expect(clusterYaml).toContain(right);
    expect(await cfnLint(clusterYaml.replace(right, wrong))).toContain(rule);
  });
});

describe("checkov", () => {
  test("passes every check that the template does not skip, and each skip has its reason", async () => {
    const { passed, failed, skipped } = await checkov(clusterYaml);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(50);
    expect(skipped.map(({ check }) => check).sort()).toEqual([
      "CKV_AWS_115",
      "CKV_AWS_116",
      "CKV_AWS_158",
      "CKV_AWS_158",
    ]);
    for (const { reason } of skipped) expect(reason).toMatch(/\w{3}/);
  });

  test("sees metadata that pods could read", async () => {
    expect(await checkov(clusterYaml.replace("HttpTokens: required", "HttpTokens: optional"))).toMatchObject({
      failed: ["CKV_AWS_79"],
    });
  });
});

/** Rules that were broken. */
async function cfnLint(template: string): Promise<string[]> {
  const said = await outputOf("cfn-lint", ["--format", "json", "--", await written(template)]);
  return (JSON.parse(said) as { Rule: { Id: string } }[]).map(({ Rule }) => Rule.Id);
}

async function checkov(template: string) {
  const args = [
    "--framework",
    "cloudformation",
    "--skip-download",
    "--output",
    "json",
    "--file",
    await written(template),
  ];
  const { results, summary } = JSON.parse(await outputOf("checkov", args)) as {
    summary: { passed: number; parsing_errors: number };
    results: Record<
      "failed_checks" | "skipped_checks",
      { check_id: string; check_result: { suppress_comment?: string } }[]
    >;
  };
  expect(summary.parsing_errors).toBe(0);
  return {
    passed: summary.passed,
    failed: results.failed_checks.map(({ check_id }) => check_id),
    skipped: results.skipped_checks.map(({ check_id, check_result }) => ({
      check: check_id,
      reason: check_result.suppress_comment ?? "",
    })),
  };
}

async function written(template: string): Promise<string> {
  const file = join(folder, "cluster.yaml");
  await writeFile(file, template);
  return file;
}

/** Both end with an error code when they find something. */
async function outputOf(tool: string, args: string[]): Promise<string> {
  return await new Promise((resolve) =>
    execFile(join(bin, tool), args, { maxBuffer: 1 << 26 }, (_, stdout) => resolve(stdout)),
  );
}
