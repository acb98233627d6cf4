/**
 * A cloud with the pipeline deployed as for AWS, whose functions are called one at a time: no upload and no execution calls
 * them by itself. Studies, records, node groups and jobs are laid out by the account's owner.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateNodegroupCommand, DeleteNodegroupCommand, EKSClient, ListNodegroupsCommand } from "@aws-sdk/client-eks";
import { CancelJobRunCommand, EMRContainersClient, ListJobRunsCommand } from "@aws-sdk/client-emr-containers";
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  GetActivityTaskCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AwsClient } from "aws4fetch";
import { runKeys } from "../../../aws/runsStore.ts";
import { tagsOf } from "../../../core/run/names.ts";
import type { Run } from "../../../core/run/run.ts";
import { startEndpoints } from "../../../local/cloud.ts";
import { deployStack, type StackOutputs } from "../../../local/deploy.ts";
import { ensureEngine } from "../../../local/engine/engine.ts";
import { type Account, seedAccount } from "../../../local/seed.ts";
import { serverless } from "../../unit/stack/stack.ts";
import type { Statement } from "./policy.ts";
import { RoleRelay } from "./relay.ts";

const project = join(import.meta.dirname, "../../..");
const accountId = "000000000000";
const stackName = "variantspark-pipeline-dev";
export const functionNames = Object.keys(serverless.functions);

export interface Answer {
  /** What the function returned, or the error that it threw. */
  readonly payload: unknown;
  readonly threw: boolean;
}

export class World {
  readonly relay = new RoleRelay();
  readonly #ends: (() => Promise<void>)[] = [];
  #ids = 0;
  outputs!: StackOutputs;
  account!: Account;
  s3!: S3Client;
  virtualClusterId!: string;
  #emr!: EMRContainersClient;
  #eks!: EKSClient;
  #sfn!: SFNClient;
  #lambda!: LambdaClient;
  #activityArn!: string;

  static async start(): Promise<World> {
    const world = new World();
    try {
      await world.#start();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }

  async #start(): Promise<void> {
    const stateDir = await mkdtemp(join(tmpdir(), "roles-"));
    this.#ends.push(() => rm(stateDir, { recursive: true, force: true }));
    this.#ends.push(() => this.relay.stop());
    const engine = await ensureEngine(join(project, ".local"), () => {});
    const between = (endpoint: string) => this.relay.inFrontOf(endpoint);
    const { emr, account } = await startEndpoints({ engine, stateDir, started: this.#ends, between });
    this.account = account;
    this.s3 = new S3Client({ ...account, forcePathStyle: true });
    this.#emr = new EMRContainersClient({ ...account, endpoint: emr.endpoint });
    this.#eks = new EKSClient(account);
    this.#sfn = new SFNClient(account);
    this.#lambda = new LambdaClient(account);
    await seedAccount(account, emr.endpoint);
    // As on AWS, but for the emulator's plain HTTP; nobody waits for uploads to end, and the clock calls nothing.
    const params = {
      "require-tls": "false",
      "quiet-seconds": "0",
      "reconcile-rate": "rate(7 days)",
      "reconcile-grace-seconds": "0",
      "slice-seconds": "5",
    };
    this.outputs = await deployStack(account, params, join(stateDir, "deploy.log"));
    await this.#quieten();
    this.virtualClusterId = await this.#parameter("virtual-cluster-id");
    await this.#installRelay();
  }

  /** Uploads and ends of executions call nothing, and an execution does nothing but wait for an answer. */
  async #quieten(): Promise<void> {
    const { InboxBucketName: Bucket, PipelineArn: stateMachineArn } = this.outputs;
    await this.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }));
    const { Rules } = JSON.parse(await this.#call("events", "AWSEvents.ListRules", {}));
    for (const { Name } of Rules) await this.#call("events", "AWSEvents.DisableRule", { Name });
    const { activityArn = "" } = await this.#sfn.send(new CreateActivityCommand({ name: "waiting" }));
    this.#activityArn = activityArn;
    const waiting = { StartAt: "Waiting", States: { Waiting: { Type: "Task", Resource: activityArn, End: true } } };
    await this.#sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(waiting) }));
  }

  async #installRelay(): Promise<void> {
    const { account, outputs } = this;
    for (const name of functionNames) this.relay.roles.set(name, await this.#statementsOf(name));
    this.relay.deployed = {
      owner: account.credentials,
      keyStatements: await this.#keyStatements(),
      stack: {
        region: account.region,
        accountId,
        pipelineArn: outputs.PipelineArn,
        dataKeyArn: outputs.DataKeyArn,
        encryptedBuckets: [outputs.InboxBucketName, outputs.RunsBucketName],
      },
    };
  }

