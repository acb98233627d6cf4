/**
 * What AWS asks of the caller of each request that the functions make: Service Authorization Reference for actions, resources and
 * condition keys (held against its data in roles.test.ts), and the services' guides for what an encrypted resource and a
 * request on behalf of another role need beside.
 */
import type { RecordedRequest } from "../../aws-requests/awsRequests/recorder.ts";
import type { Need } from "./policy.ts";

/** What of the deployed stack decides what is needed. */
export interface Stack {
  readonly region: string;
  readonly accountId: string;
  readonly pipelineArn: string;
  readonly dataKeyArn: string;
  /** Buckets that the data key encrypts by default, with a bucket key. */
  readonly encryptedBuckets: readonly string[];
}

/** @throws Error for a request that is not known here, so that none passes unseen */
export function needsOf(request: RecordedRequest, stack: Stack): readonly Need[] {
  const needs = services[credentialOf(request)[3] ?? ""]?.(request, stack);
  if (needs === undefined) throw new Error(`not known: ${request.method} ${request.url}`);
  return needs;
}

/** What S3 asks for, besides, before it says that there is no such object; otherwise it says AccessDenied (GetObject, "Permissions"). */
export function needToLearnAbsence({ url }: RecordedRequest): Need {
  return need("s3:ListBucket", bucketArn(s3Address(url).bucket));
}

/** Access key, date, region, service: in the header or, of a presigned link, in the query. */
export function credentialOf({ headers, url }: RecordedRequest): string[] {
  const presigned = new URL(url, "http://host").searchParams.get("X-Amz-Credential");
  return (presigned ?? /Credential=([^,]+)/.exec(headers["authorization"] ?? "")?.[1] ?? "").split("/");
}

const services: Readonly<Record<string, (request: RecordedRequest, stack: Stack) => readonly Need[] | undefined>> = {
  s3: s3Needs,
  states: statesNeeds,
  sns: snsNeeds,
  eks: eksNeeds,
  "emr-containers": emrNeeds,
  logs: logsNeeds,
  ec2: (request) => [need(`ec2:${form(request)["Action"]}`)],
  lambda: lambdaNeeds,
  ssm: ssmNeeds,
  pricing: (request) => [need(`pricing:${target(request)}`)],
};

function s3Needs({ method, url, headers }: RecordedRequest, stack: Stack): readonly Need[] | undefined {
  const { bucket, key, query } = s3Address(url);
  const object = `${bucketArn(bucket)}/${key}`;
  const usesKey = (...actions: string[]) =>
    stack.encryptedBuckets.includes(bucket)
      ? actions.map((action) => keyNeed(action, "s3", "aws:s3:arn", bucketArn(bucket), stack))
      : [];
  if (key === "") {
    if (method !== "GET") return undefined;
    return [need(query.has("uploads") ? "s3:ListBucketMultipartUploads" : "s3:ListBucket", bucketArn(bucket))];
  }
  switch (method) {
    case "HEAD":
      return [need("s3:GetObject", object)];
    case "GET":
      return [need("s3:GetObject", object), ...usesKey("kms:Decrypt")];
    case "DELETE":
      return query.has("uploadId") ? [need("s3:AbortMultipartUpload", object)] : undefined;
    case "PUT":
    case "POST": {
      // S3 user guide: "Using SSE-KMS", multipart uploads; "Conditional writes", If-Match.
      const isMultipart = query.has("uploads") || query.has("uploadId");
      return [
        need("s3:PutObject", object),
        ...(headers["if-match"] === undefined ? [] : [need("s3:GetObject", object)]),
        ...usesKey("kms:GenerateDataKey", ...(isMultipart ? ["kms:Decrypt"] : [])),
      ];
    }
    default:
      return undefined;
  }
}

/** Of a machine with a key of its own: aws/aws-stepfunctions-examples#74, API_DescribeExecution. */
function statesNeeds(request: RecordedRequest, stack: Stack): readonly Need[] | undefined {
  const operation = target(request);
  const { stateMachineArn = "", executionArn = "" } = json(request);
  const usesKey = (...actions: string[]) =>
    actions.map((action) => keyNeed(action, "states", "aws:states:stateMachineArn", stack.pipelineArn, stack));
  switch (operation) {
    case "StartExecution":
      return [need("states:StartExecution", stateMachineArn), ...usesKey("kms:GenerateDataKey", "kms:Decrypt")];
    case "SendTaskSuccess":
      // The reference knows no resource for it; IAM's denials name the machine (NOAA-OWP/hydrovis#837).
      return [need("states:SendTaskSuccess", stack.pipelineArn), ...usesKey("kms:GenerateDataKey", "kms:Decrypt")];
    case "DescribeExecution":
    case "StopExecution":
      return [need(`states:${operation}`, executionArn), ...usesKey("kms:Decrypt")];
    case "ListExecutions":
      return [need("states:ListExecutions", stateMachineArn)];
    default:
      return undefined;
  }
}

/** SNS developer guide, "Key management": publishers to an encrypted topic. */
function snsNeeds(request: RecordedRequest, stack: Stack): readonly Need[] | undefined {
  const { Action, TopicArn = "" } = form(request);
  if (Action !== "Publish") return undefined;
  return [
    need("sns:Publish", TopicArn),
    keyNeed("kms:GenerateDataKey", "sns", "aws:sns:topicArn", TopicArn, stack),
    keyNeed("kms:Decrypt", "sns", "aws:sns:topicArn", TopicArn, stack),
  ];
}

