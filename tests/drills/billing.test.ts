/** What a run that was relaunched says it cost, against its attempts, counted here anew. */
import { kill } from "node:process";
import { expect, test } from "vitest";
import sizingData from "../../layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json" with {
  type: "json",
};
import { followRun } from "../../local/followRun.ts";
import { client, cohort, nodeGroups, processesWith } from "../end-to-end/support.ts";
import { runOf, troublesOf, untilTreesGrow } from "./drill.ts";

/** EC2 and EMR bill a minute at least, an instance as long as it is there. */
const leastSeconds = 60;

test("a driver that is killed once: the run succeeds on the same nodes, and each second of them is billed once", async () => {
  const parameters = { trees: 1500, batchSize: 50, where: "aws-on-demand", budgetUsd: 50 };
  const id = await runOf("billed-once", { "chr22.vcf.gz": cohort.vcfGz }, parameters);
  await untilTreesGrow(id);
  const nodes = await nodeGroups();
  const drivers = processesWith("org.apache.spark.deploy.SparkSubmit", id);
  expect(drivers).not.toEqual([]);
  for (const pid of drivers) kill(pid, "SIGKILL");
  const ended = await followRun(client, id, [], () => {}, 200);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["driver-killed", undefined]);
  const { attempts = [], history = [], result } = ended;
  expect(attempts.map(({ nodeGroup }) => [nodeGroup])).toEqual([nodes, nodes]);

  // The report is written, and counts, before the nodes are given back.
  const reportedAt = Date.parse(history.findLast(({ state }) => state === "Report")?.at ?? "");
  const seconds = attempts.map(({ begunAt, endedAt = "" }) => {
    const end = Math.min(Date.parse(endedAt), reportedAt);
    return (end - Date.parse(begunAt)) / 1000;
  });
  const nodeSeconds = Math.max(leastSeconds, (seconds[0] ?? 0) + (seconds[1] ?? 0));
  const { configuration } = attempts[0]?.option ?? {};
  const types = sizingData.shapes.flatMap(({ instanceTypes }) => instanceTypes);
  const hourUsd = types.find(({ name }) => name === configuration?.instanceTypes[0])?.hourUsd ?? Number.NaN;
  const { nodes: count = Number.NaN } = configuration ?? {};
  const nodesUsd = (nodeSeconds / 3600) * hourUsd * count;
  const diskUsd = (nodeSeconds / 3600) * count * 50 * (sizingData.prices.ebsGbMonthUsd / 730);
  const clusterUsd = (nodeSeconds / 3600) * sizingData.prices.eksClusterHourUsd;
  console.log(`attempts of ${seconds.map((one) => one.toFixed(1)).join(" + ")} s: nodes US$ ${nodesUsd.toFixed(5)}`);
  const within2Percent = (part: "nodes" | "disks" | "cluster", usd: number) => {
    const actual = result?.costParts?.[part]?.actual ?? Number.NaN;
    expect(Math.abs(actual / usd - 1), `${part}: ${actual}, counted ${usd}`).toBeLessThan(0.02);
  };
  within2Percent("nodes", nodesUsd);
  within2Percent("disks", diskUsd);
  within2Percent("cluster", clusterUsd);
});
