/** After trouble: gives back what the attempt holds and the next cannot use, and has the next one begin, ask or end. */
import { updateRun } from "../aws/runsStore.ts";
import { isPassing } from "../aws/throttled.ts";
import { askedAgain, ended, nodeGroupsOf, relaunched } from "../core/run/attempts.ts";
import { currentAttempt } from "../core/run/chosenOption.ts";
import { leftAt } from "../core/run/forestChunks.ts";
import { type NextAttempt, nextAttempt } from "../core/run/healing.ts";
import { entered, type Run } from "../core/run/run.ts";
import { endJobs, endNodeGroups, type Released } from "./giveBack.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { sizingDataNow } from "./sizingDataNow.ts";
import { logger, step, stepInput } from "./step.ts";

type Outcome =
  | { kind: "relaunch" | "giving-back" | "ask" | "finish" }
  | { kind: "pause"; waitSeconds: number }
  | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Heal", new Date()));
  const attempt = currentAttempt(run);
  // A repetition of a call whose answer was lost: the record says what was decided.
  if (attempt === undefined) return { kind: "ask" };
  if (attempt.trouble === undefined) return { kind: "relaunch" };
  const next = nextAttempt(run, attempt.trouble, await sizingDataNow(), new Date());
  const keptNodes = next.kind === "relaunch" && next.keepsNodes ? attempt.nodeGroup : undefined;
  const released = await givenBack(run, keptNodes);
  if (released.kind === "pending") return { kind: "giving-back" };
  if (released.kind === "stuck")
    return failed("nodes-not-released", released.reason, "Delete the node group in the EKS console.");
  logger.info("healing", { trouble: attempt.trouble.kind, next: next.kind });
  await updateRun(runId, (current) => healed(current, next, keptNodes));
  return outcomeOf(next);
});

/** Nodes that are larger, and come next, may need the quota that these take up: so it is waited for their end. */
async function givenBack(run: Run, keptNodes: string | undefined): Promise<Released> {
  try {
    const jobsEnding = await endJobs(run);
    const released = await endNodeGroups(nodeGroupsOf(run).filter((name) => name !== keptNodes));
    return jobsEnding && released.kind === "done" ? { kind: "pending" } : released;
  } catch (error) {
    if (isPassing(error)) return { kind: "pending" };
    throw error;
  }
}

function healed(run: Run, next: NextAttempt, keptNodes: string | undefined): Run {
  switch (next.kind) {
    case "relaunch":
      return relaunched(run, next.option, next.story, keptNodes, new Date());
    case "ask":
      return askedAgain(run, next.estimate, next.story, new Date());
    case "finish":
      return leftAt(ended(run, next.story, new Date()), next.story);
    case "give-up":
      return ended(run, next.story, new Date());
  }
}

function outcomeOf(next: NextAttempt): Outcome {
  switch (next.kind) {
    case "relaunch":
      return next.pauseSeconds > 0 ? { kind: "pause", waitSeconds: next.pauseSeconds } : { kind: "relaunch" };
    case "ask":
    case "finish":
      return { kind: next.kind };
    case "give-up":
      return { kind: "failed", failure: next.failure };
  }
}
