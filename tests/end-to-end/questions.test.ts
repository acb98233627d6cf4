/** What a run waits for before it starts: the end of an upload, and the name of the label column. */
import { setTimeout as sleep } from "node:timers/promises";
import { AbortMultipartUploadCommand, CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import { client, cloud, cohort, executionOf, fewRecords, newStudy, owner, uploadStudy } from "./support.ts";

const s3 = new S3Client({ ...owner, forcePathStyle: true });

test("a run whose labels could be in several columns asks for one, and takes its labels from it", async () => {
  const study = newStudy("which-column");
  const twoColumns = cohort.labels
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","))
    .map(([sample], row) => (row === 0 ? "sample,affected,treated" : `${sample},${row % 2},${Number(row % 3 === 0)}`));
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20), "labels.csv": `${twoColumns.join("\n")}\n` });
  const id = await runOfStudy(client, study, 30);
  const asked = await followRun(client, id, ["Ask"], () => {}, 60);
  expect(asked.findings).toContainEqual(
    expect.objectContaining({ code: "label-column-not-chosen", severity: "warning" }),
  );
  expect(asked.inspection?.labelCandidates?.map(({ column }) => column)).toEqual(["affected", "treated"]);

  expect(await client.choose(id, "local")).toMatchObject({
    status: 400,
    body: { type: "urn:variantspark-pipeline:unknown-label-column" },
  });
  expect((await client.choose(id, "local", false, undefined, "treated")).status).toBe(202);
  const waiting = await followRun(client, id, ["AwaitLocal"], () => {}, 60);
  expect(waiting).toMatchObject({
    analysis: { labelColumn: "treated" },
    inspection: { labels: { column: "treated", classes: [728, 364] } },
  });
  expect(waiting.inspection).not.toHaveProperty("labelCandidates");
  await client.cancel(id);
});

test("a run waits while a file is uploaded in parts, and goes on when that is given up", async () => {
  const study = newStudy("in-parts");
  const upload = { Bucket: cloud.outputs.InboxBucketName, Key: `${study}/b.vcf.gz` };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20), "labels.csv": cohort.labels });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  await sleep(10_000); // the quiet period of this cloud is over after two seconds
  const { states } = await executionOf(id);
  expect(states.filter((state) => state === "Settle").length).toBeGreaterThan(1);
  expect(states).not.toContain("Inspect");
  await s3.send(new AbortMultipartUploadCommand({ ...upload, UploadId }));
  await followRun(client, id, ["Ask"], () => {}, 60);
  await client.cancel(id);
});
