import type { Run } from "../run/run.ts";
import { cacheCapacityBytes } from "../sizing/cache.ts";
import { executorsOf, totalCores } from "../sizing/configuration.ts";
import type { Configuration } from "../sizing/estimate.ts";
import type { EngineLog } from "../variantspark/eventLog.ts";
import type { MachineUse } from "./result.ts";

/** What the event log measured; without one, what the driver's log and the estimate know. */
export function machineUse(run: Run, configuration: Configuration, engineLog: EngineLog | undefined): MachineUse {
  const cachedFraction = engineLog?.cachedFraction ?? run.progress?.cachedFraction ?? null;
  const executors = executorsOf(configuration);
  return {
    coresPaid: totalCores(configuration),
    coresBusy: engineLog ? engineLog.cpuSeconds.trees / engineLog.phases.trees : null,
    cacheBytes: engineLog?.cacheCapacityBytes ?? cacheCapacityBytes(executors, configuration.executorMemoryMiB),
    cachedBytes:
      engineLog?.cachedBytes ??
      (run.estimate && cachedFraction !== null ? run.estimate.cachedBytes * cachedFraction : null),
    cachedFraction,
  };
}
