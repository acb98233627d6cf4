/**
 * What is done when an attempt of a run meets with trouble: one table, and the next attempt that follows from it. The n-th time
 * that the same trouble comes, its n-th cure is tried; when a cure cannot be had, the one after it. So there are never more attempts than
 * cures in the table, however often the run asks again in between.
 */
import type { Estimate, Option } from "../sizing/estimate.ts";
import { nodesOfCluster } from "../sizing/message.ts";
import { times } from "../sizing/range.ts";
import type { SizingData } from "../sizing/sizingData.ts";
import { currentAttempt } from "./chosenOption.ts";
import { type Cure, cured } from "./cures.ts";
import type { Failure } from "./failure.ts";
import { canFinish, shareLeft } from "./forestChunks.ts";
import type { Run, Trouble, TroubleKind } from "./run.ts";
import { approvedUsd, spentUsd } from "./spent.ts";

interface HealingRule {
  readonly happened: string;
  /** In the order in which they are tried. */
  readonly cures: readonly Cure[];
}

export const healingRules: Readonly<Record<TroubleKind, HealingRule>> = {
  undersized: {
    happened: "The genotypes did not all fit into memory, so that every pass would have parsed the rest again.",
    cures: ["larger", "larger"],
  },
  "executor-out-of-memory": {
    happened: "Executors ran out of memory, again and again.",
    cures: ["roomier-executors", "roomier-executors"],
  },
  "driver-out-of-memory": {
    happened: "The driver ran out of memory: it holds the state of all trees of a batch.",
    cures: ["smaller-batch", "larger-driver"],
  },
  "driver-killed": { happened: "The driver was ended from outside.", cures: ["again"] },
  "nodes-lost": { happened: "More nodes went than the run could bear.", cures: ["again", "on-demand"] },
  "nodes-unavailable": {
    happened: "The nodes could not be had.",
    cures: ["other-nodes", "other-nodes", "on-demand", "wait"],
  },
  throttled: {
    happened: "AWS refused requests because there were too many.",
    cures: ["pause", "pause", "pause", "pause", "pause"],
  },
  // Between two chunks of a forest; it goes on only when less is needed than it seemed.
  "over-budget": { happened: "The trees take more than was approved.", cures: ["again"] },
  stuck: { happened: "The engine stopped making progress.", cures: [] },
  cancelled: { happened: "Somebody cancelled the job on EMR.", cures: [] },
  // It would fail in the same way again.
  "engine-error": { happened: "VariantSpark refused the study or broke on it.", cures: [] },
};

const cureWords: Readonly<Record<Cure, string>> = {
  larger: "It starts again with the memory that was found missing",
  "roomier-executors": "It starts again with more memory per executor",
  "smaller-batch": "It starts again with half as many trees in a batch",
  "larger-driver": "It starts again with twice the memory for the driver",
  again: "It starts again on the same kind of nodes",
  "on-demand": "It starts again on on-demand nodes, which are not taken back",
  "other-nodes": "It asks for nodes of another kind",
  wait: "It waits for them again",
  pause: "It tries again after a pause",
};

export type NextAttempt =
  | {
      readonly kind: "relaunch";
      readonly option: Option;
      /** Whether the node group serves the next attempt too. */
      readonly keepsNodes: boolean;
      /** Before it begins. */
      readonly pauseSeconds: number;
      readonly story: string;
    }
  | { readonly kind: "ask"; readonly estimate: Estimate; readonly story: string }
  /** The result is of the chunks that have grown. */
  | { readonly kind: "finish"; readonly story: string }
  | { readonly kind: "give-up"; readonly failure: Failure; readonly story: string };

/**
 * What follows the run's present attempt. It is never a relaunch that is expected to cost more than what is left of what
 * was approved: then the run asks again.
 */
export function nextAttempt(run: Run, trouble: Trouble, data: SizingData, now: Date): NextAttempt {
  const { happened, cures } = healingRules[trouble.kind];
  const current = currentAttempt(run);
  if (current === undefined || run.estimate === undefined) throw new Error(`the run ${run.id} has no attempt to heal`);
  const before = timesBefore(run, trouble.kind);
  const spent = spentUsd(run, data, now);
  const left = approvedUsd(run) - spent;
  for (const cure of cures.slice(before)) {
    const option = cured(cure, run, trouble, left / shareLeft(run), data);
    if (option === undefined) continue;
    const rest = ofRest(option, run);
    const story = `${happened} ${cureWords[cure]}: ${inWords(option)}.`;
    if (rest.costUsd.expected > left)
      return askAgain(run.estimate, rest, `${happened} ${overBudget(rest, spent, left)}`);
    const keepsNodes = nodesOf(option) === nodesOf(current.option) && trouble.kind !== "nodes-unavailable";
    return { kind: "relaunch", option, keepsNodes, pauseSeconds: cure === "pause" ? 30 * 2 ** before : 0, story };
  }
  const tried = before > 0 ? ` It came ${before + 1} times.` : "";
  if (canFinish(run)) return { kind: "finish", story: `${happened}${tried} ${trouble.failure.message}` };
  return { kind: "give-up", failure: trouble.failure, story: `${happened}${tried} The run ends here.` };
}

/** With the time and the cost of what is still to grow. The phases stay those of the whole forest. */
export function ofRest(option: Option, run: Run): Option {
  const share = shareLeft(run);
  if (share === 1) return option;
  const parts = Object.entries(option.costParts).map(([part, usd]) => [part, times(usd, share)]);
  return {
    ...option,
    runSeconds: times(option.runSeconds, share),
    costUsd: times(option.costUsd, share),
    costParts: Object.fromEntries(parts),
  };
}

function timesBefore({ attempts = [] }: Run, kind: TroubleKind): number {
  return attempts.slice(0, -1).filter(({ trouble }) => trouble?.kind === kind).length;
}

/** The question has what the next attempt would be, and the researcher's own machine. */
function askAgain(estimate: Estimate, option: Option, story: string): NextAttempt {
  const local = estimate.options.filter(({ where, prepare }) => where === "local" && !prepare);
  return { kind: "ask", estimate: { ...estimate, options: [option, ...local], curve: [], message: story }, story };
}

function overBudget({ costUsd }: Option, spent: number, left: number): string {
  return `To go on would cost about ${usd(costUsd.expected)} (up to ${usd(costUsd.high)}); ${usd(spent)} at most have been spent, and ${usd(Math.max(0, left))} are left of what was approved. Nothing runs until you choose.`;
}

function inWords({ where, configuration }: Option): string {
  const { nodes, instanceTypes, executorMemoryMiB, batchSize } = configuration;
  const market = where === "aws-spot" ? "spot" : "on demand";
  const on = where === "cluster" ? nodesOfCluster(nodes) : `${nodes} × ${instanceTypes[0]} (${market})`;
  return `${on}, ${gib(executorMemoryMiB)} of heap per executor, batches of ${batchSize} trees`;
}

function nodesOf({ where, configuration: { instanceTypes, nodes } }: Option): string {
  return [where, nodes, ...instanceTypes].join(" ");
}

export function usd(amount: number): string {
  return `US$ ${amount.toFixed(2)}`;
}

function gib(mib: number): string {
  return `${(mib / 1024).toFixed(1)} GiB`;
}
