import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { USAGE as inspectUsage, parseCommandLine as parseInspect } from "../../../local/inspect/commandLine.ts";
import { parseCommandLine as parsePrepare, USAGE as prepareUsage } from "../../../local/prepareMatrix/commandLine.ts";
import { sourceOf } from "../stack/stack.ts";
import { calledBy, documentedCommands, scriptsOf } from "./documentedCommands.ts";

const project = join(import.meta.dirname, "../../..");
const commands = documentedCommands();
const { scripts } = JSON.parse(sourceOf("package.json")) as { scripts: Record<string, string> };

/**
 * Where each script that people are told to run is run. Suites are run as they are: `test` by CI, the others by name. tests/contract tries
 * the flags of demo, local and calibrate; what is behind them the end-to-end tests and the benches run.
 */
const scriptsRunBy: Readonly<Record<string, string>> = {
  test: ".ci/run",
  check: "suite",
  "test:notebook": "suite",
  "test:api": "suite",
  "test:journey": "suite",
  "test:aws-requests": "suite",
  "test:roles": "suite",
  "test:templates": "suite",
  "test:drills": "suite",
  "test:kubernetes": "suite",
  demo: "tests/contract/documentedCommands.test.ts",
  local: "tests/contract/documentedCommands.test.ts",
  calibrate: "tests/contract/documentedCommands.test.ts",
  "local:jar": "tests/contract/documentedCommands.test.ts",
  inspect: "tests/contract/documentedCommands.test.ts",
  "prepare-matrix": "tests/contract/prepareMatrix.test.ts",
  notebook: "local/testJourney.ts",
  "bench:run": "bench/results/run.json",
  "bench:chunks": "bench/results/chunks.json",
  "bench:latency": "bench/results/latency.json",
  "bench:prepare": "bench/results/prepare.json",
  "bench:estimates": "bench/results/estimates.json",
  "bench:report": "bench/results/report.json",
  "bench:api": "bench/results/api.json",
  "bench:inspect": "bench/results/inspect.json",
};

/** What is behind a script, run by a test that needs none of its flags. */
const behindScripts: Readonly<Record<string, { readonly file: string; readonly says: string }>> = {
  "aws:deploy": { file: "tests/contract/account.test.ts", says: "local/account/deployAccount.ts" },
  "aws:remove": { file: "tests/contract/account.test.ts", says: "local/account/removeAccount.ts" },
  "image:layer": { file: "tests/contract/imageLayer.test.ts", says: "local/image/makeLayer.ts" },
  "image:scan": { file: "tests/contract/imageScan.test.ts", says: "local/image/scan.ts" },
  "image:use": { file: "tests/end-to-end/jobImage.test.ts", says: '"image/use.ts"' },
  conformance: { file: "tests/unit/local/conformance/conformance.test.ts", says: "local/conformance/inspectAll.ts" },
  smoke: { file: "tests/end-to-end/jobImage.test.ts", says: '"smoke.ts"' },
  sbom: { file: "tests/contract/boms.test.ts", says: "local/sbom/" },
  audit: { file: "tests/unit/local/auditAnswer.test.ts", says: "local/audit" },
  "audit:python": { file: ".github/workflows/audit.yml", says: "npm run audit:python" },
  "test:jar": { file: "package.json", says: "--project contract" },
};

/** Programs of other people, which need what no test has: a cluster, Docker, a registry. By their first words, and why. */
const byHand: Readonly<Record<string, string>> = {
  "bcftools view": "tests/contract and bench/prepare run bcftools where it is installed",
  "docker build": "needs Docker",
  "docker buildx": "needs Docker and a registry",
  "docker network inspect": "needs Docker",
  "docker push": "needs a registry",
  "docker save": "needs Docker",
  "kind load docker-image": "needs kind",
  "kubectl --kubeconfig submitter.kubeconfig config": "tests/kubernetes/documented.test.ts",
  "kubectl -n variantspark create token": "tests/kubernetes/documented.test.ts",
  "kubectl apply": "needs a cluster; tests/kubernetes applies the same files",
  "kubectl config view": "tests/kubernetes/documented.test.ts",
  "kubectl get pods": "needs a cluster",
  "kubectl label node": "needs a cluster; tests/kubernetes labels nodes",
  "sudo k3s ctr images import": "needs k3s",
};

/** Run elsewhere, word for word. */
const elsewhere: Readonly<Record<string, { readonly file: string; readonly says: string }>> = {
  "npm install --no-save": { file: "local/install.mjs", says: '["install", "--no-save"' },
  "pip install ./notebook": { file: "notebook/pyproject.toml", says: "[build-system]" },
  "pip install variantspark-pipeline": { file: "notebook/pyproject.toml", says: 'name = "variantspark-pipeline"' },
};

test("there are commands of each kind to look at", () => {
  expect(commands.length).toBeGreaterThan(80);
  for (const program of ["aws", "npm", "npx", "kubectl", "docker", "pip"])
    expect(commands.map(({ words: [first] }) => first)).toContain(program);
});

