/**
 * `npm run bench:latency`: the seconds that the pipeline adds to those of AWS, on the local cloud with the state machine's own
 * Wait states: from the answered choice to the StartJobRun that EMR sees, less the time in which the nodes come; and from the
 * job's end to the run's end. Both with the time between two looks at what AWS does (Wait states), and without.
 *
 *   --runs N           runs one after the other, 3 unless given; the first meets cold Lambdas
 *   --node-seconds S   how long the nodes take to come, 15 unless given (on AWS one to three minutes)
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DescribeNodegroupCommand, EKSClient, ListNodegroupsCommand } from "@aws-sdk/client-eks";
import { EMRContainersClient, paginateListJobRuns, paginateListVirtualClusters } from "@aws-sdk/client-emr-containers";
import { paginateGetExecutionHistory, SFNClient } from "@aws-sdk/client-sfn";
import { type LocalCloud, startLocalCloud } from "../local/cloud.ts";
import { followRun } from "../local/followRun.ts";
import { PipelineClient } from "../local/pipelineClient.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { keepFigures } from "./keepFigures.ts";

const project = join(import.meta.dirname, "..");
const RUN_LIMIT_SECONDS = 180;
const { values: options } = parseArgs({
  options: { runs: { type: "string", default: "3" }, "node-seconds": { type: "string", default: "15" } },
});

/** Milliseconds since 1970. */
interface Times {
  readonly chosen: number;
  readonly nodesAsked: number;
  readonly jobCreated: number;
  readonly jobFinished: number;
  readonly reported: number;
  readonly ended: number;
  /** Wait states: when each began and was over. */
  readonly waits: readonly (readonly [number, number])[];
}

/** Seconds. `between` is the part that passed in Wait states, between two looks. */
interface Added {
  readonly total: number;
  readonly between: number;
  readonly own: number;
}

const cloud = await startLocalCloud({
  home: join(project, ".local"),
  onProgress: (line) => console.log(line),
  waitScale: 1,
});
stopOnSignals(() => cloud.stop());
try {
  await bench(new PipelineClient(cloud), Number(options.runs), Number(options["node-seconds"]));
} finally {
  await cloud.stop();
}

async function bench(client: PipelineClient, runs: number, nodeSeconds: number): Promise<void> {
  const faults = { method: "PUT", body: JSON.stringify({ pendingSeconds: nodeSeconds }) };
  await fetch(`${cloud.emrContainersEndpoint}/local/faults`, faults);
  const measured: { start: Added; report: Added; end: Added }[] = [];
  for (let number = 1; number <= runs; number++) {
    const times = await timesOfRun(client, `latency-${number}/`);
    const start = untilStarted(times, times.nodesAsked + nodeSeconds * 1000);
    const report = added(times.jobFinished, times.reported, times.waits);
    measured.push({ start, report, end: added(times.jobFinished, times.ended, times.waits) });
  }
  const row = (name: string, part: (one: (typeof measured)[number]) => Added) => [
    [name, ...measured.map((one) => part(one).total.toFixed(1))],
    ["  of it between two looks", ...measured.map((one) => part(one).between.toFixed(1))],
    ["  of it the pipeline's own", ...measured.map((one) => part(one).own.toFixed(1))],
  ];
  const head = ["seconds beyond AWS's", ...measured.map((_, index) => `run ${index + 1}`)];
  console.log(
    table([
      head,
      ...row("choice to StartJobRun", ({ start }) => start),
      ...row("job's end to report", ({ report }) => report),
      ...row("job's end to Succeeded", ({ end }) => end),
    ]).join("\n"),
  );
  const most = (seconds: (one: (typeof measured)[number]) => number) =>
    Math.round(Math.max(...measured.map(seconds)) * 10) / 10;
  const figures = {
    choiceToStartSecondsMax: most(({ start }) => start.total),
    choiceToStartOwnSecondsMax: most(({ start }) => start.own),
    endToReportSecondsMax: most(({ report }) => report.total),
    endToReportOwnSecondsMax: most(({ report }) => report.own),
    endToSucceededSecondsMax: most(({ end }) => end.total),
    endToSucceededOwnSecondsMax: most(({ end }) => end.own),
    nodeSeconds,
    runs,
  };
  await keepFigures("latency", figures);
}

