/**
 * Node groups on a cluster whose nodes are there already: a group is lent as many of the nodes that may be lent as it asks for, at most those
 * that are free. They get the group's labels and taints and the two labels that EKS sets, until the group is deleted; then their
 * pods are evicted. A group that asks for more gets what becomes free or ready later; until then its pods stay Pending.
 *
 * Which nodes may be lent, the cluster's owner says by the label variantspark-pipeline/role=runs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Nodegroup } from "@aws-sdk/client-eks";
import { PatchStrategy, setHeaderOptions, type V1Node, type V1Taint } from "@kubernetes/client-node";
import type { OwnCluster } from "../../../core/sizing/sizingData.ts";
import { AwsError } from "../awsError.ts";
import { fits, type NodeSelector } from "../nodeGroups.ts";
import { type Cluster, ifThere, statusOf } from "./cluster.ts";
import { isReady, ownClusterOf, roleLabel, roomOf, smallestRoom } from "./ownCluster.ts";
import type { NodeRoom } from "./podShares.ts";

export interface LentNodes {
  /** After CreateNodegroup. @throws AwsError when the cluster refuses */
  created(group: Nodegroup): Promise<void>;
  /** After DeleteNodegroup. Its nodes are free once their pods have gone, which this does not wait for. */
  deleted(groupName: string): Promise<void>;
  /**
   * What the group of these executors asked for (undefined = it has none), and the smallest node of the pipeline (undefined = they were
   * sized for it).
   */
  roomFor(selector: NodeSelector | undefined): Promise<{ groupNodes: number | undefined; room: NodeRoom | undefined }>;
  /** What runs may have, as it is now; undefined = no node that holds an executor, or none for drivers. */
  cluster(): Promise<OwnCluster | undefined>;
  /** Takes all nodes back. */
  close(): Promise<void>;
}

/** Image type of a node group that names no rented nodes (aws/nodeGroups.ts). */
const sizedForOwnCluster = "CUSTOM";
/** Annotation of a lent node: what it was given, to be taken away again, also by a later start of the local cloud. */
const lentAnnotation = "variantspark-pipeline/lent";
const EFFECTS: Readonly<Record<string, string>> = {
  NO_SCHEDULE: "NoSchedule",
  NO_EXECUTE: "NoExecute",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
};
const LOOK_MS = 1_000;
const LOOK_FOR_NODES_MS = 5_000;
/** Executors may take two minutes on a node that goes. */
const LONGEST_EVICTION_MS = 150_000;

interface Lent {
  readonly group: string;
  readonly labels: readonly string[];
  readonly taints: readonly string[];
}

