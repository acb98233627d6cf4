/** Real jobs: MiniStack for S3, EKS and CloudWatch Logs, the real spark-submit, the real VariantSpark. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateClusterCommand, CreateNodegroupCommand, EKSClient } from "@aws-sdk/client-eks";
import {
  CancelJobRunCommand,
  CreateVirtualClusterCommand,
  DescribeJobRunCommand,
  EMRContainersClient,
  type JobRun,
  StartJobRunCommand,
} from "@aws-sdk/client-emr-containers";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type EmrContainers, startEmrContainers } from "../../local/emrContainers/server.ts";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";

const home = fileURLToPath(new URL("../../.local", import.meta.url));
const logGroupName = "/variantspark/jobs";
const bucket = "assets";
const cohort = "a study/é+1";
let folder: string;
let engine: Engine;
let aws: MiniStack;
let emr: EmrContainers;
let s3: S3Client;
let eks: EKSClient;
let logs: CloudWatchLogsClient;
let client: EMRContainersClient;
let virtualClusterId: string | undefined;

beforeAll(async () => {
  engine = await ensureEngine(home, () => undefined);
  folder = await mkdtemp(join(tmpdir(), "emr-jobs-"));
  aws = await startMiniStack({ engine, stateDir: join(folder, "aws") });
  const { credentials, region } = aws;
  emr = await startEmrContainers({
    engine,
    workDir: join(folder, "emr"),
    awsEndpoint: aws.endpoint,
    credentials,
    region,
    longestPendingSeconds: 5,
  });
  s3 = new S3Client({ endpoint: aws.endpoint, credentials, region, forcePathStyle: true });
  eks = new EKSClient({ endpoint: aws.endpoint, credentials, region });
  logs = new CloudWatchLogsClient({ endpoint: aws.endpoint, credentials, region });
  client = new EMRContainersClient({ endpoint: emr.endpoint, credentials, region });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await put("events/_keep", "Spark wants the folder of its event log to be there.");
  await put("variantspark.jar", await readFile(engine.variantSparkJar));
  await uploadCohort();
  const subnetIds = ["subnet-1", "subnet-2"];
  await eks.send(
    new CreateClusterCommand({ name: "research", roleArn: await role("eks"), resourcesVpcConfig: { subnetIds } }),
  );
  const containerProvider = { type: "EKS", id: "research", info: { eksInfo: { namespace: "spark" } } } as const;
  virtualClusterId = (await client.send(new CreateVirtualClusterCommand({ name: "vs", containerProvider }))).id;
});

afterAll(async () => {
  await emr?.stop();
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("A job on the nodes of its run's node group", () => {
  let jobRun: JobRun;
  let running: JobProcess[];

  beforeAll(async () => {
    const id = await startJob(importance(`${cohort}/chr22_1000.vcf.gz`, "22_16050408"), "run-1");
    await untilState(id, "SUBMITTED");
    await sleep(500);
    expect(await stateOf(id)).toBe("SUBMITTED"); // as its pods would be pending while no node fits
    await createNodeGroup("run-1");
    await untilState(id, "RUNNING");
    await vi.waitFor(() => expect(executorsOf(processesOf(id))).toHaveLength(2), { timeout: 60_000, interval: 100 });
    running = processesOf(id);
    jobRun = await ended(id);
  });

  test("completes", () => {
    expect(jobRun).toMatchObject({ state: "COMPLETED", stateDetails: "Job run completed successfully." });
  });

  test("runs a master, a worker per node and an executor on each", () => {
    const commands = running.map(({ command }) => command);
    expect(commands.filter((command) => command.includes("deploy.master.Master"))).toHaveLength(1);
    expect(commands.filter((command) => command.includes("deploy.worker.Worker"))).toHaveLength(2);
    expect(commands.filter((command) => command.includes("deploy.SparkSubmit"))).toHaveLength(1);
  });

  test("shows no credentials on any command line", () => {
    for (const { command } of running) expect(command).not.toMatch(/secret|access\.key/i);
  });

  test("leaves no process behind", () => {
    expect(remaining(running)).toEqual([]);
  });

  test("ships the driver's standard output and error to CloudWatch Logs under EMR's stream names", async () => {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    const pod = `runs/1/${virtualClusterId}/jobs/${jobRun.id}/containers/spark-${jobRun.id}/spark-${jobRun.id}-driver`;
    expect(logStreams.map((stream) => stream.logStreamName).sort()).toEqual([`${pod}/stderr`, `${pod}/stdout`]);
    expect(await logLines(`${pod}/stdout`)).toContainEqual(expect.stringMatching(/^Finished trees: 20,/));
    expect(await logLines(`${pod}/stderr`)).toContainEqual(expect.stringMatching(/Added rdd_\d+_\d+ in memory on/));
  });

  test("writes the ranking and the event log to S3, under keys with blanks, plus signs and accents too", async () => {
    const csv = await get(`${cohort}/importance.csv`);
    const [header, ...rows] = csv.trimEnd().split("\n");
    expect(header).toBe("variable,importance");
    expect(rows.length).toBeGreaterThan(100); // those that some tree used
    expect(rows.some((row) => /^22_16050408_T_C,\d/.test(row))).toBe(true);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "events/" }));
    const eventLog = Contents.find((object) => object.Key !== "events/_keep");
    expect(await get(eventLog?.Key ?? "")).toContain('"Event":"SparkListenerApplicationEnd"');
  });
});

test("A job whose nodes never come fails as CLUSTER_UNAVAILABLE", async () => {
  const jobRun = await ended(await startJob(["importance"], "never"));
  expect(jobRun).toMatchObject({ state: "FAILED", failureReason: "CLUSTER_UNAVAILABLE" });
  expect(jobRun.stateDetails).toContain("run=never");
});

test("A job that VariantSpark refuses fails with its exit code and the last error in its log", async () => {
  await createNodeGroup("refused");
  const jobRun = await ended(await startJob(importance(`${cohort}/some.vcf`, "no_such_column"), "refused"));
  expect(jobRun).toMatchObject({ state: "FAILED", failureReason: "USER_ERROR" });
  expect(jobRun.stateDetails).toMatch(
    /^Main Spark container terminated with exit code 2\. Last error seen in logs - java\.lang\.IndexOutOfBoundsException/,
  );
});

test("A cancelled job is CANCELLED once driver, master, workers and executors are gone", async () => {
  await createNodeGroup("cancelled");
  const id = await startJob(importance(`${cohort}/some.vcf`, "22_16050408", 5000), "cancelled");
  await vi.waitFor(() => expect(executorsOf(processesOf(id))).toHaveLength(2), { timeout: 60_000, interval: 100 });
  const running = processesOf(id);
  await client.send(new CancelJobRunCommand({ virtualClusterId, id }));
  expect(["CANCEL_PENDING", "CANCELLED"]).toContain(await stateOf(id));
  expect((await ended(id)).state).toBe("CANCELLED");
  expect(remaining(running)).toEqual([]);
});

test("A job whose driver is killed fails with exit code 137 and leaves nothing", async () => {
  await createNodeGroup("killed");
  const id = await startJob(importance(`${cohort}/some.vcf`, "22_16050408", 5000), "killed");
  await vi.waitFor(() => expect(executorsOf(processesOf(id))).toHaveLength(2), { timeout: 60_000, interval: 100 });
  const running = processesOf(id);
  const driver = running.find(({ command }) => command.includes("deploy.SparkSubmit"));
  process.kill(driver?.pid ?? Number.NaN, "SIGKILL");
  const jobRun = await ended(id);
  expect(jobRun).toMatchObject({ state: "FAILED", failureReason: "USER_ERROR" });
  expect(jobRun.stateDetails).toContain("exit code 137");
  expect(remaining(running)).toEqual([]);
});

test("Stopping the endpoint ends its jobs with all their processes", async () => {
  await createNodeGroup("stopped");
  const id = await startJob(importance(`${cohort}/some.vcf`, "22_16050408", 5000), "stopped");
  await untilState(id, "RUNNING");
  const running = processesOf(id);
  expect(running.length).toBeGreaterThan(0);
  await emr.stop();
  expect(remaining(running)).toEqual([]);
});

function importance(vcf: string, label: string, trees = 20): string[] {
  const input = JSON.stringify({ type: "vcf", inputFile: `s3://${bucket}/${vcf}` });
  const labels = ["-ff", `s3://${bucket}/${cohort}/labels.csv`, "-fc", label];
  const forest = ["-rn", String(trees), "-rbs", "10", "-sr", "13"];
  return [
    "importance",
    "-ij",
    input,
    ...labels,
    ...forest,
    "-of",
    `s3://${bucket}/${cohort}/importance.csv`,
    "-on",
    "0",
  ];
}

/** The whole cohort for the run that ends well, its first variants (fast to load) for those that do not. */
async function uploadCohort(): Promise<void> {
  const file = (name: string) => join(engine.exampleCohort, name);
  await put(`${cohort}/labels.csv`, await readFile(file("chr22-labels.csv")));
  await put(`${cohort}/chr22_1000.vcf.gz`, await readFile(file("chr22_1000.vcf.gz")));
  const lines = (await readFile(file("chr22_1000.vcf"), "utf8")).split("\n");
  await put(`${cohort}/some.vcf`, `${lines.slice(0, 100).join("\n")}\n`);
}

