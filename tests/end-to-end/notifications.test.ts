import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { analysis, client, cloud, cohort, fewRecords, newStudy, owner, uploadStudy } from "./support.ts";

const sqs = new SQSClient(owner);
const sns = new SNSClient(owner);

test("subscribers of the topic are told of a waiting choice and of a failure, with the numbers and the remedy", async () => {
  const told = await subscribedQueue();
  const study = newStudy("told");
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20), "labels.csv": cohort.labels, "analysis.json": analysis({}) });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  await followRun(client, id, ["Ask"], () => {}, 60);
  expect(await nextMessage(told, study)).toMatchObject({
    Subject: `VariantSpark: a choice is waiting (${study})`,
    Message: expect.stringMatching(/AWS on spot nodes: .*\$/s),
  });
  await client.cancel(id);

  const bad = newStudy("told-bad");
  await uploadStudy(bad, { "a.vcf.gz": "", "labels.csv": cohort.labels, "analysis.json": analysis({}) });
  const failing = (await client.startRun({ prefix: `${bad}/` })).body.id;
  await followRun(client, failing, [], () => {}, 60);
  expect(await nextMessage(told, bad)).toMatchObject({
    Subject: `VariantSpark: failed (${bad})`,
    Message: expect.stringContaining("a.vcf.gz has no bytes"),
  });
});

async function subscribedQueue(): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: newStudy("told-queue") }));
  onTestFinished(async () => void (await sqs.send(new DeleteQueueCommand({ QueueUrl }))));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: Attributes?.QueueArn,
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const subscription = { TopicArn: cloud.outputs.RunsTopicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn };
  await sns.send(new SubscribeCommand(subscription));
  return QueueUrl;
}

/** The next message about that study; others' are passed over. */
async function nextMessage(QueueUrl: string, study: string): Promise<{ Subject?: string; Message?: string }> {
  for (let look = 0; look < 30; look++) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    for (const { Body = "{}" } of Messages) {
      const message: { Subject?: string; Message?: string } = JSON.parse(Body);
      if (message.Subject?.includes(`(${study})`)) return message;
    }
  }
  throw new Error(`nobody was told of ${study}`);
}