/** @param namespace of the pods that are evicted. Takes back first what an earlier start left lent. */
export async function lentNodes({ core }: Cluster, namespace: string): Promise<LentNodes> {
  const groups = new Map<string, Nodegroup>();
  let turn: Promise<unknown> = Promise.resolve();
  /** One change at a time: two groups must not get the same node. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const done = turn.then(change);
    turn = done.catch(() => undefined);
    return done;
  };
  const nodes = async (role?: string) =>
    (await core.listNode({ labelSelector: role ? `${roleLabel}=${role}` : roleLabel })).items;
  const changed = async (name: string, change: (node: V1Node) => Change) => {
    for (;;) {
      const node = await core.readNode({ name });
      try {
        return await core.patchNode(
          { name, body: mergePatch(node, change(node)) },
          setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
      } catch (error) {
        if (statusOf(error) !== 409) throw error;
      }
    }
  };
  const fill = async () => {
    const all = await nodes("runs");
    for (const group of groups.values()) {
      const has = all.filter((node) => lentTo(node)?.group === group.nodegroupName).length;
      const free = all.filter((node) => lentTo(node) === undefined && isReady(node));
      const missing = Math.max(0, (group.scalingConfig?.desiredSize ?? 0) - has);
      for (const node of free.slice(0, missing)) {
        await changed(nameOf(node), (present) => lending(present, group));
        all.splice(all.indexOf(node), 1);
      }
    }
  };
  const lookForNodes = setInterval(() => {
    if (groups.size > 0) void inTurn(fill).catch(() => undefined); // it is looked again
  }, LOOK_FOR_NODES_MS).unref();
  const giveBack = async (name: string) => {
    await changed(name, (node) => takingRunLabels(node));
    const deadline = Date.now() + LONGEST_EVICTION_MS;
    const pods = () => core.listNamespacedPod({ namespace, fieldSelector: `spec.nodeName=${name}` });
    for (let { items } = await pods(); items.length > 0 && Date.now() < deadline; { items } = await pods()) {
      for (const { metadata } of items)
        if (metadata?.name && metadata.deletionTimestamp === undefined)
          await ifThere(
            core.createNamespacedPodEviction({
              namespace,
              name: metadata.name,
              body: { metadata: { name: metadata.name, namespace } },
            }),
          );
      await sleep(LOOK_MS);
    }
    await inTurn(async () => {
      await changed(name, takingAll);
      await fill();
    });
  };
  const lent = async () => (await nodes()).filter((node) => lentTo(node) !== undefined);
  for (const node of await lent()) await changed(nameOf(node), takingAll);

  return {
    created: (group) =>
      inTurn(async () => {
        groups.set(group.nodegroupName ?? "", group);
        await fill();
      }).catch(refused),
    deleted: (groupName) =>
      inTurn(async () => {
        groups.delete(groupName);
        const given = (await lent()).filter((node) => lentTo(node)?.group === groupName);
        for (const node of given) void giveBack(nameOf(node)).catch(() => undefined); // close() tries again
      }),
    roomFor: async (selector) => {
      const group = selector && [...groups.values()].filter((one) => fits(one, selector));
      const asked = group?.reduce((sum, { scalingConfig }) => sum + (scalingConfig?.desiredSize ?? 0), 0);
      const isSized = group?.some(({ amiType }) => amiType === sizedForOwnCluster);
      return { groupNodes: asked || undefined, room: isSized ? undefined : smallest(await nodes()) };
    },
    cluster: async () => ownClusterOf(await nodes()),
    close: async () => {
      clearInterval(lookForNodes);
      groups.clear();
      for (const node of await lent()) await inTurn(() => changed(nameOf(node), takingAll));
    },
  };
}

function lentTo(node: V1Node): Lent | undefined {
  const mark = node.metadata?.annotations?.[lentAnnotation];
  return mark === undefined ? undefined : (JSON.parse(mark) as Lent);
}

interface Change {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly mark: string | null;
  readonly taints: readonly V1Taint[];
}

function lending(node: V1Node, group: Nodegroup): Change {
  const labels = {
    ...group.labels,
    "eks.amazonaws.com/nodegroup": group.nodegroupName ?? "",
    "eks.amazonaws.com/capacityType": group.capacityType ?? "ON_DEMAND",
  };
  const taints = (group.taints ?? []).map(({ key = "", value, effect = "" }) => ({
    key,
    ...(value !== undefined && { value }),
    effect: EFFECTS[effect] ?? effect,
  }));
  const mark: Lent = {
    group: group.nodegroupName ?? "",
    labels: Object.keys(labels),
    taints: taints.map(({ key }) => key),
  };
  return { labels, taints: [...otherTaints(node, mark.taints), ...taints], mark: JSON.stringify(mark) };
}

/** No new pod of the group comes; the taint keeps others off until it is free. */
function takingRunLabels(node: V1Node): Change {
  const { labels = [] } = lentTo(node) ?? {};
  return {
    labels: Object.fromEntries(labels.map((label) => [label, null])),
    taints: node.spec?.taints ?? [],
    mark: node.metadata?.annotations?.[lentAnnotation] ?? null,
  };
}

function takingAll(node: V1Node): Change {
  const { taints = [] } = lentTo(node) ?? {};
  return { ...takingRunLabels(node), taints: otherTaints(node, taints), mark: null };
}

function otherTaints({ spec }: V1Node, keys: readonly string[]): V1Taint[] {
  return (spec?.taints ?? []).filter(({ key }) => !keys.includes(key));
}

/**
 * A JSON merge patch, which replaces the list of taints. With the version that was read, so that a change by others meanwhile
 * is refused (409) instead of being undone.
 */
function mergePatch({ metadata }: V1Node, { labels, mark, taints }: Change): object {
  return {
    metadata: { resourceVersion: metadata?.resourceVersion, labels, annotations: { [lentAnnotation]: mark } },
    spec: { taints: taints.length > 0 ? taints : null },
  };
}

function smallest(nodes: readonly V1Node[]): NodeRoom {
  if (nodes.length === 0) throw new Error(`No node of the cluster has the label ${roleLabel}: see docs/kubernetes.md.`);
  return smallestRoom(nodes.map(roomOf));
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}

function refused(error: unknown): never {
  const said = error instanceof Error ? error.message : String(error);
  throw new AwsError("ServerException", 500, `The cluster's nodes could not be labelled: ${said}`);
}
