/** The API server of a Kubernetes cluster, as a kubeconfig names it and with the rights of its user. */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { resolve } from "node:path";
import { ApiException, CoreV1Api, KubeConfig } from "@kubernetes/client-node";

export interface Cluster {
  /** Absolute: spark-submit runs in a folder of its own. */
  readonly kubeconfigFile: string;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  /** "https://10.0.0.1:6443" */
  readonly server: string;
}

/** @throws Error that names the file, when it is not there or names no cluster */
export async function openCluster(kubeconfigFile: string): Promise<Cluster> {
  const config = new KubeConfig();
  try {
    config.loadFromString(await readFile(kubeconfigFile, "utf8"));
  } catch (error) {
    throw new Error(`The kubeconfig ${kubeconfigFile} cannot be read.`, { cause: error });
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`The kubeconfig ${kubeconfigFile} names no current cluster.`);
  return { kubeconfigFile: resolve(kubeconfigFile), config, core: config.makeApiClient(CoreV1Api), server };
}

/** HTTP status of an answer of the API server; undefined of any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** Undefined when the object is not there (any more). */
export async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Address of this machine in the network by which it reaches the API server. */
export async function addressTowards(server: string): Promise<string> {
  const { hostname, port, protocol } = new URL(server);
  const socket = connect({ host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)), timeout: 10_000 });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once("connect", () => resolve(socket.localAddress ?? ""));
      socket.once("timeout", () => reject(new Error("it did not answer within 10 s")));
      socket.once("error", reject);
    });
  } catch (error) {
    throw new Error(`The API server ${server} cannot be reached.`, { cause: error });
  } finally {
    socket.destroy();
  }
}
