/** A step that meets with trouble writes it into the run's record and says so; the machine routes it to Heal. */

import { updateRun } from "../aws/runsStore.ts";
import { isThrottling } from "../aws/throttled.ts";
import { troubled } from "../core/run/attempts.ts";
import type { Trouble } from "../core/run/run.ts";
import { measure } from "./metrics.ts";
import { logger } from "./step.ts";

export interface TroubledOutcome {
  readonly kind: "troubled";
}

export async function troubledBy(runId: string, trouble: Trouble): Promise<TroubledOutcome> {
  await updateRun(runId, (run) => troubled(run, trouble));
  logger.warn("the attempt met with trouble", { trouble: trouble.kind, code: trouble.failure.code });
  measure("Troubles", 1, { runId, trouble: trouble.kind });
  return { kind: "troubled" };
}

/** What `work` comes to, where being throttled is a trouble like others; any other error is thrown on. */
export async function unlessThrottled<Outcome>(
  runId: string,
  work: () => Promise<Outcome>,
): Promise<Outcome | TroubledOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!isThrottling(error)) throw error;
    const message = `AWS refuses requests because there are too many: ${error.message}`;
    const remedy = "Start the run again when fewer runs are under way.";
    return troubledBy(runId, { kind: "throttled", failure: { code: "throttled", message, remedy } });
  }
}
