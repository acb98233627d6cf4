/** The virtual cluster operations: a virtual cluster is an EKS cluster's namespace under a name. */
import { notFound, validationError } from "./awsError.ts";
import { idempotent, newId, pageOf } from "./listing.ts";
import { isLive, type Records, type VirtualCluster } from "./records.ts";
import type { CreateVirtualClusterRequest, ListVirtualClustersRequest } from "./requestChecks.ts";

export interface VirtualClusterPorts {
  readonly records: Records;
  readonly region: string;
  readonly accountId: string;
  /** Whether EKS knows a cluster of that name. */
  readonly eksClusterExists: (name: string) => Promise<boolean>;
}

export async function createVirtualCluster(request: CreateVirtualClusterRequest, ports: VirtualClusterPorts) {
  const { records, region, accountId } = ports;
  const { digest, known } = idempotent(records.virtualClusters.values(), request);
  if (known) return { id: known.id, name: known.name, arn: known.arn };
  const { id: eksCluster, info } = request.containerProvider;
  if (!(await ports.eksClusterExists(eksCluster))) throw validationError(`EKS cluster ${eksCluster} does not exist.`);
  for (const other of records.virtualClusters.values()) {
    const sameNamespace = other.containerProvider.info.eksInfo.namespace === info.eksInfo.namespace;
    if (other.state === "RUNNING" && other.containerProvider.id === eksCluster && sameNamespace) {
      throw validationError(`A virtual cluster already exists in the given namespace: ${other.id}`);
    }
  }
  const id = newId();
  const cluster: VirtualCluster = {
    ...request,
    id,
    arn: `arn:aws:emr-containers:${region}:${accountId}:/virtualclusters/${id}`,
    state: "RUNNING",
    createdAt: new Date().toISOString(),
    requestDigest: digest,
  };
  records.virtualClusters.set(id, cluster);
  records.save();
  return { id, name: cluster.name, arn: cluster.arn };
}

export function describeVirtualCluster(id: string, { records }: VirtualClusterPorts) {
  return { virtualCluster: shown(findVirtualCluster(id, records)) };
}

export function listVirtualClusters(request: ListVirtualClustersRequest, { records }: VirtualClusterPorts) {
  const wanted = [...records.virtualClusters.values()].filter(
    (cluster) =>
      (request.states === undefined || request.states.includes(cluster.state)) &&
      (request.containerProviderId === undefined || request.containerProviderId === cluster.containerProvider.id),
  );
  const { items, nextToken } = pageOf(wanted, request);
  return { virtualClusters: items.map(shown), nextToken };
}

/** Its jobs go on; it is TERMINATED once the last has ended. */
export function deleteVirtualCluster(id: string, { records }: VirtualClusterPorts) {
  const cluster = findVirtualCluster(id, records);
  if (cluster.state === "RUNNING") cluster.state = "TERMINATING";
  terminateIfIdle(cluster, records);
  records.save();
  return { id };
}

export function terminateIfIdle(cluster: VirtualCluster, records: Records): void {
  const busy = [...records.jobRuns.values()].some((run) => run.virtualClusterId === cluster.id && isLive(run));
  if (cluster.state === "TERMINATING" && !busy) cluster.state = "TERMINATED";
}

export function findVirtualCluster(id: string, records: Records): VirtualCluster {
  const cluster = records.virtualClusters.get(id);
  if (cluster === undefined) throw notFound(`Virtual cluster ${id} doesn't exist.`);
  return cluster;
}

function shown({ clientToken: _token, requestDigest: _digest, ...cluster }: VirtualCluster) {
  return cluster;
}
