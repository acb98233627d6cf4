/** What can befall an attempt, told from the job's state, from the driver's log, and from how long nothing has happened. */
import type { SizingData } from "../sizing/sizingData.ts";
import { type EngineFailureCode, explainFailure, type JobFailure, lostForMemory } from "../variantspark/failures.ts";
import { chosenOption } from "./chosenOption.ts";
import { jobPhases } from "./forestChunks.ts";
import { ofRest, usd } from "./healing.ts";
import type { Run, Trouble, TroubleKind } from "./run.ts";
import { approvedUsd, spentUsd } from "./spent.ts";

/**
 * No batch of trees, or no next phase, in so many times what was predicted is taken for the end of all progress. Nineteen runs
 * of twenty stay within 1.3 times the prediction (rangeHigh of the model); half of the executors being replaced doubles it; what takes five times as
 * long has another reason.
 */
const stuckFactor = 5;
/** Spark itself waits 15 minutes for its executors, and a tiny study's prediction is a matter of seconds. */
const leastStuckSeconds = 30 * 60;
/**
 * EMR calls a job running as soon as its driver runs, while its executors may be pending for ever. The nodes are ACTIVE before the job is
 * started: a pod is placed within seconds, and the image of 1 to 2 GB is there within minutes. Spark waits 15 minutes for executors
 * (core/variantspark/sparkJob.ts) and then starts without them, so this is less.
 */
const longestWithoutExecutorSeconds = 12 * 60;
/** Nodes that Spark got again for those that it lost, as a multiple of what it has: beyond it, it only computes what it lost. */
const mostLossesPerExecutor = 2;
const fewestLosses = 4;

/** What is wrong with a job that still runs; undefined when it is well. */
export function troubleWhileRunning(run: Run, now: Date): Trouble | undefined {
  return undersized(run) ?? nodesLost(run) ?? executorsPending(run, now) ?? stuck(run, now);
}

/** Between two chunks of a forest: whether the trees that are left are predicted to cost more than what is left of what was approved. */
export function overBudget(run: Run, data: SizingData, now: Date): Trouble | undefined {
  const spent = spentUsd(run, data, now);
  const rest = ofRest(chosenOption(run), run).costUsd.expected;
  if (spent + rest <= approvedUsd(run)) return undefined;
  return {
    kind: "over-budget",
    failure: {
      code: "over-budget",
      message: `About ${usd(rest)} more are needed, and ${usd(Math.max(0, approvedUsd(run) - spent))} are left of what was approved.`,
      remedy: "Approve more, or leave the forest at the trees that have grown.",
    },
  };
}

/** Why a job ended, as its healing sees it. */
export function troubleAtEnd(failure: JobFailure): Trouble {
  const explained = explainFailure(failure);
  return { kind: kindOf[explained.code] ?? "engine-error", failure: explained };
}

const kindOf: Readonly<Partial<Record<EngineFailureCode, TroubleKind>>> = {
  "executor-out-of-memory": "executor-out-of-memory",
  "executors-lost": "nodes-lost",
  "driver-out-of-memory": "driver-out-of-memory",
  "job-killed": "driver-killed",
  "cluster-unavailable": "nodes-unavailable",
};

/** A partition that did not fit is parsed again in every pass. What an executor took along when it was lost is another matter. */
function undersized({ progress }: Run): Trouble | undefined {
  const { phase, filledFraction = 1, executorsLost = 0 } = progress ?? {};
  if (phase !== "growing-trees" || filledFraction >= 1 || executorsLost > 0) return undefined;
  const percent = Math.floor(filledFraction * 100);
  return {
    kind: "undersized",
    cachedFraction: filledFraction,
    failure: {
      code: "undersized",
      message: `Only ${percent} % of the genotypes found room in the executors' memory.`,
      remedy: "Use fewer samples or variants, or split the study.",
    },
  };
}

function nodesLost(run: Run): Trouble | undefined {
  const lost = run.progress?.executorsLost ?? 0;
  const { where, configuration } = chosenOption(run);
  const { nodes, executorsPerNode } = configuration;
  if (lost <= Math.max(fewestLosses, mostLossesPerExecutor * nodes * executorsPerNode)) return undefined;
  return {
    kind: lostForMemory(run.progress) ? "executor-out-of-memory" : "nodes-lost",
    failure: {
      code: "executors-lost",
      message: `Spark lost ${lost} executors, more than it can make up for.`,
      remedy:
        where === "cluster"
          ? "Have it looked at why nodes leave your cluster, then start the run again."
          : "Choose on-demand nodes, or an option with more memory per node.",
    },
  };
}

/** A driver that is not up yet, or whose log cannot be read, is another matter: `stuck` sees to it. */
function executorsPending(run: Run, now: Date): Trouble | undefined {
  const { sparkSeenAt, executorsRegistered = 0, phase } = run.progress ?? {};
  if (sparkSeenAt === undefined || executorsRegistered > 0 || (phase !== "starting" && phase !== "loading"))
    return undefined;
  const seconds = (now.getTime() - Date.parse(sparkSeenAt)) / 1000;
  if (seconds <= longestWithoutExecutorSeconds) return undefined;
  return {
    kind: "nodes-unavailable",
    failure: {
      code: "executors-pending",
      message: `None of the executors came within ${Math.floor(seconds / 60)} minutes, though the driver runs: Kubernetes has no node for them.`,
      remedy:
        chosenOption(run).where === "cluster"
          ? "Have it looked at what else runs on the nodes that your cluster lends, then start the run again."
          : "Choose the other market (spot or on-demand), or have the run's nodes looked at in the EKS console.",
    },
  };
}

function stuck(run: Run, now: Date): Trouble | undefined {
  const moved = run.movedAt ?? run.jobRun?.startedAt;
  if (moved === undefined) return undefined;
  const limit = Math.max(leastStuckSeconds, stuckFactor * predictedSeconds(run));
  const seconds = (now.getTime() - Date.parse(moved)) / 1000;
  if (seconds <= limit) return undefined;
  return {
    kind: "stuck",
    failure: {
      code: "stuck",
      message: `Nothing happened for ${Math.round(seconds / 60)} minutes, where ${Math.ceil(predictedSeconds(run) / 60)} were predicted.`,
      remedy: "Start the run again; if it stops at the same place, hand the driver's log to whoever runs the pipeline.",
    },
  };
}

/** Until the next sign of life: a batch of trees, or the next phase. */
function predictedSeconds(run: Run): number {
  const { configuration } = chosenOption(run);
  const phases = jobPhases(run);
  const { phase = "starting", treesTotal = 1 } = run.progress ?? {};
  switch (phase) {
    case "starting":
      return phases.start;
    case "loading":
    case "caching":
      return phases.load;
    case "growing-trees":
      return (phases.trees * Math.min(configuration.batchSize, treesTotal)) / Math.max(treesTotal, 1);
    case "writing-results":
    case "finished":
      return phases.finish;
  }
}
