/** The steps of deploying and removing, as they are done with AWS. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./account.ts";
import { Buckets } from "./buckets.ts";
import { clusterStackName, deployCluster, removeRunNodes } from "./clusterStack.ts";
import { DataKey } from "./dataKey.ts";
import type { DeploySteps } from "./deployAccount.ts";
import { adoptKept, deployPipeline, liveRuns, otherStages, removePipeline, uploadJar } from "./pipelineStack.ts";
import type { RemoveSteps } from "./removeAccount.ts";
import { makeServiceLinkedRoles } from "./serviceLinkedRoles.ts";
import { Stacks, type Told } from "./stack.ts";

const storageYml = readFileSync(join(import.meta.dirname, "../../infra/storage.yml"), "utf8");

export interface DeployOptions {
  readonly stage: string;
  /** CloudFormation's, and its parameters. */
  readonly clusterTemplate: string;
  readonly clusterParameters: Readonly<Record<string, string>>;
  /** Of serverless.yml. */
  readonly pipelineParams: Readonly<Record<string, string>>;
  makeJar(tell: Told): Promise<string>;
}

export function deploySteps(account: Account, options: DeployOptions): DeploySteps {
  const { stage, clusterTemplate, clusterParameters, pipelineParams, makeJar } = options;
  const stacks = new Stacks(account);
  return {
    makeServiceLinkedRoles: () => makeServiceLinkedRoles(account),
    deployCluster: (tell) => deployCluster(account, stacks, clusterTemplate, clusterParameters, tell),
    makeJar,
    adoptKept: (tell) => adoptKept(stacks, new Buckets(account, storageYml), new DataKey(account, stage), stage, tell),
    deployPipeline: (tell) => deployPipeline(account, stacks, stage, pipelineParams, tell),
    uploadJar: (jarFile, bucket) => uploadJar(account, jarFile, bucket),
  };
}

export function removeSteps(account: Account, stage: string): RemoveSteps {
  const stacks = new Stacks(account);
  const buckets = new Buckets(account, storageYml);
  return {
    liveRuns: () => liveRuns(account, stacks, stage),
    removePipeline: (tell) => removePipeline(stacks, buckets, stage, tell),
    keptBuckets: async () => Object.values(await buckets.ofStage(stage)),
    deleteBucket: (bucket) => buckets.delete(bucket),
    deleteDataKey: () => new DataKey(account, stage).delete(),
    otherStages: () => otherStages(stacks, stage),
    removeRunNodes: (tell) => removeRunNodes(account, tell),
    removeCluster: (tell) => stacks.remove(clusterStackName, tell),
  };
}
