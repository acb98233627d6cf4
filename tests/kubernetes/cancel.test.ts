/** Runs that their researcher cancels: no pod stays, whatever the job was about. */
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cancelAndLookWhatIsLeft, runOf } from "../drills/drill.ts";
import { client, cohort } from "../end-to-end/support.ts";
import { expectNothingOnCluster, podsOf, untilTreesGrow } from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };
const parameters = { where: "aws-spot", budgetUsd: 50, trees: 2000, batchSize: 50, mtryFraction: 0.1 };

test("while the trees grow", async () => {
  const id = await runOf("cancel-trees", vcf, parameters);
  await untilTreesGrow(id);
  expect(await podsOf(id, "executor")).not.toEqual([]);
  await cancelAndLookWhatIsLeft(id);
  expect(await podsOf(id, "driver")).toEqual([]);
  await expectNothingOnCluster();
});

test("while the job is being submitted", async () => {
  const id = await runOf("cancel-submission", vcf, parameters);
  const job = async () => (await client.getRun(id)).body.jobRun;
  await expect.poll(job, { timeout: 60_000, interval: 100 }).toBeDefined();
  await cancelAndLookWhatIsLeft(id);
  await expectNothingOnCluster();
});
