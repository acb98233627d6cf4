import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cacheCapacityBytes } from "../../../core/sizing/cache.ts";
import { configurationOf, executorsOf, holds, inputBytes } from "../../../core/sizing/configuration.ts";
import { cheapestWithin, choose, fastestWithin, knee, paretoCurve } from "../../../core/sizing/curve.ts";
import type { Configuration, Market } from "../../../core/sizing/estimate.ts";
import { type Input, matrixInput, studyInput } from "../../../core/sizing/input.ts";
import { loggingMiB, nodeRoom } from "../../../core/sizing/nodeRoom.ts";
import { type Candidate, searchConfigurations } from "../../../core/sizing/search.ts";
import type { InstanceShape } from "../../../core/sizing/sizingData.ts";
import type { Analysis } from "../../../core/study/analysis.ts";
import { importanceArguments } from "../../../core/variantspark/importanceArguments.ts";
import { sparkJob } from "../../../core/variantspark/sparkJob.ts";
import { checkRequest } from "../../../local/emrContainers/requestChecks.ts";
import { anyInspection, sizingData } from "./inputs.ts";

const analysis: Analysis = { trees: 500, mtryFraction: 0.1, seed: 13 };
const genome = matrixInput(2504, 10_000_000);

const anyMarket = fc.constantFrom<Market>("aws-spot", "aws-on-demand");
const anyInput: fc.Arbitrary<Input> = fc.oneof(
  anyInspection.map(studyInput),
  fc
    .record({ samples: fc.integer({ min: 2, max: 100_000 }), variants: fc.integer({ min: 1, max: 50_000_000 }) })
    .map(({ samples, variants }) => matrixInput(samples, variants)),
);
const anyForest: fc.Arbitrary<Analysis> = fc.record(
  {
    trees: fc.integer({ min: 1, max: 10_000 }),
    mtryFraction: fc.integer({ min: 1, max: 1_000 }).map((thousandths) => thousandths / 1_000),
    seed: fc.constant(13),
    maxDepth: fc.integer({ min: 1, max: 50 }),
    batchSize: fc.integer({ min: 1, max: 1_000 }),
  },
  { requiredKeys: ["trees", "mtryFraction", "seed"] },
);
const anyUsd = fc.double({ min: 0.01, max: 1_000, noNaN: true });
const anySeconds = fc.integer({ min: 60, max: 1_000_000 });
const few = { numRuns: 40 };

