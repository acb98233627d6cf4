/**
 * Calls of each function that together make it send every kind of request it can: also those of rare moments, such as a
 * cancellation between asking for nodes and hearing that they come, or an upload in parts that breaks off.
 */
import { isDeepStrictEqual } from "node:util";
import { runKeys } from "../../../aws/runsStore.ts";
import { attempted, withCurrent } from "../../../core/run/attempts.ts";
import { choiceOf } from "../../../core/run/choose.ts";
import { matrixDigestOf } from "../../../core/run/matrixDigestOf.ts";
import { nodeGroupName } from "../../../core/run/names.ts";
import type { Run } from "../../../core/run/run.ts";
import type { Where } from "../../../core/sizing/estimate.ts";
import { studyDigest } from "../../../core/study/identity.ts";
import { studyFolder } from "../../../core/study/study.ts";
import type { RecordedRequest } from "../../aws-requests/awsRequests/recorder.ts";
import { chr22, forestOf } from "../../unit/report/resultRun.ts";
import { eventLog, genotypes, labels } from "./cohort.ts";
import type { Answer, World } from "./world.ts";

export interface Drive {
  readonly function: string;
  readonly name: string;
  /** Lays out what is there before the call. @returns the event of the call */
  arrange(scene: Scene): Promise<object>;
  /** What a call comes to that was allowed all it needs. */
  comesTo(answer: Answer, scene: Scene, event: object): boolean | Promise<boolean>;
}

/** The world with a study whose run has been inspected and estimated by the functions themselves. */
export class Scene {
  readonly world: World;
  #small: Promise<Run> | undefined;
  #large: Promise<Run> | undefined;

  constructor(world: World) {
    this.world = world;
  }

  get inbox(): string {
    return this.world.outputs.InboxBucketName;
  }

  get runs(): string {
    return this.world.outputs.RunsBucketName;
  }

  /** Inspected and estimated; 300 variants of 20 samples. */
  small(): Promise<Run> {
    this.#small ??= this.#inspected("small/", genotypes(20, 300), ["estimate"]);
    return this.#small;
  }

  /** Inspected; its matrix is larger than one part of an upload. */
  large(): Promise<Run> {
    this.#large ??= this.#inspected("large/", genotypes(4_000, 7_500), []);
    return this.#large;
  }

