/** The commands of docs/kubernetes.md by which an administrator makes the submitter's kubeconfig, as they stand there. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scriptsOf } from "../unit/docs/documentedCommands.ts";
import { sourceOf } from "../unit/stack/stack.ts";
import { files, namespace } from "./pods.ts";

const script = scriptsOf(sourceOf("docs/kubernetes.md")).find((block) => block.includes("create token")) ?? "";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "submitter-"));
  const env = { ...process.env, KUBECONFIG: files.administrator };
  execFileSync("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env, stdio: "pipe" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function mayI(verb: string, what: string): string {
  const args = ["--kubeconfig", join(folder, "submitter.kubeconfig"), "-n", namespace, "auth", "can-i", verb, what];
  try {
    return execFileSync("kubectl", args, { stdio: "pipe" }).toString().trim();
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout).trim();
  }
}

test("it is the submitter's: it may make pods and read no secret", () => {
  expect(mayI("create", "pods")).toBe("yes");
  expect(mayI("get", "secrets")).toBe("no");
});

test("it holds nobody else's credentials, and no other user of the machine reads it", async () => {
  const config = new KubeConfig();
  config.loadFromFile(join(folder, "submitter.kubeconfig"));
  expect(config.getUsers().map(({ name }) => name)).toEqual(["submitter"]);
  expect((await stat(join(folder, "submitter.kubeconfig"))).mode & 0o077).toBe(0);
});
