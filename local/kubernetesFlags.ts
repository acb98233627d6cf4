/**
 * The flags of the commands that start a local cloud, for running its jobs on a Kubernetes cluster (docs/kubernetes.md):
 *
 *   --kubernetes      the cluster and the rights are those of $KUBECONFIG
 *   --image NAME      Spark 3.5 with S3A, as infra/kubernetes/image makes it; variantspark-spark:3.5 unless given
 *   --spark-conf K=V  what Spark has to be told of the cluster besides; may be given again
 *   --address IP      of this machine, as pods reach it; unless given, the one that it has towards the API server
 */
import type { KubernetesOptions } from "./emrContainers/kubernetes/pods.ts";

export const kubernetesFlags = {
  kubernetes: { type: "boolean", default: false },
  image: { type: "string", default: "variantspark-spark:3.5" },
  address: { type: "string" },
  "spark-conf": { type: "string", multiple: true },
} as const;

/** Undefined without --kubernetes. @throws Error when there is no $KUBECONFIG */
export function kubernetesOptions(values: {
  readonly kubernetes: boolean;
  readonly image: string;
  readonly address?: string | undefined;
  readonly "spark-conf"?: readonly string[] | undefined;
}): KubernetesOptions | undefined {
  const { kubernetes, image, address } = values;
  if (!kubernetes) return undefined;
  const kubeconfigFile = process.env["KUBECONFIG"];
  if (!kubeconfigFile)
    throw new Error("--kubernetes needs KUBECONFIG, the file that names your cluster: see docs/kubernetes.md");
  const sparkConf = Object.fromEntries((values["spark-conf"] ?? []).map(setting));
  return { kubeconfigFile, image, imagePullPolicy: "IfNotPresent", address, sparkConf };
}

function setting(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new Error(`--spark-conf takes KEY=VALUE, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
