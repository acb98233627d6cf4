/** The topic that tells people of runs. */
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Notification } from "../core/run/notification.ts";
import { environment } from "./environment.ts";

const sns = new SNSClient({});

export async function publish({ subject, text }: Notification): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: environment("TOPIC_ARN"), Subject: subject, Message: text }));
}