/** EKS user guide: whoever creates a node group passes the nodes' role, which EKS looks up as the caller. */
function eksNeeds(request: RecordedRequest, { region, accountId }: Stack): readonly Need[] | undefined {
  const [, cluster, name] = /^\/clusters\/([^/]+)\/node-groups(?:\/([^/]+))?$/.exec(pathOf(request)) ?? [];
  if (cluster === undefined) return undefined;
  const arn = (resource: string) => `arn:aws:eks:${region}:${accountId}:${resource}`;
  const nodeGroup = (groupName: string) => arn(`nodegroup/${cluster}/${groupName}/${uuid}`);
  if (name !== undefined) {
    const action = { GET: "eks:DescribeNodegroup", DELETE: "eks:DeleteNodegroup" }[request.method];
    return action === undefined ? undefined : [need(action, nodeGroup(name))];
  }
  if (request.method === "GET") return [need("eks:ListNodegroups", arn(`cluster/${cluster}`))];
  const { nodegroupName = "", nodeRole = "" } = json(request);
  return [
    need("eks:CreateNodegroup", arn(`cluster/${cluster}`)),
    need("eks:TagResource", nodeGroup(nodegroupName)),
    need("iam:PassRole", nodeRole),
    need("iam:GetRole", nodeRole),
  ];
}

/** Which of the two the tags of a new job run are authorised on is documented nowhere, so both are asked for. */
function emrNeeds(request: RecordedRequest, { region, accountId }: Stack): readonly Need[] | undefined {
  const [, cluster, id] = /^\/virtualclusters\/([^/]+)\/jobruns(?:\/([^/]+))?$/.exec(pathOf(request)) ?? [];
  if (cluster === undefined) return undefined;
  const clusterArn = `arn:aws:emr-containers:${region}:${accountId}:/virtualclusters/${cluster}`;
  if (id !== undefined) {
    const action = { GET: "emr-containers:DescribeJobRun", DELETE: "emr-containers:CancelJobRun" }[request.method];
    return action === undefined ? undefined : [need(action, `${clusterArn}/jobruns/${id}`)];
  }
  if (request.method === "GET") return [need("emr-containers:ListJobRuns", clusterArn)];
  const context = { "emr-containers:ExecutionRoleArn": json(request)["executionRoleArn"] ?? "" };
  return [
    need("emr-containers:StartJobRun", clusterArn, context),
    need("emr-containers:TagResource", clusterArn),
    need("emr-containers:TagResource", `${clusterArn}/jobruns/0000000new00000job`),
  ];
}

/** An action on a log group is authorised on the group with an empty stream behind it, as IAM's denials show it. */
function logsNeeds(request: RecordedRequest, { region, accountId }: Stack): readonly Need[] | undefined {
  const { logGroupName, logStreamName = "" } = json(request);
  const stream = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`;
  const operation = target(request);
  return ["DescribeLogStreams", "GetLogEvents"].includes(operation) ? [need(`logs:${operation}`, stream)] : undefined;
}

function lambdaNeeds(request: RecordedRequest, { region, accountId }: Stack): readonly Need[] | undefined {
  const name = invokedFunction(request);
  if (name === undefined) return undefined;
  return [need("lambda:InvokeFunction", `arn:aws:lambda:${region}:${accountId}:function:${name}`)];
}

/** The function that the request calls, if it calls one. */
export function invokedFunction(request: RecordedRequest): string | undefined {
  return /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathOf(request))?.[1];
}

function ssmNeeds(request: RecordedRequest, { region, accountId }: Stack): readonly Need[] | undefined {
  if (target(request) !== "GetParameter") return undefined;
  return [need("ssm:GetParameter", `arn:aws:ssm:${region}:${accountId}:parameter${json(request)["Name"]}`)];
}

const uuid = "00000000-0000-0000-0000-000000000000";

function need(action: string, resource = "*", context: Need["context"] = {}): Need {
  return { action, resource, context };
}

/** A service calls KMS as its caller, and says for what. */
function keyNeed(action: string, service: string, name: string, value: string, stack: Stack): Need {
  return need(action, stack.dataKeyArn, {
    "kms:ViaService": `${service}.${stack.region}.amazonaws.com`,
    "kms:CallerAccount": stack.accountId,
    [`kms:EncryptionContext:${name}`]: value,
  });
}

function s3Address(url: string): { bucket: string; key: string; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url, "http://host");
  const [, bucket = "", ...key] = pathname.split("/").map(decodeURIComponent);
  return { bucket, key: key.join("/"), query: searchParams };
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function pathOf({ url }: RecordedRequest): string {
  return new URL(url, "http://host").pathname;
}

function target({ headers }: RecordedRequest): string {
  return headers["x-amz-target"]?.split(".").at(-1) ?? "";
}

function form(request: RecordedRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(bodyOf(request)));
}

function json(request: RecordedRequest): Readonly<Record<string, string>> {
  return JSON.parse(bodyOf(request));
}

function bodyOf({ bodyBase64 }: RecordedRequest): string {
  return Buffer.from(bodyBase64, "base64").toString();
}