async function startJob(entryPointArguments: string[], run: string): Promise<string> {
  const podTemplate = `templates/${run}.yaml`;
  await put(podTemplate, `apiVersion: v1\nkind: Pod\nspec:\n  nodeSelector:\n    run: ${run}\n`);
  const conf = {
    "spark.executor.instances": "2",
    "spark.executor.memory": "20g",
    "spark.kubernetes.executor.podTemplateFile": `s3://${bucket}/${podTemplate}`,
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": `s3://${bucket}/events/`,
  };
  const properties = { "spark.scheduler.minRegisteredResourcesRatio": "1.0" };
  const cloudWatchMonitoringConfiguration = { logGroupName, logStreamNamePrefix: "runs/1" };
  const { id = "" } = await client.send(
    new StartJobRunCommand({
      virtualClusterId,
      executionRoleArn: "arn:aws:iam::000000000000:role/vs-job-role",
      releaseLabel: "emr-7.9.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: `s3://${bucket}/variantspark.jar`,
          entryPointArguments,
          sparkSubmitParameters: [
            "--class au.csiro.variantspark.cli.VariantSparkApp",
            ...Object.entries(conf).map(([key, value]) => `--conf "${key}=${value}"`),
          ].join(" "),
        },
      },
      configurationOverrides: {
        applicationConfiguration: [{ classification: "spark-defaults", properties }],
        monitoringConfiguration: run === "run-1" ? { cloudWatchMonitoringConfiguration } : {},
      },
    }),
  );
  return id;
}

