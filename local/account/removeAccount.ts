/** Takes away what deployAccount made, in the reverse order. What researchers own stays, unless it is asked for. */
import type { Told } from "./stack.ts";

export interface RemoveSteps {
  /** Names of runs whose executions go on. */
  liveRuns(): Promise<readonly string[]>;
  removePipeline(tell: Told): Promise<void>;
  /** Buckets of the stage that are there. */
  keptBuckets(): Promise<readonly string[]>;
  /** With all that is in it. @returns how many objects */
  deleteBucket(bucket: string): Promise<number>;
  /** That of the stage. @returns when it is gone for ever, or undefined where there is none */
  deleteDataKey(): Promise<Date | undefined>;
  /** Stages of the pipeline that still use the cluster. */
  otherStages(): Promise<readonly string[]>;
  /** Node groups that runs have left. */
  removeRunNodes(tell: Told): Promise<void>;
  removeCluster(tell: Told): Promise<void>;
}

/** @throws Error when runs are live, before anything is removed */
export async function removeAccount(steps: RemoveSteps, deleteData: boolean, tell: Told): Promise<void> {
  const live = await steps.liveRuns();
  if (live.length > 0)
    throw new Error(
      `${live.length} run(s) are live: ${live.join(", ")}. Cancel them (DELETE /runs/{id}) or wait, then repeat the command.`,
    );
  tell("Removing the pipeline");
  await steps.removePipeline(tell);
  const buckets = await steps.keptBuckets();
  if (deleteData) {
    for (const bucket of buckets) tell(`Deleted ${bucket} with ${await steps.deleteBucket(bucket)} object versions`);
    const gone = await steps.deleteDataKey();
    if (gone)
      tell(`The key of the data is deleted on ${gone.toISOString().slice(0, 10)}; until then AWS can restore it`);
  }
  const stages = await steps.otherStages();
  if (stages.length > 0) tell(`The cluster stays: ${stages.join(", ")} uses it`);
  else {
    tell("Removing the cluster: some 30 minutes");
    await steps.removeRunNodes(tell);
    await steps.removeCluster(tell);
  }
  if (!deleteData && buckets.length > 0)
    tell(
      `Studies, results and the engine stay in ${buckets.join(", ")}, as does the key that was made for them, if one was. Repeated with --delete-data, this deletes them.`,
    );
}
