/** Gets the run its own nodes, and looks whether they are there. */
import { createNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { updateRun } from "../aws/runsStore.ts";
import { attempted } from "../core/run/attempts.ts";
import { currentAttempt } from "../core/run/chosenOption.ts";
import { type Attempt, entered, type Trouble } from "../core/run/run.ts";
import { step, stepInput } from "./step.ts";
import { type TroubledOutcome, troubledBy, unlessThrottled } from "./troubledStep.ts";

type Outcome = { kind: "ready" } | { kind: "pending" } | TroubledOutcome;

/** Nodes come within minutes, or AWS has none; EKS itself gives up after half an hour. */
const longestPendingSeconds = 20 * 60;

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
      const seconds = (Date.now() - Date.parse(attempt.begunAt)) / 1000;
      if (seconds <= longestPendingSeconds) return { kind: "pending" };
      return troubledBy(runId, unavailable(`they were not there after ${Math.round(seconds / 60)} minutes`));
    }
    case "absent":
      await createNodes(runId, attempt);
      return { kind: "pending" };
    case "failed":
    case "stuck":
      return troubledBy(runId, unavailable(state.reason));
  }
}

async function createNodes(runId: string, { nodeGroup: name, option }: Attempt): Promise<void> {
  const { where, configuration } = option;
  if (where === "local") throw new Error("a local run has no nodes to provision");
  const { architecture = "x86_64", instanceTypes, nodes } = configuration;
  await createNodeGroup({ runId, name, market: where, architecture, instanceTypes, nodes });
}

function unavailable(reason: string): Trouble {
  return {
    kind: "nodes-unavailable",
    failure: {
      code: "node-group-failed",
      message: `AWS could not provide the nodes: ${reason}.`,
      remedy: "Choose the other market (spot or on-demand), or ask for a higher quota.",
    },
  };
}