/** Two spot nodes that carry the run as a label. */
async function createNodeGroup(run: string): Promise<void> {
  await eks.send(
    new CreateNodegroupCommand({
      clusterName: "research",
      nodegroupName: run,
      nodeRole: await role("ec2"),
      subnets: ["subnet-1"],
      scalingConfig: { minSize: 2, maxSize: 2, desiredSize: 2 },
      labels: { run },
      capacityType: "SPOT",
    }),
  );
}

async function role(service: string): Promise<string> {
  const iam = new AwsClient({ ...aws.credentials, service: "iam", region: aws.region });
  const Statement = [{ Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const body = new URLSearchParams({
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: service,
    AssumeRolePolicyDocument,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await iam.fetch(aws.endpoint, { method: "POST", headers, body: body.toString() }); // it is there already for the second node group
  return `arn:aws:iam::000000000000:role/${service}`;
}

async function put(Key: string, Body: string | Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

async function get(Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return (await Body?.transformToString()) ?? "";
}

async function logLines(logStreamName: string): Promise<string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, ...(nextToken && { nextToken }) }),
    );
    lines.push(...(page.events ?? []).map((event) => event.message ?? ""));
    if (page.nextForwardToken === nextToken || !page.events?.length) return lines;
    nextToken = page.nextForwardToken;
  }
}

async function describeJob(id: string): Promise<JobRun> {
  const { jobRun } = await client.send(new DescribeJobRunCommand({ virtualClusterId, id }));
  if (jobRun === undefined) throw new Error(`No job run ${id}`);
  return jobRun;
}

const stateOf = async (id: string) => (await describeJob(id)).state;

async function untilState(id: string, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await stateOf(id)).toBe(state), { timeout: 60_000, interval: 100 });
}

async function ended(id: string): Promise<JobRun> {
  return await vi.waitFor(
    async () => {
      const jobRun = await describeJob(id);
      expect(jobRun.finishedAt).toBeDefined();
      return jobRun;
    },
    { timeout: 150_000, interval: 200 },
  );
}

interface JobProcess {
  readonly pid: number;
  readonly group: number;
  readonly command: string;
}

/** Every process in a group that has a process which names the job's folder: driver, master, workers, executors. */
function processesOf(id: string): JobProcess[] {
  const all = allProcesses();
  const groups = new Set(all.filter(({ command }) => command.includes(id)).map(({ group }) => group));
  return all.filter(({ group }) => groups.has(group));
}

function executorsOf(processes: readonly JobProcess[]): JobProcess[] {
  return processes.filter(({ command }) => command.includes("CoarseGrainedExecutorBackend"));
}

function remaining(processes: readonly JobProcess[]): JobProcess[] {
  const groups = new Set(processes.map(({ group }) => group));
  return allProcesses().filter(({ group }) => groups.has(group));
}

function allProcesses(): JobProcess[] {
  const listing = execFileSync("ps", ["-A", "-ww", "-o", "pid=,pgid=,stat=,command="], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return listing.split("\n").flatMap((line) => {
    const [, pid, group, stat = "Z", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return stat.startsWith("Z") ? [] : [{ pid: Number(pid), group: Number(group), command }];
  });
}
