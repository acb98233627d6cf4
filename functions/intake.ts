/**
 * An upload arrived: S3 ObjectCreated → SQS → here. Several events for one folder, in any order and however often,
 * start one execution, because its name is made of the folder's content.
 */
import middy from "@middy/core";
import type { S3Event, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { formDecoded } from "../core/study/listing.ts";
import type { StudyLocation } from "../core/study/study.ts";
import { studyPrefixOf } from "../core/study/study.ts";
import { startStudy } from "./startStudy.ts";
import { logger, logging, unexpected } from "./step.ts";

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(logging())
  .handler(async (event): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const record of event.Records) {
      try {
        for (const study of studiesOf(JSON.parse(record.body))) {
          const start = await startStudy(study, false);
          logger.info("upload seen", { prefix: study.prefix, ...start });
        }
      } catch (error) {
        unexpected("upload not taken in; it goes back to the queue", error);
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  });

/** The folders that an S3 event names; the test event that S3 sends once has no Records. */
function studiesOf({ Records = [] }: Partial<S3Event>): StudyLocation[] {
  const studies = new Map<string, StudyLocation>();
  for (const { s3 } of Records) {
    const prefix = studyPrefixOf(formDecoded(s3.object.key));
    if (prefix === undefined)
      logger.warn("an object outside of any study folder is left alone", { bucket: s3.bucket.name });
    else studies.set(`${s3.bucket.name}/${prefix}`, { bucket: s3.bucket.name, prefix });
  }
  return [...studies.values()];
}
