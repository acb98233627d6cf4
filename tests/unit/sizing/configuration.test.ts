import { describe, expect, test } from "vitest";
import { cacheCapacityBytes } from "../../../core/sizing/cache.ts";
import { configurationOf, holds, localConfiguration, totalCores } from "../../../core/sizing/configuration.ts";
import { matrixInput } from "../../../core/sizing/input.ts";
import { executorPod, heapOf, loggingMiB, memoryOverheadMiB, nodeRoom } from "../../../core/sizing/nodeRoom.ts";
import { sizingData } from "./inputs.ts";

const GiB = 1024;

describe.each(sizingData.shapes)("a node of $vcpus vCPUs and $memoryGiB GiB ($architecture)", (shape) => {
  const one = configurationOf(shape, 1);

  test("keeps for the kubelet what EKS reserves: 255 MiB, 11 MiB per pod, and a share of the cores", () => {
    const { memoryMiB, millicores } = nodeRoom(shape);
    expect(memoryMiB).toBeLessThanOrEqual(shape.memoryGiB * GiB - 255 - 11 * shape.maxPods - 100);
    expect(millicores).toBeLessThan(shape.vcpus * 1000 - 80);
    expect(millicores).toBeGreaterThan((shape.vcpus - 1) * 1000);
  });

  test.each([1, 2, 4])("has room for %d executors' pods, their logging containers included", (perNode) => {
    const pod = executorPod(shape, perNode);
    if (pod === undefined) return expect(shape.vcpus / perNode).toBeLessThan(2);
    const room = nodeRoom(shape);
    expect(perNode * (pod.heapMiB + pod.overheadMiB + 512)).toBeLessThanOrEqual(room.memoryMiB);
    expect(perNode * pod.cores * 1000).toBeLessThanOrEqual(room.millicores);
  });

  test("gives the executor's pod the memory beside the heap that Spark on Kubernetes asks for", () => {
    expect(one.executorOverheadMiB).toBeGreaterThanOrEqual(Math.max(384, Math.floor(0.1 * one.executorMemoryMiB)));
  });

  test("asks EMR and Kubernetes for whole MiB", () => {
    const figures = Object.values(one).filter((value) => typeof value === "number");
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
  });

  test("times twelve has twelve times the cores", () => {
    expect(totalCores(configurationOf(shape, 12))).toBe(12 * totalCores(one));
  });
});

test.each([4_000, 30_000, 500_000])(
  "the largest heap of a pod of %d MiB fits into it, and a MiB more does not",
  (podMiB) => {
    const heap = heapOf(podMiB, { loggingMiB });
    expect(heap + memoryOverheadMiB(heap) + 512).toBeLessThanOrEqual(podMiB);
    expect(heap + 2 + memoryOverheadMiB(heap + 2) + 512).toBeGreaterThan(podMiB);
  },
);

describe("a configuration", () => {
  const [shape] = sizingData.shapes;
  if (shape === undefined) throw new Error("the catalogue has shapes");
  const bytesFor = (share: number) => share * cacheCapacityBytes(1, configurationOf(shape, 1).executorMemoryMiB);
  const inputOf = (bytes: number) => matrixInput(1000, Math.floor(bytes / 1108));

  test.each([
    { share: 0.84, fits: true },
    { share: 0.87, fits: false },
  ])("that the data fills to $share holds it, with 15 % of headroom: $fits", ({ share, fits }) => {
    const configuration = configurationOf(shape, 1, { partitions: 1000 });
    expect(holds(configuration, inputOf(bytesFor(share)))).toBe(fits);
  });

  test("needs room for half a partition more, which Spark asks for while it unrolls one", () => {
    expect(holds(configurationOf(shape, 1, { partitions: 1 }), inputOf(bytesFor(0.7)))).toBe(false);
    expect(holds(configurationOf(shape, 1, { partitions: 1 }), inputOf(bytesFor(0.66)))).toBe(true);
  });
});

test("the own machine is one JVM with all its cores and three quarters of its memory", () => {
  const machine = localConfiguration(4, 16, { partitions: 12, partitionBytes: 1, batchSize: 10 });
  expect(machine).toMatchObject({ instanceTypes: [], nodes: 1, executorsPerNode: 0, driverMemoryMiB: 12 * GiB });
  expect(totalCores(machine)).toBe(4);
});
