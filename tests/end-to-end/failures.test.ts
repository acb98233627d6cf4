import { kill } from "node:process";
import { expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { client, executionOf, nodeGroups, processesWith, runningStudy } from "./support.ts";

function killDriver(id: string): void {
  const drivers = processesWith("org.apache.spark.deploy.SparkSubmit", id);
  expect(drivers.length).toBeGreaterThan(0);
  for (const pid of drivers) kill(pid, "SIGKILL");
}

test("a driver that is killed is started again on the same nodes; killed again, it ends the run as FAILED, and the nodes are given back", async () => {
  const id = await runningStudy("killed");
  const nodes = await nodeGroups();
  expect(nodes.length).toBe(1);
  killDriver(id);
  const progressOfSecond = async () => {
    const { attempts = [], progress } = (await client.getRun(id)).body;
    return attempts.length === 2 ? (progress?.treesDone ?? 0) : 0;
  };
  await expect.poll(progressOfSecond, { timeout: 120_000, interval: 500 }).toBeGreaterThan(0);
  expect(await nodeGroups()).toEqual(nodes);
  killDriver(id);

  const ended = await followRun(client, id, [], () => {}, 60);
  expect(ended).toMatchObject({ state: "Failed", failure: { message: expect.stringMatching(/137|killed/i) } });
  expect(ended.failure?.remedy).toMatch(/\w{3}/);
  expect(ended.attempts?.map(({ trouble }) => trouble?.kind)).toEqual(["driver-killed", "driver-killed"]);
  const jobs = ended.attempts?.map(({ jobRun }) => jobRun) ?? [];
  expect(new Set(jobs).size).toBe(2);
  await expect.poll(() => executionOf(id).then(({ status }) => status), { timeout: 10_000 }).toBe("FAILED");
  expect(await nodeGroups()).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 20_000 }).toEqual([]);
});

test("a run cancelled through the API gives back its nodes and ends its job", async () => {
  const id = await runningStudy("cancelled");
  const { status } = await client.cancel(id);
  expect([200, 202]).toContain(status);
  await expect.poll(async () => (await client.cancel(id)).body.released, { timeout: 30_000 }).toBe(true);
  expect((await client.getRun(id)).body).toMatchObject({ state: "Cancelled", failure: { code: "cancelled" } });
  expect((await executionOf(id)).status).toBe("ABORTED");
  expect(await nodeGroups()).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 30_000 }).toEqual([]);
});
