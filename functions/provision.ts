/** Gets the run its own nodes, and looks whether they are there. */
import { createNodeGroup, nodeGroupState } from "../aws/nodeGroups.ts";
import { updateRun } from "../aws/runsStore.ts";
import { chosenOption } from "../core/run/chosenOption.ts";
import { nodeGroupName } from "../core/run/names.ts";
import { entered } from "../core/run/run.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "ready" } | { kind: "pending" } | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const name = nodeGroupName(runId);
  // The record names the group before it exists, so that Release finds it whatever happens in between.
  const run = await updateRun(runId, (current) => ({
    ...entered(current, "Provision", new Date()),
    nodeGroup: current.nodeGroup ?? { name, createdAt: new Date().toISOString() },
  }));
  const { where, configuration } = chosenOption(run);
  if (where === "local") throw new Error("a local run has no nodes to provision");
  const state = await nodeGroupState(name);
  switch (state.kind) {
    case "ready":
      return { kind: "ready" };
    case "pending":
      return { kind: "pending" };
    case "absent":
      await createNodeGroup({
        runId,
        name,
        market: where,
        architecture: configuration.architecture ?? "x86_64",
        instanceTypes: configuration.instanceTypes,
        nodes: configuration.nodes,
      });
      return { kind: "pending" };
    case "failed":
    case "stuck":
      return failed(
        "node-group-failed",
        `AWS could not provide the nodes: ${state.reason}.`,
        "Choose the other market (spot or on-demand), or ask for a higher quota.",
      );
  }
});
