/**
 * Each state of the machine by itself, through Step Functions' TestState: which answer leads where. The tables say what is meant, by hand; the
 * definition says what is. A state that is rerouted, added or forgotten in either fails here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  SFNClient,
  TestStateCommand,
  type TestStateCommandInput,
  type TestStateCommandOutput,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";
import { definitionText, machine, states } from "../unit/stack/machine.ts";

/** Of each Choice: where each `kind` of the answer before it leads. */
const routes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  IsSettled: { settled: "Inspect", superseded: "Superseded", changing: "QuietPeriod" },
  IsAccepted: { accepted: "Estimate" },
  IsDecided: { ask: "Ask", aws: "Provision", local: "AwaitLocal", prepare: "Plan" },
  IsChosen: { aws: "Provision", local: "AwaitLocal", prepare: "Plan", inspect: "Inspect", finish: "Report" },
  IsPlanned: { planned: "Prepare", sealed: "Estimate" },
  IsSealed: { sealed: "Estimate" },
  IsProvisioned: { ready: "Launch", pending: "NodesPending", troubled: "Heal" },
  IsLaunched: { launched: "Observe", troubled: "Heal" },
  IsObserved: {
    running: "JobRunning",
    completed: "Report",
    troubled: "Heal",
    "chunk-completed": "Merge",
    finish: "Report",
  },
  IsMerged: { "next-chunk": "Launch", merged: "Report", troubled: "Heal" },
  IsHealed: { relaunch: "Provision", pause: "Pausing", "giving-back": "GivingBack", ask: "Ask", finish: "Report" },
  IsReported: { reported: "Release" },
  IsReleased: { succeeded: "Succeeded", releasing: "Releasing" },
};
/** Where anything else leads. */
const otherwise = (choice: string) => (choice === "IsReleased" ? "Failed" : "RecordFailure");

interface TaskRoute {
  readonly next: string;
  /** What it is told beside its run. */
  readonly told?: readonly ("input" | "reason" | "taskToken")[];
}

/** An error leads from each of them to RecordFailure, but for the last two. */
const tasks: Readonly<Record<string, TaskRoute>> = {
  Settle: { next: "IsSettled", told: ["input"] },
  Inspect: { next: "IsAccepted" },
  Estimate: { next: "IsDecided" },
  Ask: { next: "IsChosen", told: ["taskToken"] },
  Plan: { next: "IsPlanned" },
  Seal: { next: "IsSealed" },
  AwaitLocal: { next: "Report", told: ["taskToken"] },
  Provision: { next: "IsProvisioned" },
  Launch: { next: "IsLaunched" },
  Observe: { next: "IsObserved" },
  Merge: { next: "IsMerged" },
  Heal: { next: "IsHealed" },
  Report: { next: "IsReported" },
  RecordFailure: { next: "Release", told: ["reason"] },
  Release: { next: "IsReleased" },
};

/** Seconds, or where in the input they stand. */
const waits: Readonly<Record<string, { readonly seconds: number | "waitSeconds"; readonly next: string }>> = {
  QuietPeriod: { seconds: "waitSeconds", next: "Settle" },
  NodesPending: { seconds: "waitSeconds", next: "Provision" },
  JobRunning: { seconds: "waitSeconds", next: "Observe" },
  Pausing: { seconds: "waitSeconds", next: "Provision" },
  GivingBack: { seconds: 10, next: "Heal" },
  Releasing: { seconds: 10, next: "Release" },
};

const succeeding = ["Superseded", "Succeeded"];

/** Of what a Wait says, so much is waited here. */
const waitScale = 0.01;
const context = {
  Execution: {
    Id: "arn:aws:states:us-east-1:000000000000:execution:pipeline:cohort-1",
    Name: "cohort-1",
    Input: { prefix: "cohort/" },
  },
  Task: { Token: "the token" },
};

let folder: string;
let ministack: MiniStack;
let stepFunctions: SFNClient;

