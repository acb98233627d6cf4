import { describe, expect, test } from "vitest";
import { conditions, propertiesOf, resources, resourcesOfType, serverless, stringsIn } from "./stack.ts";

const buckets = resourcesOfType("AWS::S3::Bucket");

test("there are four buckets: what researchers upload, what runs write, what the engine is, who read or wrote what", () => {
  expect(buckets.map(([name]) => name).sort()).toEqual([
    "AccessLogsBucket",
    "AssetsBucket",
    "InboxBucket",
    "RunsBucket",
  ]);
});

describe.each(buckets)("%s", (name, properties) => {
  test("is private", () => {
    expect(properties["PublicAccessBlockConfiguration"]).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  test("has its accesses logged, unless it is the bucket of these logs", () => {
    const isLogs = name === "AccessLogsBucket";
    expect(properties["LoggingConfiguration"]).toEqual(
      isLogs
        ? undefined
        : { DestinationBucketName: { Ref: "AccessLogsBucket" }, LogFilePrefix: expect.stringMatching(/^[a-z]+\/$/) },
    );
  });

  test("stays when the stack goes", () => {
    expect(resources[name]).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });

  test("denies everybody who comes without TLS, for itself and all its objects", () => {
    const [policy] = resourcesOfType("AWS::S3::BucketPolicy").filter(
      ([, { Bucket }]) => (Bucket as { Ref: string }).Ref === name,
    );
    expect(policy?.[1]["PolicyDocument"]).toMatchObject({
      Statement: expect.arrayContaining([
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [{ "Fn::GetAtt": `${name}.Arn` }, { "Fn::Sub": `\${${name}.Arn}/*` }],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
    expect(resources[policy?.[0] ?? ""]).toMatchObject({ Condition: "RequireTls" });
  });
});

test("TLS is required unless a parameter says otherwise", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the framework's variable, as it is written
  expect(conditions["RequireTls"]).toEqual({ "Fn::Equals": ["${param:require-tls, 'true'}", "true"] });
});

test("the inbox keeps versions, so that nothing uploaded is lost", () => {
  expect(propertiesOf("InboxBucket")["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
});

describe("an upload", () => {
  const uploads = propertiesOf("UploadsQueue");
  const redrive = uploads["RedrivePolicy"] as { deadLetterTargetArn: unknown; maxReceiveCount: number };

  test("of any kind goes to the queue that Intake reads", () => {
    expect(propertiesOf("InboxBucket")["NotificationConfiguration"]).toEqual({
      QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: { "Fn::GetAtt": "UploadsQueue.Arn" } }],
    });
    expect(serverless.functions["intake"]?.events).toMatchObject([
      { sqs: { arn: { "Fn::GetAtt": "UploadsQueue.Arn" }, functionResponseType: "ReportBatchItemFailures" } },
    ]);
  });

  test("that cannot be taken in is kept in the dead-letter queue after several attempts, for 14 days", () => {
    expect(redrive.deadLetterTargetArn).toEqual({ "Fn::GetAtt": "UploadsDeadLetterQueue.Arn" });
    expect(redrive.maxReceiveCount).toBeGreaterThanOrEqual(3);
    expect(propertiesOf("UploadsDeadLetterQueue")["MessageRetentionPeriod"]).toBe(14 * 24 * 3600);
  });

  test("is hidden from a second reader for six times as long as Intake may take", () => {
    const { timeout = serverless.provider.timeout } = serverless.functions["intake"] ?? {};
    expect(uploads["VisibilityTimeout"]).toBeGreaterThanOrEqual(6 * timeout);
  });

  test("may be announced by the inbox alone", () => {
    const [[, policy] = []] = resourcesOfType("AWS::SQS::QueuePolicy");
    const inbox = propertiesOf("InboxBucket")["BucketName"];
    expect(policy).toMatchObject({
      Queues: [{ Ref: "UploadsQueue" }],
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: "s3.amazonaws.com" },
            Action: "sqs:SendMessage",
            Condition: { ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${inbox}` } },
          },
        ],
      },
    });
  });
});

test.each(resourcesOfType("AWS::Logs::LogGroup"))("the log group %s does not keep logs for ever", (_, properties) => {
  expect(properties["RetentionInDays"]).toBe(90);
});

test("a researcher may upload and call the API, and nothing else", () => {
  const { Statement } = propertiesOf("ResearcherPolicy")["PolicyDocument"] as { Statement: unknown[] };
  expect(Statement.map((statement) => stringsIn(statement)[1])).toEqual([
    "s3:PutObject",
    "kms:GenerateDataKey",
    "execute-api:Invoke",
  ]);
});