  async #inspected(prefix: string, vcf: Uint8Array, steps: readonly string[]): Promise<Run> {
    const { world } = this;
    await world.put(this.inbox, `${prefix}a.vcf`, vcf);
    await world.put(this.inbox, `${prefix}labels.csv`, labels(vcf));
    const runId = world.newId();
    await this.call("settle", { runId, input: await this.input(prefix) });
    for (const step of ["inspect", ...steps]) await this.call(step, { runId });
    return world.saved(runId);
  }

  /** What an execution of that folder is started with. */
  async input(prefix: string) {
    const objects = (await this.world.list(this.inbox, prefix)).map(({ Key = "", Size = 0, ETag = "" }) => ({
      key: Key,
      size: Size,
      etag: ETag.replaceAll('"', ""),
    }));
    return { study: { bucket: this.inbox, prefix }, digest: studyDigest(studyFolder(objects, prefix)) };
  }

  /** @throws Error when the function does: what is laid out for a drive must be there */
  async call(functionName: string, event: object): Promise<unknown> {
    const { payload, threw } = await this.world.invoke(functionName, event);
    if (threw) throw new Error(`${functionName}: ${JSON.stringify(payload)}`);
    return payload;
  }

  async saved(parts: Partial<Run>, base?: Run): Promise<Run> {
    const { failure: _failure, ...inspected } = base ?? (await this.small());
    return this.world.save({ ...inspected, id: this.world.newId(), state: "Estimate", ...parts });
  }

  /** Chosen, and in its first attempt where it runs on AWS. */
  async chosen(where: Where, parts: Partial<Run> = {}): Promise<Run> {
    const { estimate } = await this.small();
    const option = estimate?.options.find((one) => one.where === where && !one.prepare);
    if (option === undefined) throw new Error(`no option ${where}`);
    const run = await this.saved({ choice: choiceOf(option, "researcher", new Date(Date.now() - 60_000)), ...parts });
    return where === "local" ? run : this.world.save(attempted(run, new Date()));
  }

  /** Its job waits for nodes that never come: those of `withNodes` do not have the labels that it asks for. */
  async launched(parts: Partial<Run> = {}): Promise<Run> {
    const run = await this.chosen("aws-spot", { state: "Provision", ...parts });
    await this.call("launch", { runId: run.id });
    return this.world.saved(run.id);
  }

  async withNodes(run: Run): Promise<Run> {
    await this.world.makeNodeGroup(nodeGroupName(run.id), run.id);
    return run;
  }

  /** Four equal chunks of five; the first three are merged. */
  async grownChunks(): Promise<Run> {
    const planned = forestOf([], 5);
    let run = await this.chosen("aws-spot", { chunks: { ...planned, grown: [] }, state: "Observe" });
    for (const number of [1, 2, 3]) {
      run = await this.#withChunk(run, number);
      await this.call("merge", { runId: run.id });
      run = await this.world.saved(run.id);
    }
    return this.#withChunk(run, 4);
  }

  async #withChunk(run: Run, number: number): Promise<Run> {
    await this.world.put(this.runs, runKeys.importance(run.id, number), importances(chr22().rows));
    const jobRun = { id: `job-${number}`, startedAt: new Date().toISOString() };
    return this.world.save({ ...withCurrent(run, { chunk: number, jobRun: jobRun.id }), jobRun, state: "Observe" });
  }

  /** Converted, and ready to be sealed. */
  async converted(): Promise<Run> {
    const run = await this.planned();
    for (const slice of ((await this.call("plan", { runId: run.id })) as { slices: number[] }).slices)
      await this.call("convert", { runId: run.id, digest: matrixDigestOf(run), slice });
    return run;
  }

  /** Chosen to be prepared, of which nothing has been yet. */
  async planned(parts: Partial<Run> = {}, base?: Run): Promise<Run> {
    await this.world.remove(this.runs, "matrices/");
    return this.saved({ state: "Plan", ...parts }, base);
  }

  /** Its token is that of an execution that waits. */
  async waiting(state: "Ask" | "AwaitLocal", parts: Partial<Run> = {}): Promise<Run> {
    const run = await this.saved({ state, ...parts });
    await this.world.put(this.runs, `tokens/${run.id}`, await this.world.waitingExecution(run.id));
    return run;
  }
}

const drives: Drive[] = [];

type Payload = Readonly<Record<string, unknown>>;

function has(payload: Payload, expected: object): boolean {
  return Object.entries(expected).every(([name, value]) => isDeepStrictEqual(payload[name], value));
}

function drive(
  functionName: string,
  name: string,
  arrange: (scene: Scene) => Promise<object>,
  expected: object | Drive["comesTo"],
): void {
  const comesTo =
    typeof expected === "function"
      ? (expected as Drive["comesTo"])
      : ({ payload, threw }: Answer) => !threw && has(payload as Payload, expected);
  drives.push({ function: functionName, name, arrange, comesTo });
}

drive(
  "intake",
  "an upload completes a study",
  async ({ world, inbox }) => {
    const prefix = `${world.newId()}/`;
    await world.put(inbox, `${prefix}a.vcf`, genotypes(4, 10));
    await world.put(inbox, `${prefix}labels.csv`, labels(genotypes(4, 10)));
    const record = { s3: { bucket: { name: inbox }, object: { key: `${prefix}a.vcf` } } };
    return { Records: [{ messageId: "1", body: JSON.stringify({ Records: [record] }) }] };
  },
  { batchItemFailures: [] },
);

