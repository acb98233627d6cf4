/** A queue that hears what a topic of the stack tells. */
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { onTestFinished } from "vitest";
import { newStudy, owner } from "./support.ts";

const sqs = new SQSClient(owner);
const sns = new SNSClient(owner);

/** Its URL; the queue goes with the test. */
export async function subscribedQueue(topicArn: string): Promise<string> {
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
  const subscription = { TopicArn: topicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn };
  await sns.send(new SubscribeCommand(subscription));
  return QueueUrl;
}

/** The next message whose subject has that in it; others are passed over. */
export async function nextMessage(QueueUrl: string, subject: string): Promise<{ Subject?: string; Message?: string }> {
  for (let look = 0; look < 30; look++) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    for (const { Body = "{}" } of Messages) {
      const message: { Subject?: string; Message?: string } = JSON.parse(Body);
      if (message.Subject?.includes(subject)) return message;
    }
  }
  throw new Error(`nobody was told of ${subject}`);
}
