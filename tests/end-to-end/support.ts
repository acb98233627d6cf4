/** What the end-to-end tests look at besides the API: the execution, the node groups, the processes of this machine. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { CreateNodegroupCommand, EKSClient, ListNodegroupsCommand } from "@aws-sdk/client-eks";
import {
  EMRContainersClient,
  type JobRun,
  type JobRunState,
  paginateListJobRuns,
  paginateListVirtualClusters,
} from "@aws-sdk/client-emr-containers";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, inject } from "vitest";
import { runOfStudy } from "../../local/followRun.ts";
import { DocumentedClient } from "./openApi.ts";

export const cloud = inject("cloud");
export const client = new DocumentedClient(cloud);
export const owner = { endpoint: cloud.awsEndpoint, region: cloud.region, credentials: cloud.owner };

const logs = new CloudWatchLogsClient(owner);
const sfn = new SFNClient(owner);
const eks = new EKSClient(owner);
const emr = new EMRContainersClient({ ...owner, endpoint: cloud.emrContainersEndpoint });

/** Status of a run's execution and the states that it entered, in order. */
export async function executionOf(runId: string): Promise<{ status: string | undefined; states: string[] }> {
  const executionArn = `${cloud.outputs.PipelineArn.replace(":stateMachine:", ":execution:")}:${runId}`;
  const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const states: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }));
    for (const event of page.events ?? [])
      if (event.stateEnteredEventDetails?.name) states.push(event.stateEnteredEventDetails.name);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return { status, states };
}

export async function nodeGroups(): Promise<string[]> {
  const { nodegroups } = await eks.send(new ListNodegroupsCommand({ clusterName: "local" }));
  return nodegroups ?? [];
}

/** One that no run has asked for. */
export async function makeNodeGroup(name: string, tags: Record<string, string>): Promise<void> {
  await eks.send(
    new CreateNodegroupCommand({
      clusterName: "local",
      nodegroupName: name,
      nodeRole: "arn:aws:iam::000000000000:role/variantspark-nodes",
      subnets: ["subnet-local-a"],
      tags,
    }),
  );
}

/** Job runs that the endpoint knows, ended ones too. @param states only those in one of them */
export async function listJobRuns(states?: JobRunState[]): Promise<JobRun[]> {
  const found: JobRun[] = [];
  for await (const { virtualClusters = [] } of paginateListVirtualClusters({ client: emr }, {}))
    for (const { id: virtualClusterId } of virtualClusters)
      for await (const { jobRuns = [] } of paginateListJobRuns(
        { client: emr },
        { virtualClusterId, ...(states && { states }) },
      ))
        found.push(...jobRuns);
  return found;
}

/** Those of a run. */
export async function jobRunsOn(runId: string, states?: JobRunState[]): Promise<JobRun[]> {
  return (await listJobRuns(states)).filter(({ tags }) => Object.values(tags ?? {}).includes(runId));
}

/** What a log group has been told, in all of its streams. */
export async function messagesOf(logGroupName: string | undefined): Promise<string[]> {
  const messages: string[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName }))
    messages.push(...events.map(({ message = "" }) => message));
  return messages;
}

/** Pids of this machine's processes whose command line holds all of these words. */
export function processesWith(...words: string[]): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  return lines.filter((line) => words.every((word) => line.includes(word))).map((line) => Number.parseInt(line, 10));
}

let studies = 0;
/** A folder name that no other test uses. */
export function newStudy(name: string): string {
  studies++;
  return `${name}-${process.pid}-${studies}`;
}

/** The chr22 sample that the variant-spark package ships: 1,988 variants of 1,092 samples. */
export const cohort = {
  vcfGz: await readFile(join(cloud.engine.exampleCohort, "chr22_1000.vcf.gz")),
  labels: await readFile(join(cloud.engine.exampleCohort, "chr22-labels.csv"), "utf8"),
};

/** The first so many records of the cohort, as gzip: enough to run the engine in seconds. */
export function fewRecords(records: number): Buffer {
  const lines = gunzipSync(cohort.vcfGz).toString().split("\n");
  const header = lines.filter((line) => line.startsWith("#")).length;
  return gzipSync(`${lines.slice(0, header + records).join("\n")}\n`);
}

/** Uploads an object per entry, in the given order. */
export async function uploadStudy(study: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await client.upload(`${study}/${name}`, content);
}

export function analysis(parameters: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ labelColumn: "22_16050408", ...parameters });
}

/** A run on AWS that grows trees for longer than any test waits. */
export async function runningStudy(name: string): Promise<string> {
  const study = newStudy(name);
  await uploadStudy(study, {
    "chr22_1000.vcf.gz": cohort.vcfGz,
    "labels.csv": cohort.labels,
    "analysis.json": analysis({ trees: 10_000, batchSize: 10, where: "aws-on-demand", budgetUsd: 50 }),
  });
  const id = await runOfStudy(client, study, 30);
  await expect
    .poll(async () => (await client.getRun(id)).body.progress?.treesDone ?? 0, { timeout: 120_000, interval: 500 })
    .toBeGreaterThan(0);
  return id;
}