test.each(commands.map(({ document, words }) => [words.join(" "), document, words] as const))(
  "`%s` of %s is checked by some test",
  (text, _, words) => {
    const [program, ...rest] = words;
    switch (program) {
      case "npm":
        return text in elsewhere ? isElsewhere(text) : isScript(rest);
      case "npx":
        return isToolOfTheProject(rest);
      case "aws":
        return expect(sourceOf("tests/contract/documentedCommands.test.ts")).toContain("documentedCommands()");
      case "pip":
        return isElsewhere(text);
      default: {
        const known = Object.keys(byHand).filter((start) => `${text} `.startsWith(`${start} `));
        expect(known, "tests/unit/docs/commands.test.ts says where each command is run").toHaveLength(1);
        return namesFilesThatThereAre(rest);
      }
    }
  },
);

function isScript(words: readonly string[]): void {
  const name = words[0] === "run" ? (words[1] ?? "") : (words[0] ?? "");
  expect(Object.keys(scripts)).toContain(name);
  expect(Object.keys({ ...scriptsRunBy, ...behindScripts }), "where is it run?").toContain(name);
}

function isToolOfTheProject([tool = "", ...words]: readonly string[]): void {
  expect(existsSync(join(project, "node_modules/.bin", tool))).toBe(true);
  // tests/contract/documentedCommands.test.ts tries the options of osls.
  expect([tool, words[0]].join(" ")).toMatch(/^(osls deploy|vitest run)$/);
  if (tool === "osls") return;
  expect(sourceOf("vitest.config.ts")).toContain(`name: "${words[words.indexOf("--project") + 1]}"`);
  namesFilesThatThereAre(words);
}

function isElsewhere(text: string): void {
  const { file = "", says = "" } = elsewhere[text] ?? {};
  expect(file, "where is it run?").not.toBe("");
  expect(sourceOf(file)).toContain(says);
}

function namesFilesThatThereAre(words: readonly string[]): void {
  for (const word of words.filter((one) => /^(infra|tests|local|docs)\//.test(one)))
    expect(existsSync(join(project, word)), word).toBe(true);
}

describe("where scripts are run", () => {
  test.each(Object.entries(scriptsRunBy))("%s: %s", (name, where) => {
    const script = scripts[name] ?? "";
    const [, file] = /^node (\S+)$/.exec(script) ?? [];
    if (file !== undefined) expect(existsSync(join(project, file))).toBe(true);
    if (where === "suite") return expect(script).toMatch(/vitest run --project|^node local\/test\w+\.ts$/);
    expect(existsSync(join(project, where)), where).toBe(true);
    if (where === ".ci/run") expect(sourceOf(where)).toMatch(/^npm test$/m);
    if (where.startsWith("tests/") && name !== "prepare-matrix")
      expect(sourceOf(where)).toMatch(new RegExp(`"${name}"`));
  });

  test.each(Object.entries(behindScripts))("%s: %o", (name, { file, says }) => {
    expect(Object.keys(scripts)).toContain(name);
    expect(sourceOf(file)).toContain(says);
  });

  test("every script that is no hook and no formatter is in some document", () => {
    const told = new Set(
      commands.filter(({ words }) => words[0] === "npm").map(({ words }) => words[words[1] === "run" ? 2 : 1]),
    );
    const ours = Object.keys(scripts).filter(
      (name) => name !== "format" && !(/^pre/.test(name) && name.slice(3) in scripts),
    );
    expect(ours.filter((name) => !told.has(name))).toEqual([]);
  });
});

describe("the usage that a command shows", () => {
  const optionsOf = (usage: string) => [...usage.matchAll(/^ {2}(--[a-z-]+)(?: ([A-Z]+))?/gm)];

  test.each(optionsOf(inspectUsage).map(([, option = "", value]) => [option, value] as const))(
    "of inspect names %s, which it takes",
    (option, value) => {
      expect(() => parseInspect(["a.vcf", option, ...(value ? ["x"] : [])])).not.toThrow();
    },
  );

  const values: Readonly<Record<string, string>> = {
    N: "2",
    X: "0.1",
    CHR: "22:1-9",
    FILE: join(project, "README.md"),
  };

  test.each(optionsOf(prepareUsage).map(([, option = "", value]) => [option, value] as const))(
    "of prepare-matrix names %s, which it takes",
    async (option, value) => {
      await parsePrepare(["a.vcf", "OUT/", option, ...(value ? [values[value] ?? ""] : [])]);
    },
  );

  test("names all that they take", () => {
    expect([...optionsOf(inspectUsage), ...optionsOf(prepareUsage)]).toHaveLength(8);
  });
});

describe("commands are found", () => {
  test("in blocks of bash and in running text, and nowhere else", () => {
    const markdown =
      "Run `npm run a` or `npm`.\n\n```bash\nnpm run b \\\n  -- 'c d' # why\n```\n\n```python\nnpm run e\n```\n";
    expect(scriptsOf(markdown).flatMap(calledBy)).toEqual([
      ["npm", "run", "b", "--", "c d"],
      ["npm", "run", "a"],
    ]);
  });

  test("in substitutions, loops and pipes", () => {
    const script = 'X=$(aws a b)\nfor Y in $(aws c d); do aws e "$Y" $X; done\ndocker save x | sudo k3s';
    const called = calledBy(script).map((words) => words.join(" "));
    expect(called.toSorted()).toEqual([
      "aws a b",
      "aws c d",
      expect.stringMatching(/^aws e (\S+) \1$/),
      "docker save x",
      "sudo k3s",
    ]);
  });

  test.each(["terraform apply", "echo x | terraform apply", "if then"])("%s is not passed over", (script) => {
    expect(() => calledBy(script)).toThrow();
  });
});
