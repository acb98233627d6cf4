/**
 * What a Lambda of some memory may use, enforced by the kernel: its memory, and of one processor memory/1,769 (AWS gives a whole one at 1,769
 * MB). Control groups of either version, where this process may make them (as root); nothing otherwise.
 */
import { existsSync } from "node:fs";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface LambdaLimits {
  /** Folders of the groups that a process has to join; none = not limited. */
  readonly groups: readonly string[];
  /** Its processes must have ended. */
  remove(): Promise<void>;
}

/** Of a whole processor. */
export function cpuShare(memoryMiB: number): number {
  return memoryMiB / 1769;
}

const ROOT = "/sys/fs/cgroup";
const PERIOD_MICROSECONDS = 100_000;

export async function lambdaLimits(memoryMiB: number): Promise<LambdaLimits> {
  const bytes = String(memoryMiB * 2 ** 20);
  const quota = String(Math.round(cpuShare(memoryMiB) * PERIOD_MICROSECONDS));
  const name = `bench-inspect-${process.pid}`;
  const settings = existsSync(join(ROOT, "cgroup.controllers"))
    ? [[name, { "memory.max": bytes, "cpu.max": `${quota} ${PERIOD_MICROSECONDS}` }] as const]
    : [
        [join("memory", name), { "memory.limit_in_bytes": bytes }] as const,
        [join("cpu", name), { "cpu.cfs_period_us": String(PERIOD_MICROSECONDS), "cpu.cfs_quota_us": quota }] as const,
      ];
  const groups: string[] = [];
  const remove = async () => {
    for (const group of groups) await rmdir(group);
  };
  try {
    for (const [folder, values] of settings) {
      const group = join(ROOT, folder);
      await mkdir(group);
      groups.push(group);
      for (const [file, value] of Object.entries(values)) await writeFile(join(group, file), value);
    }
    return { groups, remove };
  } catch {
    await remove();
    return { groups: [], remove: async () => {} };
  }
}
