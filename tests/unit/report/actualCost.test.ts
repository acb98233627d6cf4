import { describe, expect, test } from "vitest";
import { actualCost } from "../../../core/report/actualCost.ts";
import { reportedCost } from "../../../core/report/reportedCost.ts";
import type { Attempt, Run } from "../../../core/run/run.ts";
import type { Configuration, CostParts } from "../../../core/sizing/estimate.ts";
import { exactly } from "../../../core/sizing/range.ts";
import type { InstanceShape, Prices } from "../../../core/sizing/sizingData.ts";
import { historyOf, later, optionOf, runOf } from "../run/runOf.ts";
import { sizingData } from "../sizing/inputs.ts";

/** Two nodes at 0.40 USD on demand, 0.12 on spot; driver: one of 3.67 cores of a node at 0.2268 USD. */
const shape: InstanceShape = {
  architecture: "x86_64",
  vcpus: 8,
  memoryGiB: 64,
  maxPods: 58,
  instanceTypes: [{ name: "r6a.2xlarge", hourUsd: 0.4, speed: 1 }],
};
const configuration: Configuration = {
  architecture: "x86_64",
  instanceTypes: ["r6a.2xlarge"],
  nodes: 2,
  executorsPerNode: 1,
  coresPerExecutor: 7,
  executorMemoryMiB: 49.5 * 1024,
  executorOverheadMiB: 5 * 1024,
  driverCores: 1,
  driverMemoryMiB: 4 * 1024,
  driverOverheadMiB: 512,
  partitions: 28,
  partitionBytes: 1,
  batchSize: 100,
};
const prices: Prices = {
  ...sizingData.prices,
  spotFraction: { low: 0.2, expected: 0.3, high: 0.5 },
  emrVcpuHourUsd: 0.01,
  emrGbHourUsd: 0.001,
  eksClusterHourUsd: 0.1,
  ebsGbMonthUsd: 0.073,
  lambdaGbSecondUsd: 0.00001,
  lambdaRequestUsd: 0.0000002,
  s3PutUsd: 0.000005,
  s3GetUsd: 0.0000004,
  s3GbMonthUsd: 0.023,
  systemNode: { name: "r6a.xlarge", vcpus: 4, memoryGiB: 32, maxPods: 58, hourUsd: 0.2268 },
};
const data = { ...sizingData, prices, shapes: [shape] };
const hour = 3600;
const nodeHour = { onDemand: 2 * 0.4, spot: 2 * 0.4 * 0.3, cluster: 0.1, disks: (2 * 50 * 0.073) / 730 };
/** 15 vCPUs; two executors of 55 GB and a driver of 5 GB, each with its logging container. */
const podHour = { driver: 0.2268 / 3.67, emr: 15 * 0.01 + 115 * 0.001 };

/** Nodes for two hours, of which the job took one and a half. */
const run = runOf({
  state: "Report",
  choice: { where: "aws-on-demand", prepare: false, approvedUsd: 9, at: later(0).toISOString(), by: "researcher" },
  estimate: estimateOf("aws-on-demand"),
  nodeGroup: { name: "vs-a", createdAt: later(0).toISOString(), releasedAt: later(2 * hour).toISOString() },
  jobRun: { id: "j", startedAt: later(600).toISOString(), finishedAt: later(1.5 * hour + 600).toISOString() },
});

function estimateOf(where: "aws-spot" | "aws-on-demand" | "local"): NonNullable<Run["estimate"]> {
  const costParts: CostParts = { nodes: exactly(1), emr: exactly(0.5) };
  const options = [optionOf(where, { configuration, costUsd: exactly(1.5), costParts })];
  return { options, curve: [], message: "", cachedBytes: 1, basis: "" };
}

function close(parts: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([part, usd]) => [part, expect.closeTo(usd, 10)]));
}

const now = later(3 * hour);

