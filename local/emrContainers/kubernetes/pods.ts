/** The endpoint's second way to run jobs: on a Kubernetes cluster, with its node groups and a way from its pods to the local cloud. */
import type { OwnCluster } from "../../../core/sizing/sizingData.ts";
import type { FaultBox } from "../faults.ts";
import type { ExecuteJob } from "../jobRuns.ts";
import type { SparkSurroundings } from "../sparkEnvironment.ts";
import { addressTowards, openCluster } from "./cluster.ts";
import { createPodExecutor } from "./executeOnPods.ts";
import { type LentNodes, lentNodes } from "./lentNodes.ts";
import { openPodDoor } from "./podDoor.ts";

export interface KubernetesOptions {
  /** Whose user has the rights of infra/kubernetes/submitter.yaml. */
  readonly kubeconfigFile: string;
  /** Spark 3.5 with S3A, as infra/kubernetes/image makes it. */
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Address of this machine for pods. Unless given, the one that this machine has towards the API server. */
  readonly address?: string | undefined;
  /** What Spark has to be told of this cluster besides, such as imagePullSecrets; wins over all else. */
  readonly sparkConf?: Readonly<Record<string, string>> | undefined;
}

export interface Pods {
  readonly executeJob: ExecuteJob;
  readonly nodeGroups: LentNodes;
  /** As it was at the start; undefined = it has no room for a run. */
  readonly ownCluster: OwnCluster | undefined;
  close(): Promise<void>;
}

export interface PodsOptions extends SparkSurroundings {
  readonly kubernetes: KubernetesOptions;
  readonly workDir: string;
  readonly awsEndpoint: string;
  readonly longestPendingSeconds?: number;
  readonly faults: FaultBox;
}

/** Namespace of the virtual cluster that the local cloud makes (local/seed.ts). */
const namespace = "variantspark";

/** @throws Error that says what is missing: the cluster, a right, an address that pods reach */
export async function openPods(options: PodsOptions): Promise<Pods> {
  const { kubernetes, awsEndpoint } = options;
  const cluster = await openCluster(kubernetes.kubeconfigFile);
  const door = await openPodDoor(awsEndpoint, kubernetes.address ?? (await reachableAddress(cluster.server)));
  try {
    const nodeGroups = await lentNodes(cluster, namespace);
    const executeJob = createPodExecutor({
      ...options,
      ...kubernetes,
      cluster,
      lentNodes: nodeGroups,
      podsAwsEndpoint: door.endpoint,
    });
    return {
      executeJob,
      nodeGroups,
      ownCluster: await nodeGroups.cluster(),
      close: async () => {
        await nodeGroups.close();
        await door.close();
      },
    };
  } catch (error) {
    await door.close();
    throw new Error(`The nodes of the cluster ${cluster.server} cannot be used.`, { cause: error });
  }
}

async function reachableAddress(server: string): Promise<string> {
  const address = await addressTowards(server);
  if (!/^(127\.|::1$)/.test(address)) return address;
  throw new Error(
    `The API server is on this machine's loopback, which pods do not reach: say by --address which address of this machine they reach (docs/kubernetes.md).`,
  );
}
