import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterOption } from "../../../core/sizing/clusterOption.ts";
import { holds } from "../../../core/sizing/configuration.ts";
import { type Estimate, type Option, takeableOption } from "../../../core/sizing/estimate.ts";
import { estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { matrixInput } from "../../../core/sizing/input.ts";
import { searchConfigurations } from "../../../core/sizing/search.ts";
import type { OwnCluster, SizingData } from "../../../core/sizing/sizingData.ts";
import { anyAnalysis, defaults, inspectionOf, sizingData } from "./inputs.ts";

const laboratory: OwnCluster = { nodes: 5, cores: 16, memoryGiB: 60, driverMemoryGiB: 15 };
const small = inspectionOf(2504, 17_010, [{ compression: "gzip" }]);

function dataOf(ownCluster: OwnCluster): SizingData {
  return { ...sizingData, ownCluster };
}

function optionsOf({ options }: Estimate): Option[] {
  return options.filter(({ where }) => where === "cluster");
}

const anyCluster: fc.Arbitrary<OwnCluster> = fc.record({
  nodes: fc.integer({ min: 1, max: 40 }),
  cores: fc.double({ min: 2, max: 128, noNaN: true }),
  memoryGiB: fc.double({ min: 4, max: 2_048, noNaN: true }),
  driverMemoryGiB: fc.double({ min: 4, max: 64, noNaN: true }),
});
const anyInput = fc
  .tuple(fc.integer({ min: 10, max: 20_000 }), fc.integer({ min: 1_000, max: 20_000_000 }))
  .map(([samples, variants]) => matrixInput(samples, variants));

describe("the option on the own cluster", () => {
  test("is there where the sizing data know of one, as it is and prepared first, before the own machine", () => {
    const { options } = estimateStudy(small, defaults, dataOf(laboratory));
    expect(options.slice(4).map(({ where, prepare }) => [where, prepare])).toEqual([
      ["cluster", false],
      ["cluster", true],
      ["local", false],
      ["local", true],
    ]);
    expect(optionsOf(estimateStudy(small, defaults, sizingData))).toEqual([]);
  });

  test("leaves all other options and the curve as they are without it", () => {
    const without = estimateStudy(small, defaults, sizingData);
    const { options, curve } = estimateStudy(small, defaults, dataOf(laboratory));
    expect(options.filter(({ where }) => where !== "cluster")).toEqual(without.options);
    expect(curve).toEqual(without.curve);
  });

  test("costs nothing but the preparing, names no instance types, and says on what speed its time rests", () => {
    const estimate = estimateStudy(small, defaults, dataOf(laboratory));
    const [direct, prepared] = optionsOf(estimate);
    expect(direct).toMatchObject({ costUsd: { low: 0, expected: 0, high: 0 }, costParts: {} });
    expect(Object.keys(prepared?.costParts ?? {})).toEqual(["lambda", "s3"]);
    expect(direct?.configuration.instanceTypes).toEqual([]);
    expect(direct?.configuration.architecture).toBeUndefined();
    expect(estimate.basis).toContain("your own cluster");
  });

  test("begins sooner than on AWS, where nodes have to come up", () => {
    const { options } = estimateStudy(small, defaults, dataOf(laboratory));
    const start = (where: Option["where"]) => options.find((option) => option.where === where)?.phases.start ?? 0;
    expect(start("cluster")).toBeLessThan(start("aws-on-demand"));
  });

  test("fits onto the nodes, beside what runs on each of them, and caches all of the data", () => {
    fc.assert(
      fc.property(anyCluster, anyInput, anyAnalysis, (cluster, input, analysis) => {
        const { configuration, refusal, costUsd } = clusterOption(input, analysis, dataOf(cluster));
        const { nodes, executorsPerNode, coresPerExecutor, executorMemoryMiB, executorOverheadMiB } = configuration;
        expect(costUsd.high).toBe(0);
        expect(nodes).toBeGreaterThanOrEqual(1);
        expect(nodes).toBeLessThanOrEqual(cluster.nodes);
        expect(executorsPerNode * coresPerExecutor).toBeLessThanOrEqual(cluster.cores - 0.25);
        const executorsMiB = executorsPerNode * (executorMemoryMiB + executorOverheadMiB);
        expect(executorsMiB).toBeLessThanOrEqual(cluster.memoryGiB * 1024 - 256);
        expect(executorMemoryMiB).toBeLessThanOrEqual(sizingData.search.maxExecutorHeapGiB * 1024);
        if (refusal !== undefined) return;
        expect(holds(configuration, input)).toBe(true);
        const driverMiB = configuration.driverMemoryMiB + configuration.driverOverheadMiB;
        expect(driverMiB).toBeLessThanOrEqual(cluster.driverMemoryGiB * 1024);
      }),
    );
  });

  test("takes at most a tenth longer than the fastest that there is, and no fewer nodes would do so", () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(anyCluster, anyInput, (cluster, input) => {
        const data = dataOf(cluster);
        const candidates = searchConfigurations("cluster", input, defaults, data);
        if (candidates.length === 0) return;
        const most = 1.1 * Math.min(...candidates.map(({ seconds }) => seconds.expected));
        const { configuration, runSeconds } = clusterOption(input, defaults, data);
        seen.add(configuration.nodes);
        expect(runSeconds.expected).toBeLessThanOrEqual(most);
        for (const { seconds, configuration: other } of candidates)
          if (other.nodes < configuration.nodes) expect(seconds.expected).toBeGreaterThan(most);
      }),
    );
    expect(seen.size).toBeGreaterThan(1);
  });

  test("may take all nodes, whatever their number", () => {
    const nodes = 7;
    const candidates = searchConfigurations("cluster", matrixInput(2504, 8_000_000), defaults, {
      ...sizingData,
      ownCluster: { ...laboratory, nodes },
    });
    expect(new Set(candidates.map(({ configuration }) => configuration.nodes))).toContain(nodes);
  });

  test("is cut into as many jobs as a large forest is on AWS", () => {
    const analysis = { ...defaults, trees: 10_000, chunks: 4 };
    expect(clusterOption(matrixInput(2504, 1_000_000), analysis, dataOf(laboratory)).configuration.chunks).toBe(4);
  });
});

