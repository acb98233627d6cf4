/** What a run cost, part by part, beside what was predicted. */
import { chosenOption } from "../run/chosenOption.ts";
import type { Run } from "../run/run.ts";
import type { CostPart } from "../sizing/estimate.ts";
import { actualCost, type Pricing, sumOf } from "./actualCost.ts";
import type { RunReport } from "./result.ts";

/** Predicted is what was said before anything was paid for: of the first attempt, and of preparing when this run did it. */
export function reportedCost(
  run: Run,
  data: Pricing,
  now: Date,
): Pick<RunReport, "costUsd" | "costParts" | "costBasis"> {
  const actual = actualCost(run, data, now);
  const { costUsd, costParts } = run.attempts?.[0]?.option ?? chosenOption(run);
  const ofRun = Object.entries(costParts).map(([part, { expected }]) => [part, expected] as const);
  const predicted = new Map<string, number>([...ofRun, ...predictedPreparing(run)]);
  const parts = partNames.flatMap((part) => {
    const told = { predicted: predicted.get(part) ?? 0, actual: actual ? (actual.parts[part] ?? 0) : null };
    return predicted.has(part) || actual?.parts[part] !== undefined ? [[part, told] as const] : [];
  });
  const preparingUsd = predictedPreparing(run).reduce((sum, [, usd]) => sum + usd, 0);
  return {
    costUsd: {
      predicted: costUsd.expected + preparingUsd,
      actual: actual ? sumOf(actual.parts) : null,
    },
    costParts: Object.fromEntries(parts),
    costBasis: actual?.basis ?? null,
  };
}

const partNames: readonly CostPart[] = ["nodes", "driver", "emr", "cluster", "disks", "lambda", "s3"];

/** Of the estimate before there was a matrix; the one on the matrix leaves preparing out. */
function predictedPreparing({ choice, matrix, estimateBefore }: Run): (readonly ["lambda" | "s3", number])[] {
  if (!choice?.prepare || matrix === undefined) return [];
  const option = estimateBefore?.options.find(({ where, prepare }) => prepare && where === choice.where);
  return (["lambda", "s3"] as const).flatMap((part) => {
    const usd = option?.costParts[part]?.expected;
    return usd === undefined ? [] : [[part, usd] as const];
  });
}