beforeAll(async () => {
  const engine = await ensureEngine(join(import.meta.dirname, "../../.local"), () => {});
  folder = await mkdtemp(join(tmpdir(), "states-"));
  ministack = await startMiniStack({ engine, stateDir: folder, env: { SFN_WAIT_SCALE: String(waitScale) } });
  stepFunctions = new SFNClient({ ...ministack, disableHostPrefix: true });
});
afterAll(async () => {
  await ministack?.stop();
  await rm(folder, { recursive: true, force: true });
});

test.each<[string, readonly string[]]>([
  ["Choice", Object.keys(routes)],
  ["Task", Object.keys(tasks)],
  ["Wait", Object.keys(waits)],
  ["Succeed", succeeding],
  ["Fail", ["Failed"]],
  ["Map", ["Prepare"]],
])("each %s of the machine is in the tables", (type, named) => {
  expect(
    states
      .filter(([, { Type }]) => Type === type)
      .map(([name]) => name)
      .sort(),
  ).toEqual([...named].sort());
});

test("the tables know all types of states that the machine has", () => {
  expect(new Set(states.map(([, { Type }]) => Type))).toEqual(
    new Set(["Choice", "Task", "Wait", "Succeed", "Fail", "Map"]),
  );
});

describe("the choice", () => {
  const rows = Object.entries(routes).flatMap(([choice, ways]) =>
    Object.entries(ways).map(([kind, next]) => ({ choice, kind, next })),
  );

  test.each(rows)("$choice leads after '$kind' to $next, and hands on the answer", async ({ choice, kind, next }) => {
    const answer = { kind, waitSeconds: 3, failure: { code: "a" } };
    const { status, nextState, output } = await tested(choice, answer);
    expect({ status, nextState, output: parsed(output) }).toEqual({
      status: "SUCCEEDED",
      nextState: next,
      output: answer,
    });
  });

  test.each(Object.keys(routes))("%s routes no kind that the table does not have", (choice) => {
    const kinds = machine.States[choice]?.Choices?.map(({ StringEquals }) => StringEquals) ?? [];
    expect(kinds.sort()).toEqual(Object.keys(routes[choice] ?? {}).sort());
  });

  test.each(
    Object.keys(routes).flatMap((choice) =>
      ["failed", "no such kind", "", "Settled", "reported "].map((kind) => ({ choice, kind })),
    ),
  )("$choice leads after '$kind' to a recorded failure", async ({ choice, kind }) => {
    const { nextState, output } = await tested(choice, { kind, failure: { code: "a" } });
    expect(nextState).toBe(otherwise(choice));
    expect(parsed(output)).toEqual({ kind, failure: { code: "a" } });
  });
});

describe("the wait", () => {
  test.each(Object.entries(waits))("%s lasts as long as it says and leads back", async (name, { seconds, next }) => {
    const input = { kind: "x", waitSeconds: 25 };
    const begun = performance.now();
    const { status, nextState, output } = await tested(name, input);
    const waited = (performance.now() - begun) / 1000 / waitScale;
    expect({ status, nextState, output: parsed(output) }).toEqual({
      status: "SUCCEEDED",
      nextState: next,
      output: input,
    });
    const told = seconds === "waitSeconds" ? 25 : seconds;
    expect(waited).toBeGreaterThanOrEqual(told * 0.95);
    // 25 s and 10 s are told apart.
    expect(waited).toBeLessThan(told + 14);
  });
});

describe("the end", () => {
  test.each(succeeding)("%s is a success with nothing after it", async (name) => {
    const { status, nextState } = await tested(name, { kind: "succeeded" });
    expect({ status, nextState }).toEqual({ status: "SUCCEEDED" });
  });

  test("Failed shows the code and the message of the run's failure", async () => {
    const { status, error, cause, nextState } = await tested("Failed", {
      kind: "ended",
      error: "undersized",
      cause: "Only 62 %.",
    });
    expect({ status, error, cause, nextState }).toEqual({ status: "FAILED", error: "undersized", cause: "Only 62 %." });
  });

  test.each([{ kind: "ended" }, { kind: "ended", error: 1, cause: "x" }, { kind: "ended", error: "x" }])(
    "Failed fails all the same when it is given %j",
    async (input) => {
      const { status, error } = await tested("Failed", input);
      expect({ status, error }).toEqual({ status: "FAILED", error: "States.Runtime" });
    },
  );
});

