/** Templates of CloudFormation against AWS's resource schemas (cfn-lint) and for what is unsafe (checkov; the cluster's in clusterLint), Dockerfiles against hadolint's rules. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkov, ensureLinters } from "../templates/templates/lint.ts";

const project = join(import.meta.dirname, "../..");
const templates = await filesOf("infra", /\.yaml$/, /^AWSTemplateFormatVersion:/m);
const dockerfiles = [...(await filesOf("docker", /Dockerfile$/)), ...(await filesOf("infra", /Dockerfile$/))];
let bin: string;
let folder: string;

beforeAll(async () => {
  bin = await ensureLinters();
  folder = await mkdtemp(join(tmpdir(), "lint-"));
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("cfn-lint", () => {
  test.each(templates)("finds nothing in %s", async (path) => {
    expect(await lint("cfn-lint", "--", join(project, path))).toEqual({ exitCode: 0, said: "" });
  });

  test("looks at the image's pipeline, and would find a property that there is not", async () => {
    expect(templates).toContain("infra/pipeline/image.yaml");
    const template = await readFile(join(project, "infra/pipeline/image.yaml"), "utf8");
    const damaged = join(folder, "image.yaml");
    await writeFile(damaged, template.replace("PrivilegedMode", "PriviligedMode"));
    expect((await lint("cfn-lint", "--", damaged)).said).toContain("'PriviligedMode'");
  });
});

describe("checkov", () => {
  const path = join(project, "infra/pipeline/image.yaml");

  test("passes every check of the image's pipeline that it does not skip, and the skip has its reason", async () => {
    const { passed, failed, skipped } = await checkov(bin, path);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(20);
    expect(skipped).toEqual([{ rule: "CKV_AWS_18", reason: expect.stringMatching(/\w{3}/) }]);
  });

  test("would find an image's tag that may be given again", async () => {
    const damaged = join(folder, "mutable.yaml");
    await writeFile(damaged, (await readFile(path, "utf8")).replace("IMMUTABLE", "MUTABLE"));
    expect((await checkov(bin, damaged)).failed.map(({ rule }) => rule)).toEqual(["CKV_AWS_51"]);
  });
});

describe("hadolint", () => {
  test.each(dockerfiles)("finds nothing in %s", async (path) => {
    expect(await lint("hadolint", join(project, path))).toEqual({ exitCode: 0, said: "" });
  });

  test("looks at both images, and would find a tag that moves", async () => {
    expect(dockerfiles).toEqual(["docker/Dockerfile", "infra/kubernetes/image/Dockerfile"]);
    const damaged = join(folder, "Dockerfile");
    await writeFile(damaged, "FROM public.ecr.aws/emr-on-eks/spark/emr-7.9.0:latest\nUSER hadoop:hadoop\n");
    expect((await lint("hadolint", damaged)).said).toContain("DL3007");
  });
});

function lint(tool: string, ...args: readonly string[]): Promise<{ exitCode: unknown; said: string }> {
  return new Promise((resolve) =>
    execFile(join(bin, tool), args, { cwd: project }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? error.code : 0, said: stdout + stderr }),
    ),
  );
}

async function filesOf(under: string, name: RegExp, content = /^/): Promise<string[]> {
  const paths = (await readdir(join(project, under), { recursive: true })).filter((path) => name.test(path)).sort();
  const sources = await Promise.all(paths.map((path) => readFile(join(project, under, path), "utf8")));
  return paths.filter((_, index) => content.test(sources[index] ?? "")).map((path) => `${under}/${path}`);
}
