/** One cluster and one local cloud for all tests on pods; the local cloud has the rights of infra/kubernetes/submitter.yaml and no others. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import type { TestProject } from "vitest/node";
import { parseAllDocuments } from "yaml";
import { startLocalCloud } from "../../local/cloud.ts";
import { addressTowards, openCluster } from "../../local/emrContainers/kubernetes/cluster.ts";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type TestCluster, testCluster } from "../../local/testKubernetes/cluster.ts";
import { strictRelay } from "./strictRelay.ts";

declare module "vitest" {
  interface ProvidedContext {
    kubernetes: {
      /** Kubeconfig file. */
      readonly administrator: string;
      /** API server of the local cloud and of the drivers: strictRelay.ts. */
      readonly relay: string;
    };
  }
}

const project = join(import.meta.dirname, "..", "..");
const manifests = join(project, "infra", "kubernetes");
const namespace = "variantspark";
/** A driver that no node takes is given up after this. */
const longestPendingSeconds = 20;

export default async function startCloudOnPods(vitest: TestProject): Promise<() => Promise<void>> {
  const home = join(project, ".local");
  const say = (line: string) => console.log(line);
  const cluster = await testCluster(await ensureEngine(home, say), say);
  const ends: (() => Promise<void> | void)[] = [() => cluster.down()];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const { config, core, server } = await openCluster(cluster.kubeconfigFile);
    await applyManifests(KubernetesObjectApi.makeApiClient(config));
    await prepare(core, cluster);
    const address = cluster.address ?? (await addressTowards(server));
    const relay = await strictRelay(config, address);
    ends.push(relay.close);
    const submitter = join(home, "submitter.kubeconfig");
    ends.push(() => rm(submitter, { force: true }));
    await writeFile(submitter, submitterKubeconfig(relay.server, await submitterToken(core)), { mode: 0o600 });
    const { stop: stopCloud, ...cloud } = await startLocalCloud({
      home,
      onProgress: say,
      longestPendingSeconds,
      kubernetes: {
        kubeconfigFile: submitter,
        image: cluster.image,
        imagePullPolicy: "IfNotPresent",
        address,
        sparkConf: { "spark.kubernetes.driver.master": relay.server },
      },
    });
    ends.push(() => stopCloud(process.env["KEEP_LOGS"] !== undefined));
    vitest.provide("cloud", cloud);
    vitest.provide("kubernetes", { administrator: cluster.kubeconfigFile, relay: relay.server });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What docs/kubernetes.md asks of a cluster's administrator. */
async function applyManifests(objects: KubernetesObjectApi): Promise<void> {
  const names = (await readdir(manifests)).filter((name) => name.endsWith(".yaml"));
  // The namespace before what is in it.
  for (const name of names.sort((a) => (a === "accounts.yaml" ? -1 : 1)))
    for (const document of parseAllDocuments(await readFile(join(manifests, name), "utf8")))
      await objects.patch(document.toJS(), undefined, undefined, "tests", true, PatchStrategy.ServerSideApply);
}

/** Roles of the nodes that are ours, and nothing left of an earlier start. @throws Error when another's cluster has pods there */
async function prepare(core: CoreV1Api, { givenNodes, isOurs }: TestCluster): Promise<void> {
  const { items } = await core.listNamespacedPod({ namespace });
  if (!isOurs && items.length > 0)
    throw new Error(
      `The namespace ${namespace} has ${items.length} pod(s), which these tests would end: let them end, or delete them.`,
    );
  for (const [name, role] of Object.entries(givenNodes))
    await core.patchNode(
      { name, body: { metadata: { labels: { "variantspark-pipeline/role": role } }, spec: { unschedulable: null } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  await core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 });
  await core.deleteCollectionNamespacedSecret({ namespace });
}

async function submitterToken(core: CoreV1Api): Promise<string> {
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace,
    name: "variantspark-submitter",
    body: { spec: { audiences: [], expirationSeconds: 4 * 3600 } },
  });
  return status?.token ?? "";
}

function submitterKubeconfig(server: string, token: string): string {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: "relay", server, skipTLSVerify: true }, { name: "submitter", token });
  return config.exportConfig();
}