drive(
  "settle",
  "a folder at rest",
  async (scene) => {
    await scene.small();
    return { runId: scene.world.newId(), input: await scene.input("small/") };
  },
  { kind: "settled" },
);
drive(
  "settle",
  "a repetition",
  async (scene) => {
    const { id } = await scene.saved({ state: "Settle" });
    return { runId: id, input: await scene.input("small/") };
  },
  { kind: "settled" },
);
drive(
  "settle",
  "a folder that has changed",
  async (scene) => {
    await scene.small();
    const prefix = `${scene.world.newId()}/`;
    await scene.world.put(scene.inbox, `${prefix}a.vcf`, genotypes(4, 10));
    await scene.world.put(scene.inbox, `${prefix}labels.csv`, "sample,label\n");
    const { study } = await scene.input(prefix);
    return { runId: scene.world.newId(), input: { study, digest: "0".repeat(64) } };
  },
  { kind: "superseded" },
);

drive("inspect", "a sound study", async (scene) => eventOf(await scene.saved({ state: "Settle" })), {
  kind: "accepted",
});

drive(
  "estimate",
  "prices of another day, no matrix yet",
  async (scene) => {
    await scene.world.remove(scene.runs, "prices/");
    await scene.world.remove(scene.runs, "matrices/");
    return eventOf(await scene.saved({ state: "Inspect" }));
  },
  { kind: "ask" },
);

drive("plan", "nothing planned", async (scene) => eventOf(await scene.planned()), { kind: "planned" });
drive(
  "plan",
  "planned by another run",
  async (scene) => {
    await scene.call("plan", eventOf(await scene.planned()));
    return eventOf(await scene.saved({ state: "Plan" }));
  },
  { kind: "planned" },
);
drive(
  "plan",
  "of some samples",
  async (scene) => {
    const { inspection } = await scene.small();
    if (inspection === undefined) throw new Error("not inspected");
    const run = await scene.planned({
      inspection: { ...inspection, keptSamples: { count: 20, digest: "f".repeat(64) } },
    });
    await scene.world.put(scene.runs, runKeys.labels(run.id), labels(genotypes(20, 1)));
    return eventOf(run);
  },
  { kind: "planned" },
);

drive(
  "convert",
  "a slice",
  async (scene) => {
    const run = await scene.planned();
    await scene.call("plan", eventOf(run));
    return { runId: run.id, digest: matrixDigestOf(run), slice: 0 };
  },
  { kind: "converted" },
);
drive(
  "convert",
  "a slice whose upload breaks off",
  async (scene) => {
    const run = await scene.planned({}, await scene.large());
    await scene.call("plan", eventOf(run));
    breaksUploads(scene);
    return { runId: run.id, digest: matrixDigestOf(run), slice: 0 };
  },
  leavesNoUpload,
);

drive("seal", "all slices are there", async (scene) => eventOf(await scene.converted()), { kind: "sealed" });
drive(
  "seal",
  "a slice is missing",
  async (scene) => {
    const run = await scene.converted();
    await scene.world.remove(scene.runs, `matrices/${matrixDigestOf(run)}/_slices/`);
    return eventOf(run);
  },
  { kind: "failed" },
);

drive("ask", "a question", async (scene) => ({ ...eventOf(await scene.saved({})), taskToken: "token" }), isSilent);
drive(
  "awaitLocal",
  "a local run",
  async (scene) => ({ ...eventOf(await scene.chosen("local")), taskToken: "token" }),
  isSilent,
);

drive("provision", "nodes are asked for", async (scene) => eventOf(await scene.chosen("aws-spot")), {
  kind: "pending",
});
drive(
  "provision",
  "cancelled while nodes are asked for",
  async (scene) => {
    const run = await scene.chosen("aws-spot");
    cancelsDuring(scene, run, ({ method, url }) => method === "POST" && url.endsWith("/node-groups"));
    return eventOf(run);
  },
  { kind: "pending" },
);