describe("of the candidates of any study", () => {
  test("a bigger budget never gives a slower choice, whatever the deadline", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anyUsd, anyUsd, anySeconds, (where, input, a, b, deadlineSeconds) => {
        const candidates = searchConfigurations(where, input, analysis, sizingData);
        const chosen = (budgetUsd: number) => choose(candidates, { budgetUsd, deadlineSeconds });
        const small = chosen(Math.min(a, b));
        const large = chosen(Math.max(a, b));
        expect(large?.seconds.high ?? 0).toBeLessThanOrEqual(small?.seconds.high ?? 0);
        expect(fastestWithin(candidates, Math.max(a, b))?.seconds.high ?? 0).toBeLessThanOrEqual(
          fastestWithin(candidates, Math.min(a, b))?.seconds.high ?? Number.POSITIVE_INFINITY,
        );
      }),
      few,
    );
  });

  test("a later deadline never gives a dearer choice, whatever the budget", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anySeconds, anySeconds, anyUsd, (where, input, a, b, budgetUsd) => {
        const candidates = searchConfigurations(where, input, analysis, sizingData);
        const chosen = (deadlineSeconds: number) => choose(candidates, { budgetUsd, deadlineSeconds });
        const late = chosen(Math.max(a, b));
        const early = chosen(Math.min(a, b));
        expect(late?.costUsd.high ?? 0).toBeLessThanOrEqual(early?.costUsd.high ?? 0);
        expect(cheapestWithin(candidates, Math.max(a, b))?.costUsd.high ?? 0).toBeLessThanOrEqual(
          cheapestWithin(candidates, Math.min(a, b))?.costUsd.high ?? Number.POSITIVE_INFINITY,
        );
      }),
      few,
    );
  });

  test("every one caches all of the data, with headroom", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anyForest, (where, input, forest) => {
        for (const { configuration } of searchConfigurations(where, input, forest, sizingData)) {
          expect(holds(configuration, input)).toBe(true);
          const capacity = cacheCapacityBytes(executorsOf(configuration), configuration.executorMemoryMiB);
          expect(0.85 * capacity).toBeGreaterThanOrEqual(0.99 * inputBytes(input, 1));
        }
      }),
      few,
    );
  });

  test("the pods of every one fit on its nodes, and its driver on the system node", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anyForest, (where, input, forest) => {
        for (const { configuration } of searchConfigurations(where, input, forest, sizingData)) {
          const room = nodeRoom(shapeOf(configuration));
          const podMiB = configuration.executorMemoryMiB + configuration.executorOverheadMiB + loggingMiB;
          expect(configuration.executorsPerNode * podMiB).toBeLessThanOrEqual(room.memoryMiB);
          expect(configuration.executorsPerNode * configuration.coresPerExecutor * 1000).toBeLessThanOrEqual(
            room.millicores,
          );
          const driverMiB = configuration.driverMemoryMiB + configuration.driverOverheadMiB + loggingMiB;
          expect(driverMiB).toBeLessThanOrEqual(nodeRoom(sizingData.prices.systemNode).memoryMiB);
        }
      }),
      few,
    );
  });

  test("every one is accepted by EMR's StartJobRun and EKS's CreateNodegroup", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anyForest, (where, input, forest) => {
        for (const { configuration } of searchConfigurations(where, input, forest, sizingData)) {
          expect(() => checkRequest.startJobRun(startJobRun(configuration, forest))).not.toThrow();
          expect(configuration.nodes).toBeLessThanOrEqual(450);
          expect(configuration.instanceTypes.length).toBeGreaterThanOrEqual(1);
          expect(configuration.instanceTypes.length).toBeLessThanOrEqual(20);
          expect(configuration.architecture).toBe(shapeOf(configuration).architecture);
        }
      }),
      few,
    );
  });

  test("every one grows the batches that the analysis asks for, when it does", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, fc.integer({ min: 1, max: 1_000 }), (where, input, batchSize) => {
        for (const { configuration } of searchConfigurations(where, input, { ...analysis, batchSize }, sizingData))
          expect(configuration.batchSize).toBe(batchSize);
      }),
      few,
    );
  });

  test("the same are found again", () => {
    fc.assert(
      fc.property(anyMarket, anyInput, anyForest, (where, input, forest) => {
        expect(searchConfigurations(where, input, forest, sizingData)).toEqual(
          searchConfigurations(where, input, forest, sizingData),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe("the curve", () => {
  const candidates = searchConfigurations("aws-spot", genome, analysis, sizingData);
  const curve = paretoCurve(candidates);

  test("goes from the fastest to the cheapest, and each point is cheaper than all that are faster", () => {
    expect(curve.length).toBeGreaterThan(3);
    for (const [index, point] of curve.entries()) {
      const faster = curve[index - 1];
      if (faster === undefined) continue;
      expect(point.seconds.high).toBeGreaterThan(faster.seconds.high);
      expect(point.costUsd.high).toBeLessThan(faster.costUsd.high);
    }
  });

  test("leaves out only what another beats in both", () => {
    for (const candidate of candidates.filter((one) => !curve.includes(one)))
      expect(curve.some((point) => isNoWorse(point, candidate))).toBe(true);
  });

  test("holds the knee, and every choice", () => {
    expect(curve).toContain(knee(candidates));
    for (const budgetUsd of [0.5, 1, 2, 5, 10])
      expect(curve).toContain(choose(candidates, { budgetUsd, deadlineSeconds: Number.POSITIVE_INFINITY }));
  });
});

describe("without a choice that keeps a bound, the nearest is taken", () => {
  const candidates = searchConfigurations("aws-on-demand", genome, analysis, sizingData);
  const curve = paretoCurve(candidates);

  test("the cheapest for too small a budget", () => {
    expect(choose(candidates, { budgetUsd: 0.001, deadlineSeconds: Number.POSITIVE_INFINITY })).toBe(curve.at(-1));
  });

  test("the fastest for too early a deadline", () => {
    expect(choose(candidates, { budgetUsd: Number.POSITIVE_INFINITY, deadlineSeconds: 1 })).toBe(curve[0]);
  });
});

test("a small study asks for a part of its node's memory, and one that fills the node for all of it", () => {
  const heaps = (input: Input) =>
    searchConfigurations("aws-spot", input, analysis, sizingData).map(
      ({ configuration }) =>
        configuration.executorMemoryMiB /
        configurationOf(shapeOf(configuration), 1, { executorsPerNode: configuration.executorsPerNode })
          .executorMemoryMiB,
    );
  expect(Math.max(...heaps(matrixInput(2504, 17_010)))).toBeLessThanOrEqual(0.5);
  expect(Math.max(...heaps(genome))).toBe(1);
});

test("spot draws from several types, and no configuration mixes architectures", () => {
  for (const where of ["aws-spot", "aws-on-demand"] as const)
    for (const { configuration } of searchConfigurations(where, genome, analysis, sizingData)) {
      if (where === "aws-spot") expect(configuration.instanceTypes.length).toBeGreaterThanOrEqual(3);
      const arm = configuration.instanceTypes.filter((type) => /^\w+g\./.test(type));
      expect([0, configuration.instanceTypes.length]).toContain(arm.length);
    }
});

test("a search of a whole genome takes less than a tenth of a second once it is warm", () => {
  searchConfigurations("aws-spot", genome, analysis, sizingData);
  const begun = performance.now();
  searchConfigurations("aws-spot", genome, analysis, sizingData);
  expect(performance.now() - begun).toBeLessThan(100);
});

function isNoWorse(point: Candidate, other: Candidate): boolean {
  return point.seconds.high <= other.seconds.high && point.costUsd.high <= other.costUsd.high;
}

function shapeOf({ instanceTypes }: Configuration): InstanceShape {
  const shape = sizingData.shapes.find((one) => one.instanceTypes[0]?.name === instanceTypes[0]);
  if (shape === undefined) throw new Error("the search takes its types from the catalogue");
  return shape;
}

function startJobRun(configuration: Configuration, forest: Analysis): unknown {
  const job = sparkJob(
    importanceArguments({
      inputs: [{ kind: "parquet", uri: "s3://runs/matrices/0" }],
      labelsUri: "s3://runs/runs/a/labels.csv",
      labelColumn: "label",
      outputUri: "s3://runs/runs/a/importance.csv",
      analysis: forest,
      batchSize: configuration.batchSize,
      variantsReported: 0,
    }),
    configuration,
    {
      jarUri: "s3://assets/engine/variantspark.jar",
      driverPodTemplateUri: "s3://runs/runs/a/driver-pod.yaml",
      executorPodTemplateUri: "s3://runs/runs/a/executor-pod.yaml",
      eventLogUri: "s3://runs/runs/a/event-log/",
    },
  );
  return {
    name: "a",
    clientToken: "token",
    executionRoleArn: "arn:aws:iam::123456789012:role/vs-job-role",
    releaseLabel: "emr-7.9.0-20250425",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: job.entryPoint,
        entryPointArguments: [...job.arguments],
        sparkSubmitParameters: job.sparkSubmitParameters,
      },
    },
  };
}