describe("the task", () => {
  test.each(Object.entries(tasks))(
    "%s is told its run, and its answer goes on to the next state",
    async (name, { next, told = [] }) => {
      const waitsForToken = told.includes("taskToken");
      const answer = { kind: "an answer", waitSeconds: 3 };
      const result = waitsForToken ? answer : { StatusCode: 200, Payload: answer };
      const { status, nextState, output, inspectionData } = await tested(
        name,
        { kind: "what came before" },
        { mock: { result: JSON.stringify(result) }, context: JSON.stringify(context), inspectionLevel: "DEBUG" },
      );
      expect({ status, nextState, output: parsed(output) }).toEqual({
        status: "SUCCEEDED",
        nextState: next,
        output: answer,
      });
      const tellings = { input: context.Execution.Input, reason: { kind: "what came before" }, taskToken: "the token" };
      expect(parsed(inspectionData?.afterParameters)).toEqual({
        FunctionName: `\${${name}Arn}`,
        Payload: { runId: "cohort-1", ...Object.fromEntries(told.map((word) => [word, tellings[word]])) },
      });
    },
  );

  const failing = Object.keys(tasks).flatMap((name) =>
    ["Runtime.HandlerError", "Lambda.Unknown", "States.Timeout"].map((error) => ({ name, error })),
  );

  const waitingForPeople = ["Ask", "AwaitLocal"];

  test.each(
    failing.filter(({ name, error }) => ![...waitingForPeople, "Release"].includes(name) && error !== "States.Timeout"),
  )("$name is tried again after $error, twice", async ({ name, error }) => {
    // MiniStack's TestState looks at the catchers first.
    const { Catch: _, ...uncaught } = machine.States[name] as { Catch: unknown };
    const definition = JSON.stringify(uncaught);
    const statusAfter = async (retrierRetryCount: number) =>
      (await tested(undefined, {}, { definition, ...failure(error), stateConfiguration: { retrierRetryCount } }))
        .status;
    expect([await statusAfter(0), await statusAfter(1), await statusAfter(2)]).toEqual([
      "RETRIABLE",
      "RETRIABLE",
      "FAILED",
    ]);
  });

  test.each(failing.filter(({ name }) => name !== "Release"))(
    "$name's $error goes to be recorded in the end, with its words",
    async ({ name, error }) => {
      const next = name === "RecordFailure" ? "Release" : "RecordFailure";
      const triedAgain = { stateConfiguration: { retrierRetryCount: waitingForPeople.includes(name) ? 0 : 2 } };
      const { status, nextState, output } = await tested(
        name,
        { kind: "before" },
        { ...failure(error), ...triedAgain },
      );
      expect({ status, nextState }).toEqual({ status: "CAUGHT_ERROR", nextState: next });
      expect(parsed(output)).toEqual({ Error: error, Cause: "a cause" });
    },
  );

  test.each(failing.filter(({ name }) => name === "Release"))(
    "Release is tried again after $error, ten times",
    async ({ name, error }) => {
      const statusAfter = async (retrierRetryCount: number) =>
        (await tested(name, { kind: "before" }, { ...failure(error), stateConfiguration: { retrierRetryCount } }))
          .status;
      expect([await statusAfter(0), await statusAfter(9), await statusAfter(10)]).toEqual([
        "RETRIABLE",
        "RETRIABLE",
        "FAILED",
      ]);
    },
  );

  test("Ask and AwaitLocal wait for a week", () => {
    expect([machine.States["Ask"]?.TimeoutSeconds, machine.States["AwaitLocal"]?.TimeoutSeconds]).toEqual([
      604_800, 604_800,
    ]);
  });
});

