/** The option that is sized for the cluster: its pods are made as large as the estimate said. */
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { runOf } from "../drills/drill.ts";
import { client, cohort } from "../end-to-end/support.ts";
import { admin, expectNothingOnCluster, nodesLent, untilPods } from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };

test("a run on the own cluster has pods of the size that was estimated, on the nodes that it lends, and costs nothing", async () => {
  const id = await runOf("cluster", vcf, { where: "cluster", trees: 100, batchSize: 50, mtryFraction: 0.1 });
  const [executor] = await untilPods(id, "executor", "Running", 150);
  const [driver] = await untilPods(id, "driver");
  const { choice, estimate } = (await client.getRun(id)).body;
  expect(choice).toMatchObject({ where: "cluster", by: "analysis.json", approvedUsd: 0 });
  const option = estimate?.options.find(({ where, prepare }) => where === "cluster" && !prepare);
  if (option === undefined) throw new Error("the estimate has no such option");
  const { configuration } = option;
  const { items: lendable } = await admin.listNode({ labelSelector: "variantspark-pipeline/role=runs" });
  expect(configuration.nodes).toBeLessThanOrEqual(lendable.length);
  expect((await nodesLent()).length).toBe(configuration.nodes);
  expect(configuration.instanceTypes).toEqual([]);

  const { coresPerExecutor, executorMemoryMiB, executorOverheadMiB } = configuration;
  expect(executor?.spec?.containers[0]?.resources?.requests).toEqual({
    cpu: String(coresPerExecutor),
    memory: `${executorMemoryMiB + executorOverheadMiB}Mi`,
  });
  const { driverCores, driverMemoryMiB, driverOverheadMiB } = configuration;
  expect(driver?.spec?.containers[0]?.resources?.requests).toEqual({
    cpu: String(driverCores),
    memory: `${driverMemoryMiB + driverOverheadMiB}Mi`,
  });

  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(ended).toMatchObject({ state: "Succeeded", progress: { cachedFraction: 1 } });
  expect(ended.attempts).toHaveLength(1);
  expect(ended.result).toMatchObject({ where: "cluster", costUsd: { predicted: 0, actual: 0 }, costParts: {} });
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  await expectNothingOnCluster();
}, 480_000);
