import type { Option } from "../sizing/estimate.ts";
import type { Run } from "./run.ts";

/**
 * The option of the estimate that was chosen; a run past Ask has one. Once the data is prepared, the estimate is about
 * the prepared data.
 */
export function chosenOption({ id, choice, matrix, estimate }: Run): Option {
  const prepare = matrix === undefined && choice?.prepare === true;
  const option = estimate?.options.find((one) => one.where === choice?.where && one.prepare === prepare);
  if (option === undefined) throw new Error(`the run ${id} has no chosen option`);
  return option;
}
