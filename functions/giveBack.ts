/** Gives back what is paid for; safe to repeat, and repeated until it is done. */
import { cancelJobRun, jobRunState, listLiveJobRuns } from "../aws/jobRuns.ts";
import { deleteNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { runsBucket } from "../aws/runsStore.ts";
import { jobRunsOf, nodeGroupsOf } from "../core/run/attempts.ts";
import type { Run } from "../core/run/run.ts";

export type Released =
  | { readonly kind: "done" }
  | { readonly kind: "pending" }
  | { readonly kind: "stuck"; readonly reason: string };

/** Asks for the end of the run's jobs and of its nodes, of all its attempts, and looks whether they are gone. */
export async function release(run: Run): Promise<Released> {
  await endJobs(run);
  return endNodeGroups(nodeGroupsOf(run));
}

/** Cancels the run's jobs that still run; true when one did, and is only about to end. */
export async function endJobs(run: Run): Promise<boolean> {
  let wasRunning = false;
  for (const id of new Set([...jobRunsOf(run), ...(await liveJobRunsOf(run))])) {
    if ((await jobRunState(id)).kind !== "running") continue;
    wasRunning = true;
    await cancelJobRun(id);
  }
  return wasRunning;
}

/** Also one that the record does not know, because the answer to its start was lost. */
async function liveJobRunsOf({ id: runId }: Run): Promise<string[]> {
  const live = await listLiveJobRuns();
  return live.flatMap(({ id, owner }) => (owner?.runId === runId && owner.pipeline === runsBucket() ? [id] : []));
}

export async function endNodeGroups(names: readonly string[]): Promise<Released> {
  let released: Released = { kind: "done" };
  for (const name of names) {
    const one = await endNodeGroup(name);
    if (released.kind === "done" || one.kind === "stuck") released = one;
  }
  return released;
}

async function endNodeGroup(name: string): Promise<Released> {
  const before = await nodeGroupState(name);
  if (before.kind === "stuck") return before;
  if (before.kind !== "absent") await deleteNodeGroup(name);
  return { kind: (await nodeGroupState(name)).kind === "absent" ? "done" : "pending" };
}
