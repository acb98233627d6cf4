/**
 * Says how long the run will take and what it will cost, where; and whether that is decided already, by analysis.json or,
 * on the prepared data, by the choice to prepare.
 */
import { sealedMatrix } from "../aws/matrices.ts";
import { updateRun } from "../aws/runsStore.ts";
import { choiceOf, wayOf } from "../core/run/choose.ts";
import { matrixDigestOf } from "../core/run/matrixDigestOf.ts";
import { type Choice, entered, type Run } from "../core/run/run.ts";
import { type Estimate, takeableOption } from "../core/sizing/estimate.ts";
import { estimateStudy } from "../core/sizing/estimateStudy.ts";
import type { Analysis } from "../core/study/analysis.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { sizingDataNow } from "./sizingDataNow.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "ask" | "aws" | "local" | "prepare" } | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Estimate", new Date()));
  if (run.analysis === undefined || run.inspection === undefined) throw new Error("Estimate needs what Inspect found");
  const matrix = await sealedMatrix(matrixDigestOf(run));
  const data = await sizingDataNow();
  const estimate = estimateStudy(
    run.inspection,
    run.analysis,
    { ...data, localMachine: run.machine ?? data.localMachine },
    matrix,
  );
  const choice = run.choice
    ? stillApproved(run.choice, estimate, matrix !== undefined)
    : run.inspection.labelCandidates
      ? undefined // the choice names the label column
      : decidedBy(run.analysis, estimate);
  await updateRun(runId, ({ choice: _asked, ...current }) => ({
    ...current,
    ...(current.estimate && { estimateBefore: current.estimateBefore ?? current.estimate }),
    estimate,
    ...(matrix && { matrix }),
    ...(choice && { choice }),
  }));
  if (choice) return { kind: wayOf({ ...choice, prepare: choice.prepare && matrix === undefined }) };
  if (estimate.options.some((option) => option.refusal === undefined)) return { kind: "ask" };
  return failed("nothing-fits", estimate.message, "Use fewer samples or variants, or split the study.");
});

/** The choice to prepare also approved the run, as long as that costs no more than was said. */
function stillApproved(choice: Choice, estimate: Estimate, isPrepared: boolean): Choice | undefined {
  const option = takeableOption(estimate, choice.where, choice.prepare && !isPrepared);
  return option && option.costUsd.high <= choice.approvedUsd ? choice : undefined;
}

/** analysis.json decides when its option can be taken and the worst case stays within its budget. */
function decidedBy({ where, prepare, budgetUsd = 0 }: Analysis, estimate: Estimate): Run["choice"] {
  if (where === undefined) return undefined;
  const ways = prepare === undefined ? [false, true] : [prepare];
  const option = ways.map((way) => takeableOption(estimate, where, way)).find((one) => one !== undefined);
  if (option === undefined || option.costUsd.high > budgetUsd) return undefined;
  return choiceOf(option, "analysis.json", new Date());
}
