import type { Option } from "../sizing/estimate.ts";
import type { Run } from "./run.ts";

/** The option of the estimate that was chosen; a run past Ask has one. */
export function chosenOption(run: Run): Option {
  const option = run.estimate?.options.find(({ where }) => where === run.choice?.where);
  if (option === undefined) throw new Error(`the run ${run.id} has no chosen option`);
  return option;
}
