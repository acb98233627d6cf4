import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCluster } from "../../../../local/emrContainers/kubernetes/cluster.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function kubeconfig(name: string, content: object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

test("a kubeconfig that is named from the present folder is found from any other, where spark-submit runs", async () => {
  const file = await kubeconfig("submitter", {
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
  const { kubeconfigFile, server } = await openCluster(relative(process.cwd(), file));
  expect(kubeconfigFile).toBe(file);
  expect(server).toBe("https://127.0.0.1:6443");
});

test.each([
  ["is not there", async () => join(folder, "none"), "cannot be read"],
  ["names no cluster", () => kubeconfig("empty", {}), "names no current cluster"],
])("a kubeconfig that %s is named", async (_, make, said) => {
  const file = await make();
  await expect(openCluster(file)).rejects.toThrow(`The kubeconfig ${file} ${said}`);
});
