/**
 * EMR on EKS for the local cloud: the REST API of emr-containers as the AWS SDK speaks it, on loopback, with the real
 * spark-submit behind it. AWS_ENDPOINT_URL_EMR_CONTAINERS points an SDK here. Nothing else in the pipeline knows. EKS may be asked
 * here too (AWS_ENDPOINT_URL_EKS): then node groups can fail as on AWS (faults.ts).
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DescribeClusterCommand, EKSClient, ResourceNotFoundException } from "@aws-sdk/client-eks";
import type { OwnCluster } from "../../core/sizing/sizingData.ts";
import type { Engine } from "../engine/engine.ts";
import type { Credentials } from "../ministack.ts";
import { checkAuthorization } from "./authorization.ts";
import { AwsError } from "./awsError.ts";
import { type EksFront, isForEks, passToEks } from "./eksFront.ts";
import { createJobExecutor } from "./executeJob.ts";
import { type FaultyOperation, faultBox } from "./faults.ts";
import type { ExecuteJob, Execution } from "./jobRuns.ts";
import { type KubernetesOptions, openPods } from "./kubernetes/pods.ts";
import { openRecords } from "./records.ts";
import { answer, operationName, type Ports, type RestRequest } from "./routes.ts";

export interface EmrContainersOptions {
  readonly engine: Engine;
  /** Folder for the endpoint's records and one folder per job run with its logs. */
  readonly workDir: string;
  /** Where S3, EKS and CloudWatch Logs are. */
  readonly awsEndpoint: string;
  /** What the endpoint itself and the jobs act with. */
  readonly credentials: Credentials;
  readonly region: string;
  /** A free one if not given. */
  readonly port?: number;
  /** How long a job stays SUBMITTED while no node fits its pods. Default: 15 minutes. */
  readonly longestPendingSeconds?: number;
  /** So many jobs run at once, the others stay SUBMITTED: this machine has not the room of rented nodes. Default: 3. */
  readonly jobsSideBySide?: number;
  /** Jobs run there instead of on a standalone Spark on this machine. */
  readonly kubernetes?: KubernetesOptions | undefined;
}

export interface EmrContainers {
  readonly endpoint: string;
  /** The cluster of --kubernetes, when it has room for a run. */
  readonly ownCluster?: OwnCluster | undefined;
  /** Ends all jobs with their processes, then the server. */
  stop(): Promise<void>;
}

const ACCOUNT_ID = "000000000000";
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export async function startEmrContainers(options: EmrContainersOptions): Promise<EmrContainers> {
  const { awsEndpoint, credentials, region } = options;
  const eks = new EKSClient({ endpoint: awsEndpoint, credentials, region });
  const eksClusterExists = async (name: string) => {
    try {
      await eks.send(new DescribeClusterCommand({ name }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  };
  const faults = faultBox();
  const { kubernetes } = options;
  const pods = kubernetes && (await openPods({ ...options, kubernetes, faults }));
  const executeJob = pods?.executeJob ?? createJobExecutor({ ...options, eks, faults });
  const nodeGroups = pods?.nodeGroups;
  const { endpoint, stop } = await serve(options, eksClusterExists, executeJob, { awsEndpoint, faults, nodeGroups });
  return { endpoint, ownCluster: pods?.ownCluster, stop: () => stop().finally(() => pods?.close()) };
}

/** The API with its two ports given, so that requests can be checked without Spark and without EKS. */
export async function serve(
  { workDir, region, port = 0 }: Pick<EmrContainersOptions, "workDir" | "region" | "port">,
  eksClusterExists: (name: string) => Promise<boolean>,
  executeJob: ExecuteJob,
  eksFront?: EksFront,
): Promise<EmrContainers> {
  const executions = new Map<string, Execution>();
  const records = openRecords(workDir);
  const ports: Ports = { records, region, accountId: ACCOUNT_ID, eksClusterExists, executeJob, executions };
  const server = createServer((request, response) => void handle(request, response, ports, eksFront));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listening socket has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const ends = [...executions.values()].map(({ cancel, ended }) => {
        cancel.abort();
        return ended;
      });
      await Promise.all(ends);
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  ports: Ports,
  eksFront: EksFront | undefined,
): Promise<void> {
  try {
    if (eksFront && (await answeredInFront(request, response, eksFront))) return;
    checkAuthorization(request.headers, ports.region);
    const url = new URL(request.url ?? "/", "http://localhost");
    const method = request.method ?? "GET";
    const body = await readBody(request);
    const call = { method, path: url.pathname, query: url.searchParams, body };
    const operation = faultyOperation(call);
    if (operation) eksFront?.faults.throttle(operation);
    const said = await answer(call, ports);
    if (operation && eksFront?.faults.losesAnswer(operation)) request.socket.destroy();
    else reply(response, 200, said);
  } catch (error) {
    const known = error instanceof AwsError ? error : internal(error);
    reply(response, known.status, { message: known.message }, { "x-amzn-errortype": known.code });
  }
}

async function answeredInFront(request: IncomingMessage, response: ServerResponse, front: EksFront): Promise<boolean> {
  const { method, url: path = "/" } = request;
  if (isForEks(path)) {
    await passToEks(request, path, await readBody(request), response, front);
    return true;
  }
  if (path !== "/local/faults" || (method !== "PUT" && method !== "GET")) return false;
  if (method === "PUT") front.faults.replace(await readBody(request));
  reply(response, 200, front.faults.left());
  return true;
}

function faultyOperation({ method, path }: RestRequest): FaultyOperation | undefined {
  const operation = operationName(method, path);
  return operation === "StartJobRun" || operation === "DescribeJobRun" ? operation : undefined;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES)
      throw new AwsError("RequestEntityTooLargeException", 413, "The request is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "x-amzn-requestid": crypto.randomUUID(),
    ...headers,
  });
  response.end(JSON.stringify(body));
}

function internal(error: unknown): AwsError {
  return new AwsError("InternalServerException", 500, error instanceof Error ? error.message : String(error));
}
