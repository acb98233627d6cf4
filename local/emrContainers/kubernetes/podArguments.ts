/**
 * From the request to spark-submit in cluster mode: the request's own parameters, then what EMR adds (names, labels, service accounts, image),
 * then what only the local cloud needs, last so that it wins.
 */
import type { StartJobRunRequest } from "../requestChecks.ts";
import { s3aSettings } from "../s3aSettings.ts";
import type { SparkRequest } from "../sparkSubmit.ts";
import type { PodShare, PodShares } from "./podShares.ts";

export interface PodSettings {
  readonly jobRunId: string;
  readonly virtualClusterId: string;
  readonly server: string;
  readonly namespace: string;
  /** Of jobs that name none: EMR's own is that of the release. */
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Where S3 is for pods. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** Secret with the keys accessKeyId and secretAccessKey. */
  readonly credentialsSecret: string;
  readonly shares: PodShares;
  /** Of the files on this machine. */
  readonly podTemplates: Readonly<Record<string, string>>;
  readonly faultyConf: Readonly<Record<string, string>>;
  /** Of the cluster's owner. */
  readonly sparkConf?: Readonly<Record<string, string>> | undefined;
}

/** EMR's own name of a job run's application. */
export function applicationId(jobRunId: string): string {
  return `spark-${jobRunId}`;
}

export function driverPodName(jobRunId: string): string {
  return `${applicationId(jobRunId)}-driver`;
}

/** Label by which the pods of a job run are found; EMR's. */
export const jobIdLabel = "emr-containers.amazonaws.com/job.id";
export const serviceAccounts = { driver: "variantspark-driver", executor: "variantspark-executor" } as const;

/** Arguments of spark-submit. */
export function podArguments(run: StartJobRunRequest, request: SparkRequest, settings: PodSettings): string[] {
  const { entryPoint, entryPointArguments = [] } = run.jobDriver.sparkSubmitJobDriver;
  const image = request.conf["spark.kubernetes.container.image"] ?? settings.image;
  const conf = { ...emrSettings({ ...settings, image }), ...localSettings(settings), ...settings.sparkConf };
  return [
    ...request.words,
    ...["--master", `k8s://${settings.server}`, "--deploy-mode", "cluster"],
    ...["--name", applicationId(settings.jobRunId)],
    ...Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
    entryPoint,
    ...entryPointArguments,
  ];
}

function emrSettings(settings: PodSettings): Record<string, string> {
  const { jobRunId, virtualClusterId, namespace, image, imagePullPolicy, podTemplates } = settings;
  const labels = {
    [jobIdLabel]: jobRunId,
    "emr-containers.amazonaws.com/resource.type": "job.run",
    "emr-containers.amazonaws.com/virtual-cluster-id": virtualClusterId,
  };
  const conf: Record<string, string> = {
    "spark.kubernetes.namespace": namespace,
    "spark.kubernetes.driver.pod.name": driverPodName(jobRunId),
    "spark.kubernetes.container.image": image,
    "spark.kubernetes.container.image.pullPolicy": imagePullPolicy,
    // Without it spark-submit stays until the job ends; the endpoint follows the driver itself.
    "spark.kubernetes.submission.waitAppCompletion": "false",
    ...podTemplates,
  };
  for (const [role, account] of Object.entries(serviceAccounts)) {
    conf[`spark.kubernetes.authenticate.${role}.serviceAccountName`] = account;
    // EMR's own (emr-6.8.0): a JVM that is out of heap ends with 137.
    conf[`spark.${role}.defaultJavaOptions`] = "-XX:OnOutOfMemoryError='kill -9 %p'";
    conf[`spark.kubernetes.${role}.label.emr-containers.amazonaws.com/component`] = role;
    for (const [label, value] of Object.entries(labels)) conf[`spark.kubernetes.${role}.label.${label}`] = value;
  }
  return conf;
}

function localSettings(settings: PodSettings): Record<string, string> {
  const { shares, credentialsSecret, faultyConf } = settings;
  return {
    ...shareSettings("driver", shares.driver),
    ...shareSettings("executor", shares.executor),
    "spark.ui.enabled": "false",
    ...s3aSettings(settings),
    // On EMR the job role, through the pods' service accounts.
    ...credentialSettings("spark.kubernetes.driver.secretKeyRef", credentialsSecret),
    ...credentialSettings("spark.kubernetes.executor.secretKeyRef", credentialsSecret),
    "spark.kubernetes.driverEnv.MARK_STREAMS": "true",
    "spark.executorEnv.MARK_STREAMS": "true",
    ...faultyConf,
  };
}

function shareSettings(role: "driver" | "executor", share: PodShare): Record<string, string> {
  return {
    [`spark.${role}.cores`]: String(share.cores),
    [`spark.${role}.memory`]: `${share.heapMiB}m`,
    [`spark.${role}.memoryOverhead`]: `${share.overheadMiB}m`,
    [`spark.kubernetes.${role}.request.cores`]: String(share.requestedCores),
  };
}

function credentialSettings(setting: string, secret: string): Record<string, string> {
  return {
    [`${setting}.AWS_ACCESS_KEY_ID`]: `${secret}:accessKeyId`,
    [`${setting}.AWS_SECRET_ACCESS_KEY`]: `${secret}:secretAccessKey`,
  };
}
