import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: unknown; readonly "timeout-minutes": number; readonly steps: readonly Step[] }
    >
  >;
}

const project = new URL("../../../", import.meta.url);
const folder = new URL(".github/workflows/", project);
const workflows = readdirSync(folder).map((name) => {
  const source = readFileSync(new URL(name, folder), "utf8");
  return { name, source, workflow: parse(source) as Workflow };
});
const { scripts, devDependencies } = JSON.parse(readFileSync(new URL("package.json", project), "utf8"));

describe.each(workflows)("the workflow $name", ({ source, workflow }) => {
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);
  const uses = steps.filter((step) => step.uses !== undefined);

  test("may read the repository and nothing else, in any job", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(jobs.map(({ permissions }) => permissions)).toEqual(jobs.map(() => undefined));
  });

  test("names each action by a full commit, and says which release that is", () => {
    expect(uses.length).toBeGreaterThan(0);
    for (const { uses: action } of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(source.match(/uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)).toHaveLength(uses.length);
  });

  test("knows no secret, and leaves no token behind in the checkout", () => {
    expect(source).not.toMatch(/secrets\b|github\.token|GITHUB_TOKEN/i);
    const checkouts = uses.filter(({ uses: action }) => action?.startsWith("actions/checkout@"));
    expect(checkouts).toHaveLength(jobs.length);
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ "persist-credentials": false });
  });

  test("gives strangers' words to no shell, and runs no stranger's code with rights", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(Object.keys(workflow.on)).not.toContain("workflow_run");
  });

  test("ends: each job has its time, and one run of a kind goes on at once", () => {
    for (const job of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
    expect(workflow.concurrency.group).toContain("github.workflow");
  });

  test("runs on the Node that the project comes with, and commands that there are", () => {
    const nodes = uses.filter(({ uses: action }) => action?.startsWith("actions/setup-node@"));
    expect(nodes).toHaveLength(jobs.length);
    for (const node of nodes) expect(String(node.with?.["node-version"])).toBe(devDependencies.node.split(".")[0]);
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands)
      expect(command === ".ci/run" || command.replace(/^npm run /, "") in scripts, command).toBe(true);
  });
});

test("a change is checked and tested as CI does here, the packages are audited and the long suites run each day", () => {
  const commands = Object.fromEntries(
    workflows.map(({ name, workflow }) => [
      name,
      Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])),
    ]),
  );
  expect(commands).toEqual({
    "audit.yml": ["npm run audit", "npm run audit:python"],
    "ci.yml": ["npm run check", ".ci/run"],
    "suites.yml": [
      ...["roles", "templates", "aws-requests", "api", "notebook"].map((suite) => `npm run test:${suite}`),
      "npm run test:drills",
    ],
  });
  const [audit, ci, suites] = workflows.map(({ workflow }) => Object.keys(workflow.on));
  expect(audit).toContain("schedule");
  expect(suites).toContain("schedule");
  expect(ci).toEqual(["push", "pull_request"]);
});
