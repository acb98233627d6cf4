/** Says how long the run will take and what it will cost, where; and whether analysis.json has decided already. */
import sizingData from "variantspark-sizing-data";
import { updateRun } from "../aws/runsStore.ts";
import { entered, type Run } from "../core/run/run.ts";
import { type Estimate, takeableOption } from "../core/sizing/estimate.ts";
import { estimateStudy } from "../core/sizing/estimateStudy.ts";
import type { Analysis } from "../core/study/analysis.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "ask" } | { kind: "aws" } | { kind: "local" } | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Estimate", new Date()));
  if (run.analysis === undefined || run.inspection === undefined) throw new Error("Estimate needs what Inspect found");
  const estimate = estimateStudy(run.inspection, run.analysis, sizingData);
  const choice = decidedBy(run.analysis, estimate);
  await updateRun(runId, (current) => ({ ...current, estimate, ...(choice && { choice }) }));
  if (choice) return { kind: choice.where === "local" ? "local" : "aws" };
  if (estimate.options.some((option) => option.refusal === undefined)) return { kind: "ask" };
  return failed("nothing-fits", estimate.message, "Use fewer samples or variants, or split the study.");
});

/** analysis.json decides when its option can be taken and the worst case stays within its budget. */
function decidedBy({ where, budgetUsd = 0 }: Analysis, estimate: Estimate): Run["choice"] {
  const option = where && takeableOption(estimate, where);
  if (!option || option.costUsd.high > budgetUsd) return undefined;
  return { where: option.where, at: new Date().toISOString(), by: "analysis.json" };
}
