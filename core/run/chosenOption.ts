import type { Option } from "../sizing/estimate.ts";
import type { Attempt, Run } from "./run.ts";

/**
 * The option that the run goes by: that of its present attempt, which healing may have changed, else that of the estimate
 * which was chosen. A run past Ask has one. Once the data is prepared, the estimate is about the prepared data.
 */
export function chosenOption(run: Run): Option {
  const { id, choice, matrix, estimate } = run;
  const attempt = currentAttempt(run);
  if (attempt) return attempt.option;
  const prepare = matrix === undefined && choice?.prepare === true;
  const option = estimate?.options.find((one) => one.where === choice?.where && one.prepare === prepare);
  if (option === undefined) throw new Error(`the run ${id} has no chosen option`);
  return option;
}

/** The last attempt under the present choice; those before it belong to a choice whose budget was used up. */
export function currentAttempt({ choice, attempts }: Run): Attempt | undefined {
  const last = attempts?.at(-1);
  return last && choice && last.begunAt >= choice.at ? last : undefined;
}