drive("launch", "a job is started", async (scene) => eventOf(await scene.chosen("aws-spot", { state: "Provision" })), {
  kind: "launched",
});
drive(
  "launch",
  "cancelled while the job is started",
  async (scene) => {
    const run = await scene.chosen("aws-spot", { state: "Provision" });
    cancelsDuring(scene, run, ({ method, url }) => method === "POST" && url.endsWith("/jobruns"));
    return eventOf(run);
  },
  { kind: "launched" },
);

drive(
  "observe",
  "a job that runs",
  async (scene) => {
    const run = await scene.launched();
    await scene.world.writeDriverLog(run.id, run.jobRun?.id ?? "");
    return eventOf(run);
  },
  { kind: "running" },
);
drive(
  "observe",
  "a forest that is left at what has grown",
  async (scene) => {
    const chunks = { ...forestOf([0.5], 5), finishAskedAt: new Date().toISOString() };
    return eventOf(await scene.launched({ chunks }));
  },
  { kind: "finish" },
);

drive(
  "merge",
  "a chunk after which the ranking is stable",
  async (scene) => {
    const run = await scene.grownChunks();
    await asNewAccount(scene);
    return eventOf(run);
  },
  { kind: "next-chunk" },
);
drive(
  "merge",
  "a chunk whose upload breaks off",
  async (scene) => {
    const run = await scene.grownChunks();
    await scene.world.put(scene.runs, runKeys.importance(run.id, 4), importances(manyRows()));
    breaksUploads(scene);
    return eventOf(run);
  },
  leavesNoUpload,
);

drive(
  "heal",
  "nodes that were lost",
  async (scene) => {
    const run = await scene.withNodes(await scene.launched());
    await asNewAccount(scene);
    return eventOf(await scene.world.save(withCurrent(run, { trouble: nodesLost })));
  },
  { kind: "giving-back" },
);

drive(
  "heal",
  "nodes that did not come",
  async (scene) => {
    const run = await scene.withNodes(await scene.chosen("aws-spot", { state: "Provision" }));
    return eventOf(await scene.world.save(withCurrent(run, { trouble: { ...nodesLost, kind: "nodes-unavailable" } })));
  },
  { kind: "relaunch" },
);

drive(
  "report",
  "a forest in one piece, with all that can be reported",
  async (scene) => {
    const run = await scene.chosen("aws-spot", { state: "Observe" });
    const { analysis } = run;
    if (analysis === undefined) throw new Error("no parameters");
    await scene.world.put(scene.runs, runKeys.importance(run.id), importances(chr22().rows));
    await scene.world.put(scene.runs, runKeys.model(run.id), '"splitVar" : "22_16050000_T_C"\n');
    await scene.world.put(scene.runs, `${runKeys.eventLogFolder(run.id)}spark-1`, eventLog);
    await asNewAccount(scene);
    return eventOf(await scene.world.save({ ...run, analysis: { ...analysis, localFdr: true } }));
  },
  { kind: "reported" },
);
drive(
  "report",
  "a forest in chunks",
  async (scene) => {
    const run = await scene.grownChunks();
    await scene.call("merge", eventOf(run));
    return eventOf(await scene.world.saved(run.id));
  },
  { kind: "reported" },
);
drive(
  "report",
  "a result whose upload breaks off",
  async (scene) => {
    const run = await scene.chosen("aws-spot", { state: "Observe" });
    await scene.world.put(scene.runs, runKeys.importance(run.id), importances(manyRows()));
    breaksUploads(scene);
    return eventOf(run);
  },
  leavesNoUpload,
);

drive(
  "recordFailure",
  "an error of a step",
  async (scene) => ({ ...eventOf(await scene.saved({})), reason: { Error: "States.TaskFailed", Cause: "" } }),
  { kind: "recorded" },
);

