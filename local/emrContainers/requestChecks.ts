/**
 * What AWS checks before it accepts a request, from the service's own model (emr-containers 2020-10-01): lengths,
 * patterns, required members. Members that the model does not know are ignored, as there. What the model knows and the
 * local endpoint cannot do (job templates, Spark SQL) is refused in plain words instead of being dropped.
 */
import { z } from "zod";
import { validationError } from "./awsError.ts";

const resourceName = text(1, 64, /^[._\-/#A-Za-z0-9]+$/);
const clientToken = text(1, 64, /\S/);
const tags = mapOf(text(1, 128, /\S/), text(0, 256), 50).optional();

const createVirtualCluster = z.object({
  name: resourceName,
  clientToken,
  containerProvider: z.object({
    type: z.literal("EKS", "Member must satisfy enum value set: [EKS]"),
    id: text(1, 100, /^[0-9A-Za-z][A-Za-z0-9\-_]*$/),
    info: z.object({ eksInfo: z.object({ namespace: text(1, 63, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/) }) }),
  }),
  tags,
});

const configuration = z.object({
  classification: text(1, 1024, /\S/),
  properties: mapOf(text(1, 1024, /\S/), text(1, 1024, /\S/), 100).optional(),
});

const sparkSubmitJobDriver = z.object({
  entryPoint: text(1, 256, /\S/),
  entryPointArguments: z.array(text(1, 10_280, /\S/)).optional(),
  sparkSubmitParameters: text(1, 102_400, /\S/).optional(),
});

const startJobRun = z.object({
  name: resourceName.optional(),
  clientToken,
  executionRoleArn: text(20, 2048, /^arn:aws[a-zA-Z0-9-]*:iam::\d{12}:role(\/|\/[\u0021-\u007f]+\/)[\w+=,.@-]+$/),
  // a label names its date or "latest": emr-7.9.0-20250601, emr-7.9.0-latest, emr-7.9.0-spark-rapids-latest
  releaseLabel: text(1, 64, /^emr-\d+\.\d+\.\d+(-[a-z0-9-]+)?-(latest|\d{8})$/),
  jobDriver: z.object({
    sparkSubmitJobDriver,
    sparkSqlJobDriver: unsupported("Spark SQL jobs"),
  }),
  configurationOverrides: z
    .object({
      applicationConfiguration: z
        .array(configuration)
        .max(100, "Member must have length less than or equal to 100")
        .optional(),
      monitoringConfiguration: z
        .object({
          persistentAppUI: z.enum(["ENABLED", "DISABLED"]).optional(),
          cloudWatchMonitoringConfiguration: z
            .object({
              logGroupName: text(1, 512, /^[.\-_/#A-Za-z0-9]+$/),
              logStreamNamePrefix: text(1, 256, /\S/).optional(),
            })
            .optional(),
          s3MonitoringConfiguration: unsupported("s3MonitoringConfiguration; logs go to CloudWatch"),
        })
        .optional(),
    })
    .optional(),
  retryPolicyConfiguration: z
    .object({ maxAttempts: z.literal(1, "The local endpoint runs each job once: maxAttempts must be 1.") })
    .optional(),
  jobTemplateId: unsupported("job templates"),
  tags,
});

const states = ["PENDING", "SUBMITTED", "RUNNING", "FAILED", "CANCELLED", "CANCEL_PENDING", "COMPLETED"] as const;
const clusterStates = ["RUNNING", "TERMINATING", "TERMINATED", "ARRESTED"] as const;
const page = {
  maxResults: z.coerce.number().int().min(1, "Member must have value greater than or equal to 1").optional(),
  nextToken: text(1, 1024, /\S/).optional(),
  createdAfter: z.coerce.date().optional(),
  createdBefore: z.coerce.date().optional(),
};
const listJobRuns = z.object({
  ...page,
  name: resourceName.optional(),
  states: z.array(z.enum(states)).max(10, "Member must have length less than or equal to 10").optional(),
});
const listVirtualClusters = z.object({
  ...page,
  containerProviderId: text(1, 1024, /\S/).optional(),
  containerProviderType: z.literal("EKS").optional(),
  states: z.array(z.enum(clusterStates)).max(10, "Member must have length less than or equal to 10").optional(),
});

export type CreateVirtualClusterRequest = z.infer<typeof createVirtualCluster>;
export type StartJobRunRequest = z.infer<typeof startJobRun>;
export type ListJobRunsRequest = z.infer<typeof listJobRuns>;
export type ListVirtualClustersRequest = z.infer<typeof listVirtualClusters>;
export type JobRunState = (typeof states)[number];
export type VirtualClusterState = (typeof clusterStates)[number];

/** Each gives the checked request or throws a ValidationException that names every member at fault. */
export const checkRequest = {
  createVirtualCluster: (body: unknown) => checked(createVirtualCluster, body),
  startJobRun: (body: unknown) => checked(startJobRun, body),
  listJobRuns: (query: unknown) => checked(listJobRuns, query),
  listVirtualClusters: (query: unknown) => checked(listVirtualClusters, query),
};

function checked<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const { issues } = result.error;
  const faults = issues.map(
    (issue) => `Value at '${issue.path.join(".")}' failed to satisfy constraint: ${issue.message}`,
  );
  throw validationError(
    `${issues.length} validation error${issues.length > 1 ? "s" : ""} detected: ${faults.join("; ")}`,
  );
}

function text(min: number, max: number, pattern?: RegExp): z.ZodString {
  const schema = z
    .string("Member must not be null")
    .min(min, `Member must have length greater than or equal to ${min}`)
    .max(max, `Member must have length less than or equal to ${max}`);
  return pattern ? schema.regex(pattern, `Member must satisfy regular expression pattern: ${pattern.source}`) : schema;
}

function mapOf(key: z.ZodString, value: z.ZodString, max: number) {
  return z
    .record(key, value)
    .refine((map) => Object.keys(map).length <= max, `Member must have length less than or equal to ${max}`);
}

function unsupported(what: string) {
  return z.undefined(`The local endpoint does not do ${what}.`).optional();
}
