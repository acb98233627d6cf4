/** Ends a child that was started `detached`, so that its process group holds it and its descendants and nothing else. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;

/**
 * Asks the child to end (SIGTERM), gives it `graceMs`, then kills what is left of its group, and returns when the group
 * is empty. Does nothing if the child never started or its group is gone.
 */
export async function endProcessGroup(child: ChildProcess, graceMs: number): Promise<void> {
  const group = child.pid;
  if (group === undefined) return;
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const deadline = Date.now() + graceMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) await sleep(POLL_MS);
  while (signalGroup(group)) await sleep(POLL_MS);
}

/** Kills the group; false once nobody is in it. macOS says EPERM, not ESRCH, of a group that holds only zombies. */
function signalGroup(group: number): boolean {
  try {
    process.kill(-group, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && /^(ESRCH|EPERM)$/.test(String(error.code))) return false;
    throw error;
  }
}
