/**
 * The local cloud: everything that AWS is to the pipeline, on this machine and on loopback. MiniStack emulates S3, SQS,
 * Lambda, Step Functions, API Gateway, EKS, IAM and CloudWatch; the EMR-on-EKS endpoint runs the real VariantSpark; the
 * unchanged serverless.yml is deployed onto it.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../core/findings/found.ts";
import { deployStack, type StackOutputs } from "./deploy.ts";
import type { KubernetesOptions } from "./emrContainers/kubernetes/pods.ts";
import { type EmrContainers, startEmrContainers } from "./emrContainers/server.ts";
import { type Engine, ensureEngine } from "./engine/engine.ts";
import { freePort } from "./freePort.ts";
import { type Credentials, type MiniStack, startMiniStack } from "./ministack.ts";
import { type Account, seedAccount, seedResearcher, uploadEngine } from "./seed.ts";

export interface LocalCloud {
  readonly engine: Engine;
  readonly awsEndpoint: string;
  readonly emrContainersEndpoint: string;
  readonly apiUrl: string;
  readonly region: string;
  /** Credentials of the account's owner; the pipeline itself uses its own roles. */
  readonly owner: Credentials;
  /** Credentials that may upload studies and call the API, and nothing else. */
  readonly researcher: Credentials;
  readonly outputs: StackOutputs;
  /** Logs of MiniStack, of the deployment and of the job runs; removed by stop(). */
  readonly stateDir: string;
  /** Ends all that was started. @param keepLogs leave stateDir where it is */
  stop(keepLogs?: boolean): Promise<void>;
}

export interface LocalCloudOptions {
  /** Folder for everything that is installed or written; the project's `.local`. */
  readonly home: string;
  readonly onProgress: (line: string) => void;
  /** Seconds without an upload before a study counts as complete. */
  readonly quietSeconds?: number;
  /** What a slice of the VCFs should take to convert, seconds. */
  readonly sliceSeconds?: number;
  /** Factor on the state machine's Wait states. */
  readonly waitScale?: number;
  /** Puts something between the Lambdas and an endpoint of this cloud: the address that they are told instead. */
  readonly between?: (endpoint: string) => Promise<string>;
  /** The cluster that jobs run on; unless given, a standalone Spark on this machine. */
  readonly kubernetes?: KubernetesOptions | undefined;
  /** How long a job's driver may wait for a node. */
  readonly longestPendingSeconds?: number;
}

/** Starts all of it; when a part fails to start, what was started before is ended again. */
export async function startLocalCloud({
  home,
  onProgress,
  quietSeconds = 2,
  sliceSeconds = 5,
  waitScale = 0.1,
  between,
  kubernetes,
  longestPendingSeconds,
}: LocalCloudOptions): Promise<LocalCloud> {
  const started: (() => Promise<void>)[] = [];
  const stateDir = join(home, "clouds", String(process.pid));
  const stop = async (keepLogs = false) => {
    for (const end of started.splice(0).reverse()) await end();
    if (!keepLogs) await rm(stateDir, { recursive: true, force: true });
  };
  try {
    const engine = await ensureEngine(home, onProgress);
    await mkdir(stateDir, { recursive: true });

    const { aws, emr, account } = await startEndpoints({
      engine,
      stateDir,
      started,
      onProgress,
      between,
      env: { SFN_WAIT_SCALE: String(waitScale) },
      kubernetes,
      longestPendingSeconds,
    });
    const { ownCluster } = emr;
    if (kubernetes)
      onProgress(
        ownCluster
          ? `Your cluster lends ${counted(ownCluster.nodes, "node")}: estimates have the option "cluster"`
          : 'No option "cluster": your cluster has no free node for an executor, or none for drivers (docs/kubernetes.md)',
      );

    await seedAccount(account, emr.endpoint);
    onProgress("Deploying serverless.yml");
    const params = {
      "quiet-seconds": String(quietSeconds),
      "require-tls": "false",
      "slice-seconds": String(sliceSeconds),
      prices: "table",
      "task-response-resource": "*",
      "emulated-arns": "true",
      "reconcile-grace-seconds": "3",
      ...(ownCluster && { "own-cluster": JSON.stringify(ownCluster) }),
    };
    const outputs = await deployStack(account, params, join(stateDir, "deploy.log"));
    await uploadEngine(account, outputs.AssetsBucketName, engine.variantSparkJar);
    const researcher = await seedResearcher(account, outputs.ResearcherPolicyArn);
    return {
      engine,
      awsEndpoint: aws.endpoint,
      emrContainersEndpoint: emr.endpoint,
      apiUrl: `${aws.endpoint}/_aws/execute-api/${outputs.ApiId}/$default`,
      region: aws.region,
      owner: aws.credentials,
      researcher,
      outputs,
      stateDir,
      stop,
    };
  } catch (error) {
    await stop(true);
    onProgress(`The local cloud has not started; its logs lie in ${stateDir}`);
    throw error;
  }
}

interface EndpointsOptions extends Pick<LocalCloudOptions, "kubernetes"> {
  readonly engine: Engine;
  readonly stateDir: string;
  /** How to end what was started is added to it, also when a later part fails to start. */
  readonly started: (() => Promise<void>)[];
  readonly onProgress?: LocalCloudOptions["onProgress"];
  readonly between?: LocalCloudOptions["between"] | undefined;
  /** Reaches MiniStack and each Lambda besides where the endpoints are. */
  readonly env?: Readonly<Record<string, string>>;
  readonly longestPendingSeconds?: number | undefined;
}

/** MiniStack, whose Lambdas are told where both endpoints are, and the EMR-on-EKS endpoint: an account with nothing in it. */
export async function startEndpoints({
  engine,
  stateDir,
  started,
  onProgress = () => {},
  between = async (endpoint) => endpoint,
  env,
  kubernetes,
  longestPendingSeconds,
}: EndpointsOptions): Promise<{ aws: MiniStack; emr: EmrContainers; account: Account }> {
  const emrPort = await freePort();
  const toldEmrEndpoint = await between(`http://127.0.0.1:${emrPort}`);
  const port = await freePort();
  onProgress("Starting MiniStack");
  const aws = await startMiniStack({
    engine,
    stateDir,
    port,
    env: {
      AWS_ENDPOINT_URL: await between(`http://127.0.0.1:${port}`),
      AWS_ENDPOINT_URL_EMR_CONTAINERS: toldEmrEndpoint,
      AWS_ENDPOINT_URL_EKS: toldEmrEndpoint,
      ...env,
    },
  });
  started.push(() => aws.stop());
  onProgress("Starting the EMR-on-EKS endpoint");
  const emr = await startEmrContainers({
    engine,
    workDir: join(stateDir, "job-runs"),
    awsEndpoint: aws.endpoint,
    credentials: aws.credentials,
    region: aws.region,
    port: emrPort,
    kubernetes,
    ...(longestPendingSeconds !== undefined && { longestPendingSeconds }),
  });
  started.push(() => emr.stop());
  return { aws, emr, account: { endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials } };
}
