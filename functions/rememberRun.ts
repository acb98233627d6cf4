/** Lets the model learn from a finished run; that it could not is no reason to withhold the result. */
import { remember } from "../aws/history.ts";
import { observationOf } from "../core/run/observation.ts";
import type { Run } from "../core/run/run.ts";
import type { SizingData } from "../core/sizing/sizingData.ts";
import type { EngineLog } from "../core/variantspark/eventLog.ts";
import { logger } from "./step.ts";

export async function rememberRun(run: Run, log: EngineLog | undefined, data: SizingData): Promise<void> {
  const observation = log && observationOf(run, log, data);
  if (observation === undefined) return;
  await remember(run.id, observation).catch((error) => logger.warn("nothing was learned from the run", { error }));
}
