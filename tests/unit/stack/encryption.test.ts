import { describe, expect, test } from "vitest";
import { conditions, extensions, propertiesOf, resources, resourcesOfType, serverless, stringsIn } from "./stack.ts";

/** As the framework replaces it by the key's ARN. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the framework's variable, as it is written
const dataKeyArn = "${self:custom.dataKeyArn}";

const functions = Object.entries(serverless.functions);

describe("the data key", () => {
  test("is made unless a parameter names another, turns over, and outlives the stack", () => {
    expect(conditions["MakesDataKey"]).toEqual({ "Fn::Equals": [{ Ref: "OwnDataKeyArn" }, ""] });
    expect(resources["DataKey"]).toMatchObject({
      Condition: "MakesDataKey",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { EnableKeyRotation: true },
    });
  });

  test("gives nobody its use without a condition", () => {
    const { Statement } = propertiesOf("DataKey")["KeyPolicy"] as {
      Statement: { Action: unknown; Condition?: unknown }[];
    };
    const using = Statement.filter(({ Action }) => /Decrypt|Encrypt|GenerateDataKey/.test(stringsIn(Action).join()));
    expect(using.length).toBeGreaterThan(4);
    for (const statement of using) expect(statement.Condition, JSON.stringify(statement)).toBeDefined();
    expect(stringsIn(Statement.map(({ Action }) => Action))).not.toContain("kms:*");
  });

  test.each(["InboxBucket", "RunsBucket"])("encrypts %s, with a bucket key", (name) => {
    expect(propertiesOf(name)["BucketEncryption"]).toEqual({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: dataKeyArn },
        },
      ],
    });
  });

  test.each(["AssetsBucket", "AccessLogsBucket"])("is not needed for %s, which S3 encrypts", (name) => {
    expect(propertiesOf(name)["BucketEncryption"]).toEqual({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    });
  });

  test.each([
    ...resourcesOfType("AWS::SQS::Queue").map(([name, { KmsMasterKeyId }]) => [name, KmsMasterKeyId] as const),
    ...resourcesOfType("AWS::SNS::Topic").map(([name, { KmsMasterKeyId }]) => [name, KmsMasterKeyId] as const),
    ...resourcesOfType("AWS::Logs::LogGroup").map(([name, { KmsKeyId }]) => [name, KmsKeyId] as const),
  ])("encrypts %s", (_, key) => {
    expect(key).toBe(dataKeyArn);
  });

  test("encrypts the executions, whose input may name samples", () => {
    expect(propertiesOf("Pipeline")["EncryptionConfiguration"]).toMatchObject({
      Type: "CUSTOMER_MANAGED_KMS_KEY",
      KmsKeyId: dataKeyArn,
    });
  });

  test("encrypts the log groups that the framework makes: of each function and of the API", () => {
    const logGroups = functions.map(([name]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}LogGroup`);
    expect(Object.keys(extensions).sort()).toEqual([...logGroups, "HttpApiLogGroup"].sort());
    for (const extension of Object.values(extensions))
      expect(extension).toEqual({ Properties: { KmsKeyId: dataKeyArn } });
  });
});

test.each(functions)(
  "%s uses the key for one thing at a time, and through its service alone",
  (_, { iamRoleStatements = [] }) => {
    const using = iamRoleStatements.filter(({ Action }) =>
      stringsIn(Action).some((action) => action.startsWith("kms:")),
    );
    for (const { Action, Resource, Condition } of using) {
      expect(["kms:Decrypt", "kms:GenerateDataKey"]).toEqual(expect.arrayContaining([Action].flat()));
      expect(Resource).toBe(dataKeyArn);
      const [via, context, ...rest] = Object.keys((Condition as Record<string, object>)["StringEquals"] ?? {});
      expect([via, rest]).toEqual(["kms:ViaService", []]);
      expect(context).toMatch(/^kms:EncryptionContext:aws:/);
    }
  },
);
