/** The cluster's template against the resource schemas of CloudFormation (cfn-lint) and for what is unsafe in it (checkov). */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cfnLint, checkov, ensureLinters } from "../templates/templates/lint.ts";
import { clusterYaml } from "../unit/stack/clusterTemplate.ts";

let bin: string;
let folder: string;

beforeAll(async () => {
  bin = await ensureLinters();
  folder = await mkdtemp(join(tmpdir(), "lint-"));
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("cfn-lint", () => {
  test("finds nothing wrong, not even what it would only warn of", async () => {
    expect(await cfnLint(bin, await written(clusterYaml))).toEqual([]);
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
    const findings = await cfnLint(bin, await written(clusterYaml.replace(right, wrong)));
    expect(findings.map((finding) => finding.rule)).toContain(rule);
  });
});

describe("checkov", () => {
  test("passes every check that the template does not skip, and each skip has its reason", async () => {
    const { passed, failed, skipped } = await checkov(bin, await written(clusterYaml));
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(50);
    expect(skipped.map(({ rule }) => rule).sort()).toEqual([
      "CKV_AWS_115",
      "CKV_AWS_116",
      "CKV_AWS_158",
      "CKV_AWS_158",
    ]);
    for (const { reason } of skipped) expect(reason).toMatch(/\w{3}/);
  });

  test("sees metadata that pods could read", async () => {
    const damaged = clusterYaml.replace("HttpTokens: required", "HttpTokens: optional");
    const { failed } = await checkov(bin, await written(damaged));
    expect(failed.map(({ rule }) => rule)).toEqual(["CKV_AWS_79"]);
  });
});

async function written(template: string): Promise<string> {
  const file = join(folder, "cluster.yaml");
  await writeFile(file, template);
  return file;
}
