import type { V1Node } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { ownClusterOf } from "../../../../local/emrContainers/kubernetes/ownCluster.ts";

function nodeOf(role: string | undefined, cpu: string, memory: string, parts: Partial<V1Node["spec"]> & object = {}) {
  return {
    metadata: { labels: role ? { "variantspark-pipeline/role": role } : {} },
    spec: parts,
    status: { allocatable: { cpu, memory }, conditions: [{ type: "Ready", status: "True" }] },
  } satisfies V1Node;
}

const system = nodeOf("system", "3920m", "15Gi");

test("it is sized by the smallest of the nodes that runs may have, and by the largest for drivers", () => {
  const nodes = [
    system,
    nodeOf("system", "2", "31Gi"),
    nodeOf("runs", "16", "63000Mi"),
    nodeOf("runs", "15890m", "128Gi"),
    nodeOf(undefined, "1", "2Gi"),
  ];
  expect(ownClusterOf(nodes)).toEqual({ nodes: 2, cores: 15.89, memoryGiB: 63_000 / 1024, driverMemoryGiB: 31 });
});

test("nodes that are cordoned or not ready do not count", () => {
  const broken = nodeOf("runs", "2", "4Gi");
  const notReady = { ...broken, status: { ...broken.status, conditions: [{ type: "Ready", status: "Unknown" }] } };
  const cordoned = nodeOf("runs", "2", "4Gi", { unschedulable: true });
  expect(ownClusterOf([system, notReady, cordoned, nodeOf("runs", "8", "32Gi")])).toMatchObject({ nodes: 1, cores: 8 });
  expect(ownClusterOf([system, notReady, cordoned])).toBeUndefined();
});

test.each([
  ["no node for drivers", [nodeOf("runs", "8", "32Gi")]],
  ["a node with less than a core left for an executor", [system, nodeOf("runs", "1", "32Gi")]],
  ["a node with hardly any memory", [system, nodeOf("runs", "8", "1500Mi")]],
])("with %s there is no room for a run", (_, nodes) => {
  expect(ownClusterOf(nodes)).toBeUndefined();
});
