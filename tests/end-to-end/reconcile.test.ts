import { setTimeout as sleep } from "node:timers/promises";
import { DeleteNodegroupCommand, EKSClient } from "@aws-sdk/client-eks";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { nodeGroupName, tagsOf } from "../../core/run/names.ts";
import {
  analysis,
  client,
  cloud,
  cohort,
  jobRunsOn,
  makeNodeGroup,
  newStudy,
  nodeGroups,
  owner,
  processesWith,
  runningStudy,
  uploadStudy,
} from "./support.ts";

const eks = new EKSClient(owner);
const lambda = new LambdaClient(owner);
const pipeline = cloud.outputs.RunsBucketName;
const graceSeconds = 3;

/** As the clock would. The event of an execution's end calls it too, and whichever comes first does the work. */
async function reconcile(): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: "variantspark-pipeline-dev-reconcile",
      Payload: JSON.stringify({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} }),
    }),
  );
  const answer = Payload ? Buffer.from(Payload).toString() : "";
  expect(FunctionError, answer).toBeUndefined();
  return JSON.parse(answer);
}

async function liveJobs(runId: string): Promise<(string | undefined)[]> {
  return (await jobRunsOn(runId, ["PENDING", "SUBMITTED", "RUNNING"])).map(({ id }) => id);
}

test("of a run that is aborted in the console nothing paid is left after one call, and its record says so", async () => {
  const [id, other] = [await runningStudy("aborted"), await runningStudy("alive")];
  expect(await nodeGroups()).toEqual(expect.arrayContaining([nodeGroupName(id), nodeGroupName(other)]));
  expect(await liveJobs(id)).toHaveLength(1);

  const executionArn = `${cloud.outputs.PipelineArn.replace(":stateMachine:", ":execution:")}:${id}`;
  await new SFNClient(owner).send(new StopExecutionCommand({ executionArn, cause: "stopped in the console" }));
  expect(await nodeGroups()).toContain(nodeGroupName(id));
  const stopped = Date.now();
  await reconcile();

  await expect.poll(nodeGroups, { timeout: 10_000 }).not.toContain(nodeGroupName(id));
  expect(await liveJobs(id)).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 30_000 }).toEqual([]);
  console.log(`everything was gone ${((Date.now() - stopped) / 1000).toFixed(1)} s after the call`);
  expect((await client.getRun(id)).body).toMatchObject({
    state: "Cancelled",
    failure: { code: "cancelled", message: "stopped in the console" },
    nodeGroup: { name: nodeGroupName(id), releasedAt: expect.any(String) },
    reclaimed: [
      { kind: "job-run", because: expect.stringContaining("ABORTED") },
      { kind: "node-group", id: nodeGroupName(id), because: expect.stringContaining("ABORTED") },
    ],
  });

  expect(await reconcile()).toEqual({ reclaimed: 0 });
  expect(await nodeGroups()).toContain(nodeGroupName(other));
  expect(await liveJobs(other)).toHaveLength(1);
  expect((await client.getRun(other)).body).toMatchObject({ state: "Observe" });

  await client.cancel(other);
  await expect.poll(async () => (await client.cancel(other)).body.released, { timeout: 30_000 }).toBe(true);
  await expect.poll(() => processesWith("spark", other), { timeout: 30_000 }).toEqual([]);
});

test("nodes of a run that does not exist go after the grace; of another stage, or of nobody, they stay", async () => {
  const study = newStudy("orphan");
  const runId = `${study}-0123456789ab`;
  const foreign: [string, Record<string, string>][] = [
    [`vs-${study}-other-stage`, tagsOf({ pipeline: "another-stage-runs", runId })],
    [`vs-${study}-untagged`, {}],
    [`${study}-other-name`, tagsOf({ pipeline, runId })],
  ];
  for (const [name, tags] of foreign) await makeNodeGroup(name, tags);
  await makeNodeGroup(nodeGroupName(runId), tagsOf({ pipeline, runId }));

  await sleep((graceSeconds + 1) * 1000);
  expect(await reconcile()).toEqual({ reclaimed: 1 });
  const left = await nodeGroups();
  expect(left).not.toContain(nodeGroupName(runId));
  expect(left).toEqual(expect.arrayContaining(foreign.map(([name]) => name)));
  for (const [nodegroupName] of foreign)
    await eks.send(new DeleteNodegroupCommand({ clusterName: "local", nodegroupName }));
});

test("a run that is aborted while it asks holds nothing, and its record is closed all the same", async () => {
  const study = newStudy("aborted-asking");
  await uploadStudy(study, {
    "a.vcf.gz": cohort.vcfGz,
    "labels.csv": cohort.labels,
    "analysis.json": analysis({ trees: 10 }),
  });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  await expect.poll(async () => (await client.getRun(id)).body.state, { timeout: 60_000 }).toBe("Ask");
  const executionArn = `${cloud.outputs.PipelineArn.replace(":stateMachine:", ":execution:")}:${id}`;
  await new SFNClient(owner).send(new StopExecutionCommand({ executionArn }));
  await reconcile();
  const { history = [] } = (await client.getRun(id)).body;
  expect(history.at(-1)?.state).toBe("Cancelled");
});
