import { PipelineError } from "../errors/pipelineError.ts";
import { takeableOption, type Where } from "../sizing/estimate.ts";
import type { Run } from "./run.ts";

/**
 * The run with its answer. The same answer again changes nothing while the run still asks, so that a client which lost
 * the reply may repeat it.
 *
 * @throws PipelineError not-waiting, already-chosen, unknown-option
 */
export function chosen(run: Run, where: Where, now: Date): Run {
  if (run.choice !== undefined && (run.choice.where !== where || run.state !== "Ask"))
    throw new PipelineError(
      "already-chosen",
      `The run ${run.id} was answered with ${run.choice.where} at ${run.choice.at}.`,
    );
  if (run.state !== "Ask") throw new PipelineError("not-waiting", `The run ${run.id} is in the state ${run.state}.`);
  if (run.choice !== undefined) return run;
  if (!run.estimate || !takeableOption(run.estimate, where)) {
    const refusal = run.estimate?.options.find((option) => option.where === where)?.refusal;
    throw new PipelineError("unknown-option", refusal ?? `The run ${run.id} has no option ${where}.`);
  }
  return { ...run, choice: { where, at: now.toISOString(), by: "researcher" } };
}
