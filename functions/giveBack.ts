/** Gives back what is paid for; safe to repeat, and repeated until it is done. */
import { cancelJobRun, jobRunState } from "../aws/jobRuns.ts";
import { deleteNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";

export type Released =
  | { readonly kind: "done" }
  | { readonly kind: "pending" }
  | { readonly kind: "stuck"; readonly reason: string };

/** Cancels those that still run; true when one did, and is only about to end. */
export async function endJobs(ids: readonly string[]): Promise<boolean> {
  let wasRunning = false;
  for (const id of ids) {
    if ((await jobRunState(id)).kind !== "running") continue;
    wasRunning = true;
    await cancelJobRun(id);
  }
  return wasRunning;
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
