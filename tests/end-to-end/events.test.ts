import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import { analysis, client, cloud, cohort, executionOf, fewRecords, newStudy, owner, uploadStudy } from "./support.ts";

const sqs = new SQSClient(owner);

test("the same S3 event delivered again and again starts one run", async () => {
  const study = newStudy("twice");
  await uploadStudy(study, {
    "a.vcf.gz": fewRecords(20),
    "labels.csv": cohort.labels,
    "analysis.json": analysis({ trees: 10 }),
  });
  const id = await runOfStudy(client, study, 30);
  await followRun(client, id, ["Ask"], () => {}, 60);
  for (let times = 0; times < 3; times++) await deliver(`${study}/labels.csv`);
  await expect.poll(pendingEvents, { timeout: 30_000 }).toBe(0);

  const { body } = await client.listRuns("?limit=100");
  const runs = body.runs.filter((run) => run.id.startsWith(`${study}-`));
  const statuses = await Promise.all(runs.map((run) => client.getRun(run.id)));
  expect(statuses.filter((run) => run.body.state !== "Superseded").map((run) => run.body.id)).toEqual([id]);
  const again = await client.startRun({ prefix: `${study}/` });
  expect(again).toMatchObject({ status: 200, body: { id, started: false } });
  await client.cancel(id);
});

test("a file that arrives while the run settles makes it a run that another one supersedes", async () => {
  const study = newStudy("late");
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20), "labels.csv": cohort.labels });
  const first = (await client.startRun({ prefix: `${study}/` })).body.id;
  await uploadStudy(study, { "analysis.json": analysis({ trees: 10 }) });
  const ended = await followRun(client, first, ["Ask"], () => {}, 60);
  expect(ended.state).toBe("Superseded");
  await expect.poll(() => executionOf(first).then(({ status }) => status), { timeout: 10_000 }).toBe("SUCCEEDED");
  await expect
    .poll(
      async () => (await client.listRuns("?limit=100")).body.runs.filter(({ id }) => id.startsWith(`${study}-`)).length,
      { timeout: 30_000 },
    )
    .toBe(2);
});

async function queueUrl(): Promise<string> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const name = QueueUrls.map((url) => url.split("/").at(-1) ?? "").find((queue) => queue.includes("UploadsQueue"));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name ?? "" }));
  return QueueUrl ?? "";
}

async function deliver(key: string): Promise<void> {
  const event = {
    Records: [{ s3: { bucket: { name: cloud.outputs.InboxBucketName }, object: { key: encodeURIComponent(key) } } }],
  };
  await sqs.send(new SendMessageCommand({ QueueUrl: await queueUrl(), MessageBody: JSON.stringify(event) }));
}

async function pendingEvents(): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await queueUrl(),
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return (
    Number(Attributes?.["ApproximateNumberOfMessages"]) + Number(Attributes?.["ApproximateNumberOfMessagesNotVisible"])
  );
}
