/** What a configuration costs for so long: nodes, EMR's uplift on the pods' requests, the share of the cluster, disks. */
import type { Configuration, Where } from "./estimate.ts";
import type { InstanceShape, SizingData } from "./sizingData.ts";

const diskGbPerNode = 50;
const hoursPerMonth = 730;

/** US dollars for `seconds` of this configuration; a local run costs nothing here. */
export function costUsd(
  where: Where,
  configuration: Configuration,
  shape: InstanceShape,
  seconds: number,
  prices: SizingData["prices"],
): number {
  if (where === "local") return 0;
  const hours = seconds / 3600;
  return (
    hours *
    (nodesHourUsd(where, configuration, shape, prices) +
      upliftHourUsd(configuration, prices) +
      prices.eksClusterHourUsd)
  );
}

/** EC2 and disks. Until AWS has chosen, the first (cheapest) instance type of the shape is assumed. */
function nodesHourUsd(
  where: Where,
  { nodes }: Configuration,
  shape: InstanceShape,
  prices: SizingData["prices"],
): number {
  const onDemand = shape.instanceTypes[0]?.hourUsd ?? 0;
  const node = where === "aws-spot" ? onDemand * prices.spotFraction : onDemand;
  return nodes * (node + (diskGbPerNode * prices.ebsGbMonthUsd) / hoursPerMonth);
}

/** EMR on EKS bills the vCPUs and memory that the driver's and executors' pods request, spot or not. */
function upliftHourUsd(configuration: Configuration, prices: SizingData["prices"]): number {
  const executors = configuration.nodes * configuration.executorsPerNode;
  const vcpus = executors * configuration.coresPerExecutor + configuration.driverCores;
  const memoryMiB =
    executors * (configuration.executorMemoryMiB + configuration.executorOverheadMiB) +
    configuration.driverMemoryMiB +
    configuration.driverOverheadMiB;
  return vcpus * prices.emrVcpuHourUsd + (memoryMiB / 1024) * prices.emrGbHourUsd;
}
