/** From an empty account to a cluster on which the pipeline runs. Each step finds what an earlier attempt has done. */
import type { StackOutcome, Told } from "./stack.ts";

/** What a deployment does; each may be repeated. */
export interface DeploySteps {
  /** @returns the services that had none */
  makeServiceLinkedRoles(): Promise<readonly string[]>;
  deployCluster(tell: Told): Promise<StackOutcome>;
  /** @returns the file */
  makeJar(tell: Told): Promise<string>;
  /** Gives the stack the buckets and the key that an earlier one left. @returns their names */
  adoptKept(tell: Told): Promise<readonly string[]>;
  deployPipeline(tell: Told): Promise<PipelineOutputs>;
  /** @returns whether the bucket had another one, or none */
  uploadJar(jarFile: string, bucket: string): Promise<boolean>;
}

export interface PipelineOutputs {
  readonly AssetsBucketName: string;
  readonly InboxBucketName: string;
  readonly HttpApiUrl: string;
  readonly ResearcherPolicyArn: string;
}

/** @throws what a step throws; later steps are not begun */
export async function deployAccount(steps: DeploySteps, tell: Told): Promise<PipelineOutputs> {
  for (const service of await steps.makeServiceLinkedRoles()) tell(`Made the service-linked role of ${service}`);
  tell("Deploying the cluster: some 25 minutes the first time");
  tell(`The cluster's stack: ${await steps.deployCluster(tell)}`);
  const jarFile = await steps.makeJar(tell);
  for (const kept of await steps.adoptKept(tell)) tell(`${kept} is there already and is taken over`);
  tell("Deploying the pipeline");
  const outputs = await steps.deployPipeline(tell);
  const uploaded = await steps.uploadJar(jarFile, outputs.AssetsBucketName);
  tell(uploaded ? `Uploaded VariantSpark to ${outputs.AssetsBucketName}` : "VariantSpark is uploaded already");
  return outputs;
}
