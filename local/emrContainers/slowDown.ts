/** Lets a process group run for a part of the time only, by stopping and continuing it twice a second. */
import type { ChildProcess } from "node:child_process";

/** Short against Spark's heartbeats (10 s) and timeouts (120 s), so that slow nodes do not pass for lost ones. */
const CYCLE_MS = 500;

/**
 * @param child started `detached`, the leader of its group; until it ends
 * @param share in (0, 1]; 1 leaves the group alone
 */
export function slowDown(child: ChildProcess, share: number): void {
  const { pid } = child;
  if (share >= 1 || pid === undefined) return;
  let timer: NodeJS.Timeout;
  const turn = (signal: "SIGSTOP" | "SIGCONT", part: number) => {
    send(pid, signal);
    timer = setTimeout(() => turn(signal === "SIGSTOP" ? "SIGCONT" : "SIGSTOP", 1 - part), part * CYCLE_MS);
  };
  turn("SIGSTOP", 1 - share);
  child.once("exit", () => clearTimeout(timer));
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // the group is gone
  }
}
