/**
 * What a configuration costs for so long, part by part: the run's nodes, its driver's share of the system node, EMR's uplift
 * on what the pods ask for, the cluster and the disks.
 */
import { type Configuration, type CostParts, isOnAws, type Market, type Where } from "./estimate.ts";
import { loggingMiB, nodeRoom } from "./nodeRoom.ts";
import { nothing, product, type Range, sumOf, times } from "./range.ts";
import type { InstanceShape, NodeKind, Prices, SystemNode } from "./sizingData.ts";

/** Disk of a node, GB; aws/nodeGroups.ts asks for it. */
const diskGb = 50;
const hoursPerMonth = 730;

export function totalUsd(parts: CostParts): Range {
  return sumOf(Object.values(parts));
}

/** Ranges, because the time is one and the price of spot is one. None for what AWS does not rent. */
export function costParts(
  where: Where,
  configuration: Configuration,
  node: NodeKind,
  seconds: Range,
  prices: Prices,
): CostParts {
  if (!isOnAws(where) || !("instanceTypes" in node)) return {};
  const { nodes, cluster, disks } = nodeParts(where, configuration, node, seconds, prices);
  const { driver, emr } = podParts(configuration, seconds, prices);
  return { nodes, driver, emr, cluster, disks };
}

/** What is paid for while the nodes are there. */
export function nodeParts(
  where: Market,
  { nodes }: Configuration,
  shape: InstanceShape,
  seconds: Range,
  prices: Prices,
): Readonly<Record<"nodes" | "cluster" | "disks", Range>> {
  const hours = times(seconds, 1 / 3600);
  return {
    nodes: product(hours, times(nodeHourUsd(where, shape, prices), nodes)),
    cluster: times(hours, prices.eksClusterHourUsd),
    disks: times(hours, (nodes * diskGb * prices.ebsGbMonthUsd) / hoursPerMonth),
  };
}

/** What is paid for while the pods of driver and executors are there. */
export function podParts(
  configuration: Configuration,
  seconds: Range,
  prices: Prices,
): Readonly<Record<"driver" | "emr", Range>> {
  const hours = times(seconds, 1 / 3600);
  return {
    driver: times(hours, driverShare(configuration, prices.systemNode) * prices.systemNode.hourUsd),
    emr: times(hours, upliftHourUsd(configuration, prices)),
  };
}

/**
 * On demand AWS takes the first type that it has; the dearest bounds it. On spot it draws from all pools: the middle of
 * them is expected, the cheapest and the dearest bound it.
 */
export function nodeHourUsd(where: Market, { instanceTypes }: InstanceShape, { spotFraction }: Prices): Range {
  const [preferred] = instanceTypes;
  if (preferred === undefined) return nothing;
  const hourUsd = instanceTypes.map((type) => type.hourUsd);
  if (where === "aws-on-demand")
    return { low: preferred.hourUsd, expected: preferred.hourUsd, high: Math.max(...hourUsd) };
  const spot = instanceTypes.map((type) => type.spotHourUsd ?? times(spotFraction, type.hourUsd));
  return {
    low: Math.min(...spot.map(({ low }) => low)),
    expected: median(spot.map(({ expected }) => expected)),
    high: Math.max(...spot.map(({ high }) => high)),
  };
}

/** The larger of its shares in the room of the node: what it leaves of the other cannot be used either. */
function driverShare(configuration: Configuration, systemNode: SystemNode): number {
  const room = nodeRoom(systemNode);
  const memory = (configuration.driverMemoryMiB + configuration.driverOverheadMiB + loggingMiB) / room.memoryMiB;
  return Math.min(1, Math.max(memory, (configuration.driverCores * 1000) / room.millicores));
}

/** EMR on EKS bills the vCPUs and memory that the driver's and the executors' pods ask for, spot or not. */
function upliftHourUsd(configuration: Configuration, { emrVcpuHourUsd, emrGbHourUsd }: Prices): number {
  const executors = configuration.nodes * configuration.executorsPerNode;
  const vcpus = executors * configuration.coresPerExecutor + configuration.driverCores;
  const executorMiB = configuration.executorMemoryMiB + configuration.executorOverheadMiB + loggingMiB;
  const driverMiB = configuration.driverMemoryMiB + configuration.driverOverheadMiB + loggingMiB;
  return vcpus * emrVcpuHourUsd + ((executors * executorMiB + driverMiB) / 1024) * emrGbHourUsd;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
