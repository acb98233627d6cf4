/** Runs that their researcher cancels at the moments at which something paid for is about to come or to go. */
import { afterEach, expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { client, cohort, fewRecords, jobRunsOn, nodeGroups } from "../end-to-end/support.ts";
import { cancelAndLookWhatIsLeft, faultsLeft, inject, runOf } from "./drill.ts";

const vcf = { "chr22.vcf.gz": fewRecords(300) };
const parameters = { trees: 10, where: "aws-on-demand", budgetUsd: 50 };

afterEach(() => inject({}));

test("in Provision, while the nodes are on their way", async () => {
  await inject({ pendingSeconds: 600 });
  const id = await runOf("cancel-provision", vcf, parameters);
  await expect.poll(nodeGroups, { timeout: 60_000 }).toContainEqual(expect.stringContaining(id));
  expect((await client.getRun(id)).body.state).toBe("Provision");
  await cancelAndLookWhatIsLeft(id);
});

test.each([
  ["nodes", "CreateNodegroup"],
  ["the job", "StartJobRun"],
] as const)("while the request for %s is under way", async (_, operation) => {
  await inject({ throttled: { [operation]: 2 } });
  const id = await runOf(`cancel-${operation}`, vcf, parameters);
  // The SDK has been refused once and will ask again within a second.
  await expect
    .poll(async () => (await faultsLeft()).throttled?.[operation], { timeout: 60_000, interval: 10 })
    .toBeLessThan(2);
  await cancelAndLookWhatIsLeft(id);
});

test("in the pause after trouble", async () => {
  await inject({ throttled: { StartJobRun: 6 } });
  const id = await runOf("cancel-pause", vcf, parameters);
  const pausing = async () => {
    const { state, attempts = [] } = (await client.getRun(id)).body;
    return `${state} ${attempts.length}`;
  };
  await expect.poll(pausing, { timeout: 60_000, interval: 50 }).toBe("Heal 3");
  await cancelAndLookWhatIsLeft(id);
  expect(await jobRunsOn(id)).toEqual([]);
});

test("in Report, when the job has ended and its nodes are still there", async () => {
  const id = await runOf(
    "cancel-report",
    { "chr22.vcf.gz": cohort.vcfGz },
    { ...parameters, trees: 100, batchSize: 50 },
  );
  await followRun(client, id, ["Observe"], () => {}, 60);
  await expect
    .poll(async () => (await client.getRun(id)).body.state, { timeout: 120_000, interval: 20 })
    .toBe("Report");
  await cancelAndLookWhatIsLeft(id);
});
