/** The demo's cohort from upload to report on a real Kubernetes, by the launch code that EKS will get. */
import { gunzipSync } from "node:zlib";
import { CloudWatchLogsClient, DescribeLogStreamsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { runLabel } from "../../core/variantspark/podTemplates.ts";
import { followRun } from "../../local/followRun.ts";
import { runOf } from "../drills/drill.ts";
import { client, cloud, cohort, owner } from "../end-to-end/support.ts";
import { admin, expectNothingOnCluster, namespace, node, nodesLent, untilPods, untilTreesGrow } from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };

test("the chr22 run on pods: driver on the system node, executors on the run's own, others kept off; then nothing is left", async () => {
  const id = await runOf("pods", vcf, {
    where: "aws-spot",
    budgetUsd: 50,
    trees: 500,
    batchSize: 50,
    mtryFraction: 0.1,
  });
  const [executor] = await untilPods(id, "executor", "Running", 150);
  const [driver] = await untilPods(id, "driver");
  if (driver === undefined || executor === undefined) throw new Error("no pods");

  expect(driver.spec?.nodeSelector).toEqual({ "variantspark-pipeline/role": "system" });
  expect(labelsOf(await nodeOf(driver))).toMatchObject({ "variantspark-pipeline/role": "system" });
  const run = executor.spec?.nodeSelector?.[runLabel] ?? "";
  expect(executor.spec?.nodeSelector).toEqual({ [runLabel]: run });
  expect(executor.spec?.tolerations).toContainEqual({
    key: runLabel,
    operator: "Equal",
    value: run,
    effect: "NoSchedule",
  });
  expect(executor.spec?.terminationGracePeriodSeconds).toBe(120);
  const itsNode = await nodeOf(executor);
  expect(labelsOf(itsNode)).toMatchObject({ [runLabel]: run, "eks.amazonaws.com/capacityType": "SPOT" });
  expect(itsNode.spec?.taints).toEqual([{ key: runLabel, value: run, effect: "NoSchedule" }]);
  await expectKeptOff(run);

  await untilTreesGrow(id);
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(ended.state).toBe("Succeeded");
  expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
  expect(ended.progress).toMatchObject({ phase: "finished", treesDone: 500, cachedFraction: 1, variants: 1988 });
  await expectNothingOnCluster();
  expect(await nodesLent()).toEqual([]);
  expect(await logStreams(id)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/\/spark-\w+\/spark-\w+-driver\/stdout$/),
      expect.stringMatching(/\/spark-\w+\/importancecmd-\w+-exec-1\/stderr$/),
    ]),
  );
}, 480_000);

/** A pod that asks for the run's nodes, without the toleration. */
async function expectKeptOff(run: string): Promise<void> {
  const name = "stranger";
  const container = { name: "stranger", image: "localhost/pause:1", imagePullPolicy: "IfNotPresent" };
  await admin.createNamespacedPod({
    namespace,
    body: { metadata: { name }, spec: { nodeSelector: { [runLabel]: run }, containers: [container] } },
  });
  const why = async () =>
    (await admin.readNamespacedPod({ namespace, name })).status?.conditions?.find(({ type }) => type === "PodScheduled")
      ?.message ?? "";
  // The one node with the label, and only it, is kept by its taint.
  await expect.poll(why, { timeout: 20_000 }).toMatch(/ 1 node\(s\) had untolerated taint/);
  await admin.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
}

async function nodeOf({ spec }: V1Pod) {
  return node(spec?.nodeName ?? "");
}

function labelsOf({ metadata }: Awaited<ReturnType<typeof node>>) {
  return metadata?.labels ?? {};
}

async function logStreams(runId: string): Promise<string[]> {
  const { logStreams: streams = [] } = await new CloudWatchLogsClient(owner).send(
    new DescribeLogStreamsCommand({ logGroupName: cloud.outputs.JobLogGroupName, logStreamNamePrefix: `${runId}/` }),
  );
  return streams.flatMap(({ logStreamName }) => logStreamName ?? []);
}
