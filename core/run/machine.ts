/** The local options for the machine that asks: how fast it is is its client's to say, with the question. */
import { localOptions } from "../sizing/estimateStudy.ts";
import type { SizingData } from "../sizing/sizingData.ts";
import type { Machine, Run } from "./run.ts";

/** The run with its local options as they are on that machine; those on AWS stay what they were when they were offered. */
export function onMachine(run: Run, machine: Machine, data: SizingData): Run {
  const { inspection, analysis, matrix, estimate } = run;
  if (inspection === undefined || analysis === undefined || estimate === undefined) return run;
  const there = localOptions(inspection, analysis, { ...data, localMachine: machine }, matrix);
  const options = estimate.options.map(
    (option) => (option.where === "local" && there.find(({ prepare }) => prepare === option.prepare)) || option,
  );
  return { ...run, machine, estimate: { ...estimate, options } };
}