/** All that is no waiting is the pipeline's own, its looks at nodes that are not there yet too. */
function untilStarted({ chosen, jobCreated, waits }: Times, nodesReady: number): Added {
  const { own } = added(chosen, jobCreated, waits);
  const { between } = added(nodesReady, jobCreated, waits);
  return { total: own + between, between, own };
}

function added(from: number, until: number, waits: Times["waits"]): Added {
  const between = waits.reduce(
    (sum, [begun, over]) => sum + Math.max(0, Math.min(over, until) - Math.max(begun, from)),
    0,
  );
  return { total: (until - from) / 1000, between: between / 1000, own: (until - from - between) / 1000 };
}

async function timesOfRun(client: PipelineClient, prefix: string): Promise<Times> {
  for (const name of ["chr22_1000.vcf.gz", "chr22-labels.csv"])
    await client.upload(`${prefix}${name}`, await readFile(join(cloud.engine.exampleCohort, name)));
  const started = await client.startRun({ prefix, analysis: { labelColumn: "22_16050408", trees: 50 } });
  const { id } = started.body;
  const { state } = await followRun(client, id, ["Ask"], () => {}, RUN_LIMIT_SECONDS);
  if (state !== "Ask") throw new Error(`the run ${id} asks nothing, it is in ${state}`);
  const answer = await client.choose(id, "aws-on-demand");
  const chosen = Date.now();
  if (answer.status !== 202) throw new Error(`the choice was answered with ${answer.status}`);
  const nodesAsked = await nodesAskedAt(id);
  const ended = await followRun(client, id, [], () => {}, RUN_LIMIT_SECONDS);
  if (ended.state !== "Succeeded") throw new Error(`the run ${id} is ${ended.state}: ${ended.failure?.message}`);
  const entered = (wanted: string) => Date.parse(ended.history?.find((entry) => entry.state === wanted)?.at ?? "");
  return {
    chosen,
    nodesAsked,
    ...(await jobTimes(id)),
    reported: entered("Release"),
    ended: entered("Succeeded"),
    waits: await waitsOf(id),
  };
}

function account(): Pick<LocalCloud, "region"> & { endpoint: string; credentials: LocalCloud["owner"] } {
  return { endpoint: cloud.awsEndpoint, region: cloud.region, credentials: cloud.owner };
}

/** Of the run's node group, which is there until Release. */
async function nodesAskedAt(id: string): Promise<number> {
  const eks = new EKSClient(account());
  for (;;) {
    const { nodegroups = [] } = await eks.send(new ListNodegroupsCommand({ clusterName: "local" }));
    const nodegroupName = nodegroups.find((name) => name.includes(id));
    if (nodegroupName !== undefined) {
      const group = await eks.send(new DescribeNodegroupCommand({ clusterName: "local", nodegroupName }));
      return group.nodegroup?.createdAt?.getTime() ?? Number.NaN;
    }
    await sleep(100);
  }
}

async function jobTimes(id: string): Promise<Pick<Times, "jobCreated" | "jobFinished">> {
  const client = new EMRContainersClient({ ...account(), endpoint: cloud.emrContainersEndpoint });
  for await (const { virtualClusters = [] } of paginateListVirtualClusters({ client }, {}))
    for (const { id: virtualClusterId } of virtualClusters)
      for await (const { jobRuns = [] } of paginateListJobRuns({ client }, { virtualClusterId }))
        for (const { tags, createdAt, finishedAt } of jobRuns)
          if (Object.values(tags ?? {}).includes(id) && createdAt && finishedAt)
            return { jobCreated: createdAt.getTime(), jobFinished: finishedAt.getTime() };
  throw new Error(`the run ${id} has no job run that has ended`);
}

async function waitsOf(id: string): Promise<Times["waits"]> {
  const executionArn = `${cloud.outputs.PipelineArn.replace(":stateMachine:", ":execution:")}:${id}`;
  const waits: [number, number][] = [];
  let begun = Number.NaN;
  for await (const { events = [] } of paginateGetExecutionHistory(
    { client: new SFNClient(account()) },
    { executionArn, maxResults: 1000 },
  ))
    for (const { type, timestamp = new Date(0) } of events) {
      if (type === "WaitStateEntered") begun = timestamp.getTime();
      if (type === "WaitStateExited") waits.push([begun, timestamp.getTime()]);
    }
  return waits;
}