drive(
  "release",
  "nodes, and a job that runs",
  async (scene) => eventOf(await scene.withNodes(await scene.launched({ state: "Observe" }))),
  ({ threw }) => !threw,
);
drive("release", "a run without a record", async ({ world }) => ({ runId: world.newId() }), { kind: "ended" });

drive(
  "reconcile",
  "nodes and a job that outlived their execution",
  async (scene) => {
    const { world } = scene;
    const run = await scene.withNodes(await scene.launched());
    await world.waitingExecution(run.id);
    await world.endExecution(run.id);
    return {};
  },
  ({ payload, threw }) => !threw && (payload as { reclaimed: number }).reclaimed === 2,
);
drive(
  "reconcile",
  "nodes of a run of which nothing is left",
  async ({ world }) => {
    const id = world.newId();
    await world.makeNodeGroup(nodeGroupName(id), id);
    return {};
  },
  { reclaimed: 1 },
);
drive(
  "reconcile",
  "the end of an execution without a record",
  async ({ world }) => ({ detail: { name: world.newId() } }),
  { reclaimed: 0 },
);

drive(
  "startRun",
  "a folder",
  async (scene) => {
    const prefix = `${scene.world.newId()}/`;
    await scene.world.put(scene.inbox, `${prefix}a.vcf`, genotypes(4, 10));
    return asked({ body: { prefix } });
  },
  { statusCode: 202 },
);
drive("listRuns", "the first page", async () => asked({}), { statusCode: 200 });
drive("getRun", "a run that converts", async (scene) => askedOf(await scene.saved({ state: "Convert" })), {
  statusCode: 200,
});
drive("getRun", "an id of nothing", async ({ world }) => asked({ id: world.newId() }), { statusCode: 404 });

drive("answer", "a run that waits", async (scene) => ({ runId: (await scene.waiting("Ask")).id, kind: "local" }), {
  kind: "delivered",
});
drive("answer", "a run that never asked", async ({ world }) => ({ runId: world.newId(), kind: "local" }), {
  kind: "never-asked",
});

drive(
  "chooseOption",
  "the answer",
  async (scene) => asked({ id: (await scene.waiting("Ask")).id, body: { option: "local" } }),
  { statusCode: 202 },
);
drive(
  "chooseOption",
  "an id of nothing",
  async ({ world }) => asked({ id: world.newId(), body: { option: "local" } }),
  { statusCode: 404 },
);
drive(
  "reportLocalResult",
  "a result that was uploaded",
  async (scene) => {
    const { id } = await scene.waiting("AwaitLocal");
    await scene.world.put(scene.runs, runKeys.importance(id), importances(chr22().rows));
    return asked({ id, body: { seconds: { total: 10 } } });
  },
  { statusCode: 202 },
);
drive(
  "reportLocalResult",
  "nothing uploaded",
  async (scene) => asked({ id: (await scene.waiting("AwaitLocal")).id, body: { seconds: { total: 10 } } }),
  { statusCode: 409 },
);
drive(
  "finishRun",
  "a forest that asks whether to go on",
  async (scene) => {
    const { choice: _choice, state: _state, ...grown } = await scene.chosen("aws-spot", { chunks: forestOf([0.5], 5) });
    return askedOf(await scene.waiting("Ask", grown));
  },
  { statusCode: 202 },
);
drive("finishRun", "an id of nothing", async ({ world }) => asked({ id: world.newId() }), { statusCode: 404 });
drive(
  "cancelRun",
  "a run with nodes and a job",
  async (scene) => {
    const run = await scene.withNodes(await scene.launched());
    await scene.world.waitingExecution(run.id);
    return askedOf(run);
  },
  ({ payload }) => [200, 202].includes((payload as { statusCode: number }).statusCode),
);
drive(
  "cancelRun",
  "a run without a record",
  async ({ world }) => {
    const id = world.newId();
    await world.waitingExecution(id);
    return asked({ id });
  },
  { statusCode: 200 },
);

