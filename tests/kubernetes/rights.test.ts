/**
 * The rights of infra/kubernetes are enough, since all runs here have no others; that none is too many shows in what is asked in a run; that
 * each is needed shows in what is answered without it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DeleteNodegroupCommand, EKSClient } from "@aws-sdk/client-eks";
import { RbacAuthorizationV1Api, type V1ClusterRole, type V1PolicyRule, type V1Role } from "@kubernetes/client-node";
import { describe, expect, inject as provided, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { openCluster } from "../../local/emrContainers/kubernetes/cluster.ts";
import { followRun } from "../../local/followRun.ts";
import { cancelAndLookWhatIsLeft, inject, runOf, troublesOf } from "../drills/drill.ts";
import { client, cloud, cohort, owner } from "../end-to-end/support.ts";
import { expectNothingOnCluster, files, namespace, podsOf, token, untilPods } from "./pods.ts";
import { type Asked, askedThrough, rightsFor } from "./strictRelay.ts";

const { relay } = provided("kubernetes");
const rbac = (await openCluster(files.administrator)).config.makeApiClient(RbacAuthorizationV1Api);
const cohortVcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };
const onSpot = { where: "aws-spot", budgetUsd: 50 };

const roles = await rolesOf("submitter.yaml", "driver.yaml");
const rights = roles.flatMap((role) => rightsOf(role).map((right) => ({ account: accountOf(role), right, role })));
let asked: Asked[] = [];

test("they are enough for a run whose executors fail, and for one that loses its nodes and is cancelled", async () => {
  const begun = (await askedThrough(relay)).length;
  await inject({ tightPods: { memoryMiB: 513, jobs: 1 } });
  const whole = await runOf("rights", cohortVcf, { ...onSpot, trees: 20 });
  const ended = await followRun(client, whole, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  expect(troublesOf(ended)).toEqual(["executor-out-of-memory", undefined]);
  const evicted = await runOf("rights-evicted", cohortVcf, { ...onSpot, trees: 2000 });
  const [pod] = await untilPods(evicted, "executor");
  await deleteNodeGroupOf(evicted);
  const names = async () => (await podsOf(evicted, "executor")).map(({ metadata }) => metadata?.name);
  await expect.poll(names, { timeout: 60_000, interval: 500 }).not.toContain(pod?.metadata?.name);
  await cancelAndLookWhatIsLeft(evicted);
  await expectNothingOnCluster();
  asked = (await askedThrough(relay)).slice(begun);
}, 420_000);

test.each(["variantspark-submitter", "variantspark-driver"])("%s asks for what it may, and may no more", (account) => {
  const used = new Set(asked.filter((one) => one.account === account && one.status !== 403).flatMap(rightsFor));
  const given = new Set(rights.filter((one) => one.account === account).map(({ right }) => right));
  expect([...used].sort()).toEqual([...given].sort());
});

test("all else that was refused are persistent volume claims, which Spark looks for and goes on without", () => {
  const refused = asked.filter(({ status }) => status === 403).flatMap(rightsFor);
  expect(refused.filter((right) => !right.endsWith(" persistentvolumeclaims"))).toEqual([]);
});

describe("without one of its rights", () => {
  test.each(rights)("$account is refused: $right", async ({ account, right, role }) => {
    const call = asked.find((one) => one.account === account && rightsFor(one).includes(right));
    if (call === undefined) throw new Error(`nobody asked to ${right}`);
    await replaceRole({ ...role, rules: withoutRight(role.rules ?? [], right) });
    try {
      await expect.poll(() => again(call, account), { timeout: 10_000, interval: 200 }).toBe(403);
    } finally {
      await replaceRole(role);
    }
    await expect.poll(() => again(call, account), { timeout: 10_000, interval: 200 }).not.toBe(403);
  });
});

/** While the run still has it. */
async function deleteNodeGroupOf(id: string): Promise<void> {
  const nodegroupName = (await client.getRun(id)).body.attempts?.at(-1)?.nodeGroup;
  const eks = new EKSClient({ ...owner, endpoint: cloud.emrContainersEndpoint });
  await eks.send(new DeleteNodegroupCommand({ clusterName: "local", nodegroupName }));
}

/** The same call, of which nothing stays. */
async function again({ method, path, body }: Asked, account: string): Promise<number> {
  const url = new URL(path, relay);
  if (method !== "GET") url.searchParams.set("dryRun", "All");
  if (url.searchParams.has("watch")) url.searchParams.set("timeoutSeconds", "1");
  url.searchParams.delete("follow");
  const headers = { authorization: `Bearer ${await token(account)}`, ...(body && { "content-type": body.type }) };
  const answer = await fetch(url, { method, headers, ...(body && { body: body.text }) });
  await answer.body?.cancel();
  return answer.status;
}

async function rolesOf(...names: string[]): Promise<(V1Role | V1ClusterRole)[]> {
  const folder = join(import.meta.dirname, "../../infra/kubernetes");
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const manifests = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
  return manifests.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
}

function accountOf({ metadata }: V1Role | V1ClusterRole): string {
  return metadata?.name === "variantspark-driver" ? "variantspark-driver" : "variantspark-submitter";
}

function rightsOf({ rules = [] }: V1Role | V1ClusterRole): string[] {
  return rules.flatMap(({ verbs, resources = [] }) =>
    resources.flatMap((what) => verbs.map((verb) => `${verb} ${what}`)),
  );
}

/** One rule per resource, so that a verb can go from one of them. */
function withoutRight(rules: readonly V1PolicyRule[], right: string): V1PolicyRule[] {
  return rules
    .flatMap((rule) => (rule.resources ?? []).map((resource) => ({ ...rule, resources: [resource] })))
    .map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => `${verb} ${rule.resources[0]}` !== right) }))
    .filter(({ verbs }) => verbs.length > 0);
}

async function replaceRole(role: V1Role | V1ClusterRole): Promise<void> {
  const name = role.metadata?.name ?? "";
  if (role.kind === "Role") await rbac.replaceNamespacedRole({ namespace, name, body: role });
  else await rbac.replaceClusterRole({ name, body: role });
}
