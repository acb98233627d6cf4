/** What subscribers of the pipeline's topic are told: a choice is waiting, a run has finished or failed; with the numbers. */
import { printable } from "../findings/printable.ts";
import { shortened } from "../report/shortened.ts";
import { dollars, duration } from "../sizing/message.ts";
import type { RankingSoFar } from "./chunk.ts";
import { treesOf } from "./forestChunks.ts";
import type { Run } from "./run.ts";

export interface Notification {
  /** ASCII, one line, at most 100 characters (SNS Publish, Subject). */
  readonly subject: string;
  readonly text: string;
}

/** undefined in states of which nobody needs to be told. */
export function notificationOf(run: Run): Notification | undefined {
  switch (run.state) {
    case "Ask":
      return about(run, "a choice is waiting", [
        run.estimate?.message ?? "",
        `Answer with POST /runs/${run.id}/choice.`,
      ]);
    case "Succeeded":
      return about(run, "finished", resultLines(run));
    case "Failed":
    case "Expired":
      return about(run, run.state.toLowerCase(), [run.failure?.message ?? "", run.failure?.remedy ?? ""]);
    default:
      return undefined;
  }
}

/** Of a forest that is grown in chunks, when more trees are not expected to change the first variants. */
export function convergedNotification(run: Run): Notification {
  const { ranking, planned = [], stability } = run.chunks ?? {};
  return about(run, "the ranking is stable", [
    `After ${ranking?.trees} of ${treesOf(planned)} trees, both halves of the forest have ${Math.round(100 * (stability?.agreement ?? 0))} % of their first 20 variants in common.`,
    `POST /runs/${run.id}/finish leaves it at that and saves the rest.`,
    ["Most important variants so far:", ...firstVariants(ranking?.top)].join("\n"),
  ]);
}

function about({ id, study }: Run, what: string, lines: readonly string[]): Notification {
  const name = printable(study.prefix.replace(/\/$/, ""));
  return {
    subject: `VariantSpark: ${what} (${name})`.replaceAll(/[^ -~]/g, "?").slice(0, 100),
    text: [`Study ${name}, run ${id}: ${what}.`, ...lines.filter((line) => line !== "")].join("\n\n"),
  };
}

function resultLines({ result }: Run): string[] {
  if (result === undefined) return [];
  const { top, seconds, costUsd } = result;
  const took = seconds.total.actual === null ? "not measured" : duration(seconds.total.actual);
  const cost = costUsd.actual === null ? "unknown" : dollars(costUsd.actual);
  return [
    `Time: ${took}, predicted ${duration(seconds.total.predicted)}. Cost: ${cost}, predicted ${dollars(costUsd.predicted)}.`,
    ["Most important variants:", ...firstVariants(top)].join("\n"),
  ];
}

function firstVariants(top: RankingSoFar["top"] = []): string[] {
  return top
    .slice(0, 5)
    .map(
      ({ rank, variant, importance }) => `${rank}. ${printable(shortened(variant, 100))} ${importance.toPrecision(4)}`,
    );
}