describe("a run of one attempt, computed by hand", () => {
  test("pays for nodes, disks and cluster while the nodes are there, for driver and uplift while the job is", () => {
    expect(actualCost(run, data, now)?.parts).toEqual(
      close({
        nodes: 2 * nodeHour.onDemand,
        driver: 1.5 * podHour.driver,
        emr: 1.5 * podHour.emr,
        cluster: 2 * nodeHour.cluster,
        disks: 2 * nodeHour.disks,
      }),
    );
  });

  test("pays spot's price for the nodes alone", () => {
    const choice = { where: "aws-spot", prepare: false, approvedUsd: 9, at: later(0).toISOString(), by: "researcher" };
    const spot = { ...run, choice, estimate: estimateOf("aws-spot") } as Run;
    const parts = actualCost(spot, data, now)?.parts;
    expect(parts?.nodes).toBeCloseTo(2 * nodeHour.spot, 10);
    expect(parts?.emr).toBeCloseTo(1.5 * podHour.emr, 10);
  });

  test("pays for its nodes until now while they are there", () => {
    const { releasedAt: _, ...held } = run.nodeGroup ?? { name: "", createdAt: "" };
    const cost = actualCost({ ...run, nodeGroup: held }, data, now);
    expect(cost?.parts.nodes).toBeCloseTo(3 * nodeHour.onDemand, 10);
    expect(cost?.basis).toContain("until this report");
  });

  test("pays for a minute at least", () => {
    const nodeGroup = { name: "vs-a", createdAt: later(0).toISOString(), releasedAt: later(7).toISOString() };
    const jobRun = { id: "j", startedAt: later(5).toISOString(), finishedAt: later(6).toISOString() };
    expect(actualCost({ ...run, nodeGroup, jobRun }, data, now)?.parts).toMatchObject(
      close({ nodes: nodeHour.onDemand / 60, emr: podHour.emr / 60 }),
    );
  });

  test("pays no uplift for nodes that never got a job", () => {
    const { jobRun: _, ...jobless } = run;
    expect(actualCost(jobless, data, now)?.parts).toMatchObject({ emr: 0, driver: 0 });
  });

  test("pays nothing on the own cluster, and says so", () => {
    const option = optionOf("cluster", { configuration: { ...configuration, instanceTypes: [] } });
    const attempts: Attempt[] = [{ number: 1, option, nodeGroup: "vs-a", jobRun: "j", begunAt: at(0) }];
    const cost = actualCost({ ...run, attempts }, data, now);
    expect(cost?.parts).toEqual({});
    expect(cost?.basis).toContain("Your own cluster: no charge from AWS");
  });

  test("is unknown on nodes that the catalogue has no more", () => {
    expect(actualCost(run, { ...data, shapes: [] }, now)).toBeUndefined();
  });
});

/** Hours; a job whose end was not seen ended with its attempt. */
function jobFrom(started: number, finished?: number): NonNullable<Attempt["job"]> {
  return { startedAt: at(started), ...(finished !== undefined && { finishedAt: at(finished) }), phases: [] };
}

test("attempts that follow each other on the same nodes pay for each second once, each at its own market", () => {
  const option = optionOf("aws-spot", { configuration });
  const attempts: Attempt[] = [
    { number: 1, option, nodeGroup: "vs-a", jobRun: "i", begunAt: at(0), endedAt: at(1), job: jobFrom(0.5, 1) },
    { number: 2, option, nodeGroup: "vs-a", jobRun: "j", begunAt: at(1), endedAt: at(2), job: jobFrom(1) },
    { number: 3, option: { ...option, where: "aws-on-demand" }, nodeGroup: "vs-a-3", jobRun: "k", begunAt: at(2) },
  ];
  const jobRun = { id: "k", startedAt: at(2.5), finishedAt: at(3) };
  expect(actualCost({ ...run, attempts, jobRun }, data, now)?.parts).toEqual(
    close({
      nodes: 2 * nodeHour.spot + nodeHour.onDemand,
      driver: 2 * podHour.driver,
      emr: 2 * podHour.emr,
      cluster: 3 * nodeHour.cluster,
      disks: 3 * nodeHour.disks,
    }),
  );
});

