/** Gets the run its own nodes, and looks whether they are there. */
import { createNodeGroup, deleteNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { getRun, updateRun } from "../aws/runsStore.ts";
import { configuredSubnets, type NodesWanted, zoneFacts } from "../aws/zones.ts";
import { attempted, withCurrent } from "../core/run/attempts.ts";
import { currentAttempt } from "../core/run/chosenOption.ts";
import { longestNodesSeconds, nodesLookInterval } from "../core/run/lookInterval.ts";
import { type Attempt, entered, type Trouble } from "../core/run/run.ts";
import { failedSubnets, rankedPlaces } from "../core/run/zone.ts";
import { isOnAws } from "../core/sizing/estimate.ts";
import { logger, step, stepInput } from "./step.ts";
import { type TroubledOutcome, troubledBy, unlessThrottled } from "./troubledStep.ts";

type Outcome = { kind: "ready" } | { kind: "pending"; waitSeconds: number } | TroubledOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  // The record names the group before it exists, so that Release finds it whatever happens in between.
  const run = await updateRun(runId, (current) => {
    const now = new Date();
    return attempted(entered(current, "Provision", now), now);
  });
  const attempt = currentAttempt(run);
  if (attempt === undefined) throw new Error("Provision needs a choice");
  return unlessThrottled(runId, () => provisioned(runId, attempt));
});

async function provisioned(runId: string, attempt: Attempt): Promise<Outcome> {
  const state = await nodeGroupState(attempt.nodeGroup);
  switch (state.kind) {
    case "ready":
      return { kind: "ready" };
    case "pending": {
      const seconds = secondsSince(attempt.begunAt);
      if (seconds <= longestNodesSeconds) return pending(attempt);
      return troubledBy(runId, unavailable(attempt, `they were not there after ${Math.round(seconds / 60)} minutes`));
    }
    case "absent":
      await createNodes(runId, attempt);
      // Who cancelled the run meanwhile saw no nodes.
      if ((await getRun(runId)).state === "Cancelled") await deleteNodeGroup(attempt.nodeGroup);
      return pending(attempt);
    case "failed":
    case "stuck":
      return troubledBy(runId, unavailable(attempt, state.reason));
  }
}

function pending({ begunAt }: Attempt): Outcome {
  return { kind: "pending", waitSeconds: nodesLookInterval(secondsSince(begunAt)) };
}

function secondsSince(time: string): number {
  return (Date.now() - Date.parse(time)) / 1000;
}

async function createNodes(runId: string, { nodeGroup: name, option, subnets: recorded }: Attempt): Promise<void> {
  const { where, configuration } = option;
  const { architecture = "x86_64", instanceTypes, nodes } = configuration;
  if (where === "local") throw new Error("a local run has no nodes to provision");
  if (!isOnAws(where)) return createNodeGroup({ runId, name, nodes, subnets: configuredSubnets(), rented: undefined });
  // The record names the place before it is asked for: a repeated Provision makes the same request.
  const subnets = recorded ?? (await placed(runId, { market: where, instanceTypes, nodes }));
  await createNodeGroup({ runId, name, nodes, subnets, rented: { market: where, architecture, instanceTypes } });
}

/** Subnets of the best zone, as the record has them from now on. */
async function placed(runId: string, wanted: NodesWanted): Promise<readonly string[]> {
  const { subnets, spot, unanswered } = await zoneFacts(wanted);
  if (unanswered.length > 0) logger.warn("the zone is chosen by what is known", { unanswered });
  const run = await updateRun(runId, (current) => {
    const [place] = rankedPlaces(subnets, spot, failedSubnets(current));
    return currentAttempt(current)?.subnets || place === undefined ? current : withCurrent(current, place);
  });
  const { zone, subnets: chosen = [] } = currentAttempt(run) ?? {};
  logger.info("zone chosen", { zone, subnets: chosen, scores: spot.scores });
  return chosen;
}

function unavailable({ option: { where } }: Attempt, reason: string): Trouble {
  return {
    kind: "nodes-unavailable",
    failure: {
      code: "node-group-failed",
      message: `${isOnAws(where) ? "AWS" : "Your cluster"} could not provide the nodes: ${reason}.`,
      remedy: isOnAws(where)
        ? "Choose the other market (spot or on-demand), or ask for a higher quota."
        : "Have the nodes looked at that your cluster lends, then start the run again.",
    },
  };
}