  /** The statements that CloudFormation has put into the function's role, ARNs and all. */
  async #statementsOf(functionName: string): Promise<Statement[]> {
    const iam = new IAMClient(this.account);
    const RoleName = roleNameOf(functionName, this.account.region);
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const documents = await Promise.all(
      PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
    );
    return documents.flatMap(
      ({ PolicyDocument = "" }) => JSON.parse(decodeURIComponent(PolicyDocument)).Statement as Statement[],
    );
  }

  /** Of the key's policy, those for the account: IAM policies may hand on what these allow. */
  async #keyStatements(): Promise<Statement[]> {
    const said = await this.#call("kms", "TrentService.GetKeyPolicy", {
      KeyId: this.outputs.DataKeyArn,
      PolicyName: "default",
    });
    const statements: (Statement & { Principal: { AWS?: string } })[] = JSON.parse(JSON.parse(said).Policy).Statement;
    return statements.filter(({ Principal }) => Principal.AWS === `arn:aws:iam::${accountId}:root`);
  }

  async #call(service: string, target: string, body: unknown): Promise<string> {
    const aws = new AwsClient({ ...this.account.credentials, service, region: this.account.region });
    const answer = await aws.fetch(this.account.endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
    });
    return answer.text();
  }

  async #parameter(name: string): Promise<string> {
    const ssm = new SSMClient(this.account);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/variantspark-pipeline/${name}` }));
    return Parameter?.Value ?? "";
  }

  async invoke(functionName: string, event: unknown): Promise<Answer> {
    this.relay.calling = functionName;
    const { FunctionError, Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: `${stackName}-${functionName}`, Payload: JSON.stringify(event) }),
    );
    this.relay.calling = "";
    return {
      payload: JSON.parse(Buffer.from(Payload ?? []).toString() || "null"),
      threw: FunctionError !== undefined,
    };
  }

  newId(): string {
    this.#ids++;
    return `cohort-${String(this.#ids).padStart(12, "0")}`;
  }

  async put(bucket: string, key: string, body: string | Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  async read(bucket: string, key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? "";
  }

  async list(bucket: string, prefix: string) {
    return (await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).Contents ?? [];
  }

  async remove(bucket: string, prefix: string): Promise<void> {
    const found = await this.list(bucket, prefix);
    if (found.length === 0) return;
    const Objects = found.map(({ Key }) => ({ Key }));
    await this.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  }

  async unfinishedUploads() {
    const Bucket = this.outputs.RunsBucketName;
    return (await this.s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];
  }

  async save(run: Run): Promise<Run> {
    await this.put(this.outputs.RunsBucketName, runKeys.run(run.id), JSON.stringify(run));
    return run;
  }

  async saved(id: string): Promise<Run> {
    return JSON.parse(await this.read(this.outputs.RunsBucketName, runKeys.run(id)));
  }

  /** An execution that waits, and the token by which it is answered. */
  async waitingExecution(name: string): Promise<string> {
    await this.#sfn.send(new StartExecutionCommand({ stateMachineArn: this.outputs.PipelineArn, name, input: "{}" }));
    const { taskToken = "" } = await this.#sfn.send(new GetActivityTaskCommand({ activityArn: this.#activityArn }));
    return taskToken;
  }

  async endExecution(name: string): Promise<void> {
    const executionArn = `${this.outputs.PipelineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    await this.#sfn.send(new StopExecutionCommand({ executionArn })).catch(() => {});
  }

  async makeNodeGroup(name: string, runId: string): Promise<void> {
    await this.#eks.send(
      new CreateNodegroupCommand({
        clusterName: "local",
        nodegroupName: name,
        nodeRole: `arn:aws:iam::${accountId}:role/variantspark-nodes`,
        subnets: (await this.#parameter("subnet-ids")).split(","),
        tags: tagsOf({ pipeline: this.outputs.RunsBucketName, runId }),
      }),
    );
  }

  async writeDriverLog(runId: string, jobRunId: string): Promise<void> {
    const logs = new CloudWatchLogsClient(this.account);
    const logGroupName = this.outputs.JobLogGroupName;
    const logStreamName = `${runId}/${this.virtualClusterId}/jobs/${jobRunId}/containers/spark-1/spark-1-driver/stdout`;
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = [{ timestamp: Date.now(), message: "Loaded variables: 300" }];
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  /** Nothing of a drive is left that another could meet. */
  async clear(): Promise<void> {
    this.relay.meanwhile = async () => undefined;
    for (const { Key, UploadId } of await this.unfinishedUploads())
      await this.s3.send(new AbortMultipartUploadCommand({ Bucket: this.outputs.RunsBucketName, Key, UploadId }));
    const { nodegroups = [] } = await this.#eks.send(new ListNodegroupsCommand({ clusterName: "local" }));
    for (const nodegroupName of nodegroups)
      await this.#eks.send(new DeleteNodegroupCommand({ clusterName: "local", nodegroupName }));
    const { virtualClusterId } = this;
    const { jobRuns = [] } = await this.#emr.send(
      new ListJobRunsCommand({ virtualClusterId, states: ["PENDING", "SUBMITTED", "RUNNING"] }),
    );
    for (const { id } of jobRuns) await this.#emr.send(new CancelJobRunCommand({ virtualClusterId, id }));
  }
}

function roleNameOf(functionName: string, region: string): string {
  return `${stackName}-${functionName}-${region}-lambdaRole`;
}