describe("preparing", () => {
  const totals = {
    recordsIn: 1,
    rowsOut: 1,
    droppedBy: { region: 0, "not-biallelic": 0, missing: 0, maf: 0 },
    genotypes: 1,
    missing: 0,
  };
  const matrix = { digest: "d", samples: 1, rows: 1, bytes: 2e9, parts: 4, totals };
  const prepared: Run = {
    ...run,
    matrix,
    slices: 4,
    history: historyOf([
      ["Convert", 0],
      ["Seal", 50],
      ["Report", 60],
    ]),
  };

  test("pays for its Lambdas, its requests and the matrix's first month", () => {
    const { lambda, s3 } = actualCost(prepared, data, now)?.parts ?? {};
    // Four Lambdas of 1.769 GB for 50 s; 12 PUTs, 4 GETs and one for each 8 MiB of 1 MB; 2 GB.
    expect(lambda).toBeCloseTo(4 * (50 * 1.769 * 0.00001 + 0.0000002), 12);
    expect(s3).toBeCloseTo(12 * 0.000005 + (4 + 1e6 / 2 ** 23) * 0.0000004 + 2 * 0.023, 12);
  });

  test("pays for as many Lambdas as may be at work, when there are more slices", () => {
    const many = actualCost({ ...prepared, slices: 2000 }, data, now)?.parts.lambda;
    expect(many).toBeCloseTo(500 * 50 * 1.769 * 0.00001 + 2000 * 0.0000002, 12);
  });

  test("costs nothing when the matrix was there already", () => {
    const parts = actualCost(
      {
        ...prepared,
        history: historyOf([
          ["Plan", 0],
          ["Report", 60],
        ]),
      },
      data,
      now,
    )?.parts;
    expect(parts).not.toHaveProperty("lambda");
    expect(parts).not.toHaveProperty("s3");
  });

  test("is all that a local run pays for", () => {
    const choice = { where: "local", prepare: true, approvedUsd: 9, at: later(0).toISOString(), by: "researcher" };
    const local = { ...prepared, choice, estimate: estimateOf("local") } as Run;
    expect(Object.keys(actualCost(local, data, now)?.parts ?? {})).toEqual(["lambda", "s3"]);
  });
});

test.each([
  ["an assumed fraction", undefined, /Spot is taken at 30 % of on-demand, the table's fraction/],
  ["the history's median", exactly(0.1), /Spot is taken at the median of its price history/],
])("the basis says when spot is %s", (_, spotHourUsd, words) => {
  const instanceTypes = shape.instanceTypes.map((type) => ({ ...type, ...(spotHourUsd && { spotHourUsd }) }));
  const choice = { where: "aws-spot", prepare: false, approvedUsd: 9, at: later(0).toISOString(), by: "researcher" };
  const spot = { ...run, choice, estimate: estimateOf("aws-spot") } as Run;
  const cost = actualCost(spot, { ...data, shapes: [{ ...shape, instanceTypes }] }, now);
  expect(cost?.basis).toMatch(words);
  expect(cost?.parts.nodes).toBeCloseTo(spotHourUsd ? 4 * 0.1 : 2 * nodeHour.spot, 10);
});

describe("the reported cost", () => {
  const { costUsd, costParts, costBasis } = reportedCost(run, data, now);

  test("has each part beside what was predicted of it", () => {
    expect(costParts.nodes).toEqual({ predicted: 1, actual: expect.closeTo(2 * nodeHour.onDemand, 10) });
    expect(costParts.disks).toMatchObject({ predicted: 0 });
    expect(Object.keys(costParts)).toEqual(["nodes", "driver", "emr", "cluster", "disks"]);
  });

  test("is the sum of its parts", () => {
    const sum = Object.values(costParts).reduce((usd, { actual }) => usd + (actual ?? Number.NaN), 0);
    expect(costUsd).toEqual({ predicted: 1.5, actual: expect.closeTo(sum, 10) });
    expect(costBasis).toContain(prices.source);
  });

  test("keeps its prediction when what it cost is not known", () => {
    const unknown = reportedCost(run, { ...data, shapes: [] }, now);
    expect(unknown).toEqual({
      costUsd: { predicted: 1.5, actual: null },
      costParts: { nodes: { predicted: 1, actual: null }, emr: { predicted: 0.5, actual: null } },
      costBasis: null,
    });
  });
});

function at(hours: number): string {
  return later(hours * hour).toISOString();
}
