/** What a run has cost under its present choice, against what that choice approved. */
import { costParts, totalUsd } from "../sizing/cost.ts";
import { type Configuration, isOnAws } from "../sizing/estimate.ts";
import { exactly } from "../sizing/range.ts";
import type { InstanceShape, SizingData } from "../sizing/sizingData.ts";
import { currentAttempt } from "./chosenOption.ts";
import type { Attempt, Run } from "./run.ts";

/** The most that the run may cost, US dollars: what its researcher agreed to, or the budget that analysis.json gives it. */
export function approvedUsd({ choice, analysis }: Run): number {
  if (choice === undefined) return 0;
  return choice.by === "analysis.json" ? Math.max(choice.approvedUsd, analysis?.budgetUsd ?? 0) : choice.approvedUsd;
}

/** The most that preparing and the attempts under the present choice can have cost by now, US dollars. */
export function spentUsd(run: Run, data: SizingData, now: Date): number {
  const { choice, attempts = [] } = run;
  if (choice === undefined || currentAttempt(run) === undefined) return 0;
  const since = attempts.filter(({ begunAt }) => begunAt >= choice.at);
  return since.reduce((sum, attempt) => sum + attemptUsd(attempt, data, now), preparedUsd(run));
}

/** The nodes of that configuration on AWS; undefined when they are in the catalogue no more. */
export function shapeOf(
  { instanceTypes }: Configuration,
  { shapes }: Pick<SizingData, "shapes">,
): InstanceShape | undefined {
  return shapes.find((shape) => shape.instanceTypes.some(({ name }) => name === instanceTypes[0]));
}

function attemptUsd({ option, begunAt, endedAt }: Attempt, data: SizingData, now: Date): number {
  if (!isOnAws(option.where)) return 0;
  const shape = shapeOf(option.configuration, data);
  if (shape === undefined) return option.costUsd.high;
  const end = endedAt === undefined ? now.getTime() : Date.parse(endedAt);
  const seconds = exactly(Math.max(0, end - Date.parse(begunAt)) / 1000);
  return totalUsd(costParts(option.where, option.configuration, shape, seconds, data.prices)).high;
}

function preparedUsd({ choice, estimateBefore }: Run): number {
  if (!choice?.prepare) return 0;
  const option = estimateBefore?.options.find(({ where, prepare }) => prepare && where === choice.where);
  return (option?.costParts.lambda?.high ?? 0) + (option?.costParts.s3?.high ?? 0);
}
