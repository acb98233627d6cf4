import { expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { nextMessage, subscribedQueue } from "./subscribedQueue.ts";
import { analysis, client, cloud, cohort, fewRecords, newStudy, uploadStudy } from "./support.ts";

test("subscribers of the topic are told of a waiting choice and of a failure, with the numbers and the remedy", async () => {
  const told = await subscribedQueue(cloud.outputs.RunsTopicArn);
  const study = newStudy("told");
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20), "labels.csv": cohort.labels, "analysis.json": analysis({}) });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  await followRun(client, id, ["Ask"], () => {}, 60);
  expect(await nextMessage(told, `(${study})`)).toMatchObject({
    Subject: `VariantSpark: a choice is waiting (${study})`,
    Message: expect.stringMatching(/AWS on spot nodes: .*\$/s),
  });
  await client.cancel(id);

  const bad = newStudy("told-bad");
  await uploadStudy(bad, { "a.vcf.gz": "", "labels.csv": cohort.labels, "analysis.json": analysis({}) });
  const failing = (await client.startRun({ prefix: `${bad}/` })).body.id;
  await followRun(client, failing, [], () => {}, 60);
  expect(await nextMessage(told, `(${bad})`)).toMatchObject({
    Subject: `VariantSpark: failed (${bad})`,
    Message: expect.stringContaining("a.vcf.gz: The file is empty."),
  });
});
