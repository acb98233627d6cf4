/** What the drills' faults make of the pods of a job. */
import type { FaultBox } from "../faults.ts";
import type { PodSettings } from "./podArguments.ts";
import type { PodShares } from "./podShares.ts";

export function faultyPods(shares: PodShares, faults: FaultBox): Pick<PodSettings, "shares" | "faultyConf"> {
  const memoryFraction = faults.memoryFraction();
  const smallCache = memoryFraction === undefined ? {} : { "spark.memory.fraction": String(memoryFraction) };
  const limitMiB = faults.tightPodsMiB();
  if (limitMiB === undefined) return { shares, faultyConf: smallCache };
  const executor = { ...shares.executor, heapMiB: limitMiB - 1, overheadMiB: 1 };
  return { shares: { ...shares, executor }, faultyConf: { ...smallCache, ...beyond(limitMiB) } };
}

/**
 * Each task that reads text first takes a buffer as large as the limit, all at once. A JVM that comes near to its limit bit by bit may
 * stand still there: rather than end it, the kernel takes the pages of its code away from it, again and again.
 */
function beyond(limitMiB: number): Record<string, string> {
  return {
    "spark.buffer.size": String(limitMiB * 1024 * 1024),
    // After all other options of the JVM, and so with the last word on its heap, which must have room for such buffers.
    "spark.executorEnv._JAVA_OPTIONS": `-Xmx${4 * limitMiB}m`,
  };
}