drive(
  "listFiles",
  "a local run that waits for its result",
  async (scene) => {
    const run = await scene.chosen("local", { state: "AwaitLocal" });
    await scene.world.put(scene.runs, runKeys.labels(run.id), "sample,label\n");
    return askedOf(run);
  },
  everyLinkWorks,
);
drive(
  "listFiles",
  "a finished run of a matrix",
  async (scene) => {
    const prepared = await scene.converted();
    await scene.call("seal", eventOf(prepared));
    const { matrix } = await scene.world.saved(prepared.id);
    const run = await scene.chosen("aws-spot", { state: "Observe", ...(matrix && { matrix }) });
    await scene.world.put(scene.runs, runKeys.labels(run.id), "sample,label\n");
    await scene.world.put(scene.runs, runKeys.importance(run.id), importances(chr22().rows));
    await scene.call("report", eventOf(run));
    return askedOf(run);
  },
  everyLinkWorks,
);

export const allDrives: readonly Drive[] = drives;

const nodesLost = { kind: "nodes-lost" as const, failure: { code: "nodes-lost", message: "Lost.", remedy: "Again." } };

function eventOf({ id }: Run): { runId: string } {
  return { runId: id };
}

function askedOf({ id }: Run): object {
  return asked({ id });
}

/** As API Gateway hands on a signed call of somebody in its account. */
function asked({ id, body }: { id?: string; body?: object }): object {
  const accountId = "123456789012";
  return {
    requestContext: { accountId, authorizer: { iam: { accountId } } },
    ...(id !== undefined && { pathParameters: { id } }),
    ...(body && { body: JSON.stringify(body) }),
  };
}

function isSilent({ payload, threw }: Answer): boolean {
  return !threw && payload === null;
}

/** Neither yesterday's prices nor a history are there. */
async function asNewAccount(scene: Scene): Promise<void> {
  await scene.world.remove(scene.runs, "prices/");
  await scene.world.remove(scene.runs, "history/");
}

/** S3 has a fault of its own whenever a part is uploaded. */
function breaksUploads({ world }: Scene): void {
  world.relay.meanwhile = async ({ method, url }) =>
    method === "PUT" && url.includes("partNumber=")
      ? { status: 500, headers: {}, body: "<Error><Code>InternalError</Code></Error>" }
      : undefined;
}

async function leavesNoUpload({ threw }: Answer, { world }: Scene): Promise<boolean> {
  return threw && (await world.unfinishedUploads()).length === 0;
}

/** Its researcher cancels the run while that request is on its way. */
function cancelsDuring({ world }: Scene, run: Run, isOne: (request: RecordedRequest) => boolean): void {
  world.relay.meanwhile = async (request) => {
    if (isOne(request)) await world.save({ ...(await world.saved(run.id)), state: "Cancelled" });
    return undefined;
  };
}

/** Each link is used as a client would: its signature carries the rights of the role. */
async function everyLinkWorks({ payload }: Answer): Promise<boolean> {
  const { statusCode, body } = payload as { statusCode: number; body: string };
  if (statusCode !== 200) return false;
  const { inputs, results, uploads } = JSON.parse(body) as Record<string, { url: string }[]>;
  const statuses = await Promise.all([
    ...[...(inputs ?? []), ...(results ?? [])].map(({ url }) => fetch(url)),
    ...(uploads ?? []).map(({ url }) => fetch(url, { method: "PUT", body: "variable,importance\n" })),
  ]);
  return statuses.length > 0 && statuses.every(({ ok }) => ok);
}

function importances(rows: readonly string[]): string {
  return ["variable,importance", ...rows].join("\n");
}

/** More than a part of an upload in parts. */
function manyRows(): string[] {
  return Array.from({ length: 500_000 }, (_, at) => `22_${16_000_000 + at}_T_C,${(1 + at / 1e6).toFixed(9)}`);
}
