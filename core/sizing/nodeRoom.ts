/**
 * What of a node its executors may have. A pod that asks for a byte more than is left stays Pending until EMR gives the
 * job up, so everything that AWS takes is subtracted here, each with its source. A node of the own cluster says itself what is left
 * beside the kubelet.
 */
import type { InstanceShape, NodeKind, OwnCluster } from "./sizingData.ts";

/** Between the memory that AWS sells and what Linux sees: kernel and hypervisor keep about 3 % of large types, 5 % of small ones. */
const invisibleFraction = 0.05;
/** The kubelet's hard eviction threshold, memory.available<100Mi (EKS AMI). */
const evictionMiB = 100;
/**
 * aws-node, kube-proxy and the agents of EKS on every node: they ask for 150 to 200 millicores and hardly any memory. An own cluster's
 * network and agents are taken to ask for no more.
 */
const daemons = { millicores: 250, memoryMiB: 256 };
/** EMR puts a logging container into the driver's and each executor's pod: emr-containers-defaults, logging.request.memory. */
export const loggingMiB = 512;
/** Beside the heap: spark.kubernetes.memoryOverheadFactor 0.1, at least 384 MiB. */
const overheadFactor = 0.1;
const leastOverheadMiB = 384;
const leastHeapMiB = 1024;

/** What pods may ask for on a node, beside those that run on every node. */
export interface NodeRoom {
  readonly millicores: number;
  readonly memoryMiB: number;
  /** Of which each pod's logging container takes this. */
  readonly loggingMiB: number;
}

export interface PodSize {
  readonly cores: number;
  readonly heapMiB: number;
  readonly overheadMiB: number;
}

/** The largest equal executor pods, so many on one node; undefined when they would have no core or hardly any memory. */
export function executorPod(node: NodeKind, executorsPerNode: number): PodSize | undefined {
  const room = nodeRoom(node);
  const cores = Math.floor(room.millicores / 1000 / executorsPerNode);
  const heapMiB = heapOf(Math.floor(room.memoryMiB / executorsPerNode), room);
  return cores < 1 || heapMiB < leastHeapMiB ? undefined : { cores, heapMiB, overheadMiB: memoryOverheadMiB(heapMiB) };
}

/** The largest heap of a pod that may ask for so much on such a node. */
export function heapOf(podMiB: number, room: Pick<NodeRoom, "loggingMiB">): number {
  const sparkMiB = podMiB - room.loggingMiB;
  return Math.floor(Math.min((sparkMiB - 1) / (1 + overheadFactor), sparkMiB - leastOverheadMiB));
}

/** MiB beside a heap, as Spark on Kubernetes asks for them. */
export function memoryOverheadMiB(heapMiB: number): number {
  return Math.max(leastOverheadMiB, Math.ceil(heapMiB * overheadFactor));
}

export function nodeRoom(node: SizeOfRented | SizeOfOwn): NodeRoom {
  return "maxPods" in node ? roomOfRented(node) : roomOfOwn(node);
}

type SizeOfRented = Pick<InstanceShape, "vcpus" | "memoryGiB" | "maxPods">;
type SizeOfOwn = Pick<OwnCluster, "cores" | "memoryGiB">;

function roomOfOwn({ cores, memoryGiB }: SizeOfOwn): NodeRoom {
  return {
    millicores: Math.floor(cores * 1000) - daemons.millicores,
    memoryMiB: Math.floor(memoryGiB * 1024) - daemons.memoryMiB,
    loggingMiB: 0,
  };
}

function roomOfRented({ vcpus, memoryGiB, maxPods }: SizeOfRented): NodeRoom {
  const visibleMiB = memoryGiB * 1024 * (1 - invisibleFraction);
  return {
    millicores: vcpus * 1000 - kubeletMillicores(vcpus) - daemons.millicores,
    memoryMiB: Math.floor(visibleMiB - kubeletMiB(maxPods) - evictionMiB - daemons.memoryMiB),
    loggingMiB,
  };
}

/** EKS AMI, kubeReserved: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others. */
function kubeletMillicores(vcpus: number): number {
  const bands = [60, 10, 5, 5];
  return bands.slice(0, vcpus).reduce((sum, band) => sum + band, 0) + Math.max(0, vcpus - bands.length) * 2.5;
}

/** EKS AMI, kubeReserved: by the pods that the type's network interfaces allow (eni-max-pods.txt). */
function kubeletMiB(maxPods: number): number {
  return 255 + 11 * maxPods;
}