describe("preparing", () => {
  const prepare = machine.States["Prepare"] as unknown as {
    Next: string;
    Catch: unknown;
    ItemProcessor: { StartAt: string; States: Record<string, object> };
  };

  // MiniStack's TestState does not take a Map.
  test("leads to Seal, and each of its errors to RecordFailure", () => {
    expect(prepare.Next).toBe("Seal");
    expect(prepare.Catch).toEqual([{ ErrorEquals: ["States.ALL"], Next: "RecordFailure" }]);
    expect(Object.keys(prepare.ItemProcessor.States)).toEqual(["Convert"]);
  });

  test("is done slice by slice, each tried again four times, whatever happened to it", async () => {
    const convert = JSON.stringify(prepare.ItemProcessor.States["Convert"]);
    const slice = { runId: "cohort-1", digest: "d", slice: 3 };
    const statusAfter = async (retrierRetryCount: number) =>
      (
        await tested(undefined, slice, {
          definition: convert,
          ...failure("Sandbox.Timedout"),
          stateConfiguration: { retrierRetryCount },
        })
      ).status;
    expect([await statusAfter(0), await statusAfter(3), await statusAfter(4)]).toEqual([
      "RETRIABLE",
      "RETRIABLE",
      "FAILED",
    ]);
    const done = await tested(undefined, slice, {
      definition: convert,
      mock: { result: '{"Payload":{"kind":"converted"}}' },
      inspectionLevel: "DEBUG",
    });
    expect(done).toMatchObject({ status: "SUCCEEDED", output: '{"kind": "converted"}' });
    expect(done.nextState).toBeUndefined();
    expect(parsed(done.inspectionData?.afterParameters)).toMatchObject({ Payload: slice });
  });
});

describe("with a real function behind it, Settle", () => {
  let definition: string;

  beforeAll(async () => {
    const functionArn = await deployed(
      'exports.handler = async ({ runId, input }) => { if (input) throw new Error("broken"); return { kind: "settled", runId }; };',
    );
    const { "input.$": _input, ...withoutInput } = machine.States["Settle"]?.Parameters?.Payload ?? {};
    const settle = { ...machine.States["Settle"], Parameters: { FunctionName: functionArn, Payload: withoutInput } };
    definition = JSON.stringify({ ...machine, States: { ...machine.States, Settle: settle } });
  });

  test("goes on with what the function answered", async () => {
    const { status, nextState, output } = await tested("Settle", {}, { definition });
    expect({ status, nextState }).toEqual({ status: "SUCCEEDED", nextState: "IsSettled" });
    expect(parsed(output)).toEqual({ kind: "settled", runId: expect.any(String) });
  });

  test("catches what the function threw, and what keeps it from being called", async () => {
    const throwing = definition.replace('"runId.$":"$$.Execution.Name"', '"input":"x"');
    const absent = definition.replace(/function:\w+"/, 'function:absent"');
    expect([throwing, absent]).not.toContain(definition);
    for (const broken of [throwing, absent])
      expect(await tested("Settle", {}, { definition: broken })).toMatchObject({
        status: "CAUGHT_ERROR",
        nextState: "RecordFailure",
      });
    expect((await tested("Settle", {}, { definition: throwing })).cause).toContain("broken");
  });
});

type Parts = Partial<Omit<TestStateCommandInput, "stateName" | "input">>;

function tested(stateName: string | undefined, input: unknown, parts: Parts = {}): Promise<TestStateCommandOutput> {
  return stepFunctions.send(
    new TestStateCommand({ definition: definitionText, stateName, input: JSON.stringify(input), ...parts }),
  );
}

function failure(error: string): Parts {
  return { mock: { errorOutput: { error, cause: "a cause" } }, context: JSON.stringify(context) };
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

async function deployed(source: string): Promise<string> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(source), "index.js");
  zip.end();
  const { Role } = await new IAMClient(ministack).send(
    new CreateRoleCommand({ RoleName: "settle", AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }),
  );
  const { FunctionArn = "" } = await new LambdaClient(ministack).send(
    new CreateFunctionCommand({
      FunctionName: "settle",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Code: { ZipFile: await buffer(zip.outputStream) },
    }),
  );
  return FunctionArn;
}
