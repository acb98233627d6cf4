/** The paths of the service's model and the operation behind each. */
import { AwsError, validationError } from "./awsError.ts";
import { cancelJobRun, describeJobRun, type JobRunPorts, listJobRuns, startJobRun } from "./jobRuns.ts";
import { checkRequest } from "./requestChecks.ts";
import {
  createVirtualCluster,
  deleteVirtualCluster,
  describeVirtualCluster,
  listVirtualClusters,
  type VirtualClusterPorts,
} from "./virtualClusters.ts";

export type Ports = JobRunPorts & VirtualClusterPorts;

export interface RestRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  readonly operation: (request: RestRequest, ids: string[], ports: Ports) => unknown;
}

const ROUTES: readonly Route[] = [
  {
    name: "CreateVirtualCluster",
    method: "POST",
    path: /^\/virtualclusters$/,
    operation: ({ body }, _, ports) => createVirtualCluster(checkRequest.createVirtualCluster(json(body)), ports),
  },
  {
    name: "ListVirtualClusters",
    method: "GET",
    path: /^\/virtualclusters$/,
    operation: ({ query }, _, ports) => listVirtualClusters(checkRequest.listVirtualClusters(members(query)), ports),
  },
  {
    name: "DescribeVirtualCluster",
    method: "GET",
    path: /^\/virtualclusters\/([^/]+)$/,
    operation: (_, [id = ""], ports) => describeVirtualCluster(id, ports),
  },
  {
    name: "DeleteVirtualCluster",
    method: "DELETE",
    path: /^\/virtualclusters\/([^/]+)$/,
    operation: (_, [id = ""], ports) => deleteVirtualCluster(id, ports),
  },
  {
    name: "StartJobRun",
    method: "POST",
    path: /^\/virtualclusters\/([^/]+)\/jobruns$/,
    operation: ({ body }, [cluster = ""], ports) => startJobRun(cluster, checkRequest.startJobRun(json(body)), ports),
  },
  {
    name: "ListJobRuns",
    method: "GET",
    path: /^\/virtualclusters\/([^/]+)\/jobruns$/,
    operation: ({ query }, [cluster = ""], ports) =>
      listJobRuns(cluster, checkRequest.listJobRuns(members(query)), ports),
  },
  {
    name: "DescribeJobRun",
    method: "GET",
    path: /^\/virtualclusters\/([^/]+)\/jobruns\/([^/]+)$/,
    operation: (_, [cluster = "", id = ""], ports) => describeJobRun(cluster, id, ports),
  },
  {
    name: "CancelJobRun",
    method: "DELETE",
    path: /^\/virtualclusters\/([^/]+)\/jobruns\/([^/]+)$/,
    operation: (_, [cluster = "", id = ""], ports) => cancelJobRun(cluster, id, ports),
  },
];

/** The service's name for what a request asks for; undefined of no operation. */
export function operationName(method: string, requestPath: string): string | undefined {
  return ROUTES.find((route) => route.method === method && route.path.test(requestPath))?.name;
}

/** The answer's body, not yet JSON. Throws AwsError. */
export async function answer(request: RestRequest, ports: Ports): Promise<unknown> {
  for (const { method, path, operation } of ROUTES) {
    const ids = method === request.method ? path.exec(request.path) : null;
    if (ids) return await operation(request, ids.slice(1).map(decodedId), ports);
  }
  throw new AwsError("UnknownOperationException", 404, `No operation ${request.method} ${request.path} here.`);
}

function decodedId(segment: string): string {
  const id = segment.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  if (!/^[0-9a-z]{1,64}$/.test(id)) {
    throw validationError(
      `Value '${id}' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z]+`,
    );
  }
  return id;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", 400, "The request's body is no JSON.");
  }
}

function members(query: URLSearchParams): Record<string, string | string[]> {
  const single = Object.fromEntries(query);
  return query.has("states") ? { ...single, states: query.getAll("states") } : single;
}