describe("a study that the own cluster cannot take", () => {
  test("is refused there with what is missing, and still offered on AWS", () => {
    const one = { nodes: 1, cores: 4, memoryGiB: 8, driverMemoryGiB: 8 };
    const genome = inspectionOf(2504, 10_000_000, [{ compression: "none" }]);
    const estimate = estimateStudy(genome, defaults, dataOf(one));
    const [direct] = optionsOf(estimate);
    expect(direct?.refusal).toMatch(
      /^The genotypes do not fit into the memory of the node that your cluster lends: they take \S+ GiB, it caches \S+ GiB\.$/,
    );
    expect(estimate.message).toContain(`Your own cluster is not on offer: ${direct?.refusal}`);
    expect(takeableOption(estimate, "aws-on-demand", false)).toBeDefined();
    const many = optionsOf(estimateStudy(genome, defaults, dataOf({ ...one, nodes: 2 })));
    expect(many[0]?.refusal).toContain("of the 2 nodes that your cluster lends");
  });

  test("is refused where its forest needs a larger driver than the cluster has room for", () => {
    const cluster = { ...laboratory, driverMemoryGiB: 2 };
    const input = matrixInput(100_000, 1_000);
    expect(clusterOption(input, defaults, dataOf(cluster)).refusal).toMatch(/^The forest needs a driver of/);
    expect(clusterOption(input, defaults, dataOf({ ...laboratory, driverMemoryGiB: 200 })).refusal).toBeUndefined();
  });
});
