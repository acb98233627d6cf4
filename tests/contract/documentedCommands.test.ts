/**
 * The commands that the documents tell people to type, as far as they can be run or read here without what they start.
 * tests/unit/docs/commands.test.ts says of each where it is checked.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ensureVenv } from "../../local/engine/venv.ts";
import { documentedCommands } from "../unit/docs/documentedCommands.ts";
import { startStandInAws } from "./documentedCommands/standInAws.ts";

const project = join(import.meta.dirname, "../..");
const home = join(project, ".local");
const commands = documentedCommands().map(({ words }) => words);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "documented-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the AWS CLI", () => {
  const documented = commands.filter(([program]) => program === "aws").map(([, ...words]) => words);
  let python: string;

  beforeAll(async () => {
    const requirements = await readFile(join(import.meta.dirname, "documentedCommands/requirements.txt"), "utf8");
    const { bin } = await ensureVenv(join(home, "aws-cli-venv"), requirements, "the AWS CLI", () => {});
    python = join(bin, "python");
  });

  test("takes each command: operation, options, values and queries", () => {
    expect(documented.length).toBeGreaterThan(25);
    const problems = problemsOf(documented).flatMap((problem, index) =>
      problem ? [[documented[index], problem]] : [],
    );
    expect(problems).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    ["an operation", ["eks", "list-nodegroup"], /there is no eks list-nodegroup/],
    ["an option", ["eks", "list-nodegroups", "--cluster", "a", "--no-such", "b"], /Unknown options: --no-such/],
    ["a required option", ["eks", "describe-nodegroup", "--cluster-name", "a"], /required: --nodegroup-name/],
    ["a value of an enum", ["cloudwatch", "describe-alarms", "--state-value", "ALARMED"], /ALARMED is none of/],
    ["a query", ["eks", "list-nodegroups", "--cluster-name", "a", "--query", "x[?"], /expression/],
    ["an option of version 2", ["logs", "tail", "a", "--sinse", "1h"], /unknown option --sinse/],
    ["a file that is copied", ["s3", "cp", ".local/none", "s3://a/b"], /does not exist/],
  ])("does not take %s that is wrong", (_, words, problem) => {
    expect(problemsOf([words])).toEqual([expect.stringMatching(problem)]);
  });

  function problemsOf(list: readonly (readonly string[])[]): (string | null)[] {
    const check = join(import.meta.dirname, "documentedCommands/check.py");
    const { stdout, stderr, status } = spawnSync(python, ["-I", check], { cwd: project, input: JSON.stringify(list) });
    expect(status, String(stderr)).toBe(0);
    return JSON.parse(String(stdout)) as (string | null)[];
  }
});

describe("npm run", () => {
  const withFlags = ["demo", "local", "calibrate", "inspect", "prepare-matrix"];
  const documented = unique(
    commands
      .filter(([program, run, name = ""]) => program === "npm" && run === "run" && withFlags.includes(name))
      .map(([, , name = "", _dashes, ...flags]) => [name, ...flags.map((flag) => flag.replaceAll(/[[\]]/g, ""))]),
  );

  test("has commands to look at", () => {
    expect(new Set(documented.map(([name]) => name))).toEqual(new Set(withFlags));
  });

  // The first flag that a command does not know is what it complains of, before it does anything.
  test.each(documented.map((words) => [words.join(" "), words] as const))("%s knows its flags", async (_, words) => {
    const { code, said } = await run(words, ["--no-such-flag"]);
    expect(code).not.toBe(0);
    expect(said).toContain("Unknown option '--no-such-flag'");
  });

  test("local:jar says where the jar lies", async () => {
    const { code, said } = await run(["local:jar"]);
    expect(code).toBe(0);
    expect(existsSync(said.trim().split("\n").at(-1) ?? "")).toBe(true);
  });

  test("inspect says what is wrong with files", async () => {
    const header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";
    const vcf = join(folder, "a.vcf");
    const labels = join(folder, "labels.csv");
    await writeFile(vcf, `${header}22\t1\t.\tA\tC\t.\t.\t.\tGT\t0/0\t0/1\n`);
    await writeFile(labels, "sample,class\na,0\n");
    const { code, said } = await run(["inspect", vcf, labels]);
    expect(code).toBe(1);
    expect(said).toMatch(/label/);
  });

  /** As npm would, without the hook that installs what is there. */
  async function run([name = "", ...words]: readonly string[], more: readonly string[] = []) {
    const { scripts } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
    const [program, file] = String(scripts[name]).split(" ");
    expect(program).toBe("node");
    const { KUBECONFIG: _none, ...env } = process.env;
    return ended(process.execPath, [join(project, file ?? ""), ...words, ...more], env);
  }
});

describe("npx osls", () => {
  let aws: Awaited<ReturnType<typeof startStandInAws>>;

  beforeAll(async () => {
    aws = await startStandInAws();
  });
  afterAll(() => aws.stop());

  // What is deployed is printed instead; the end-to-end tests deploy it.
  const documented = unique(commands.filter(([program, tool]) => program === "npx" && tool === "osls"));

  test.each(documented.map((words) => [words.join(" "), words] as const))("%s", async (_, [, , ...words]) => {
    const osls = join(project, "node_modules/osls/bin/serverless.js");
    const { code, said } = await ended(process.execPath, [osls, ...words.with(0, "print")], {
      ...process.env,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      SLS_TELEMETRY_DISABLED: "1",
      SLS_NOTIFICATIONS_MODE: "off",
    });
    expect(code, said).toBe(0);
    expect(parse(said).provider.stage).toBe(words[words.indexOf("--stage") + 1]);
  });
});

function unique(list: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(list.map((words) => [words.join(" "), words])).values()];
}

async function ended(program: string, words: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(program, words, { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  const closed = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, said: code === 0 ? out : out + err };
}
