import { isDeepStrictEqual } from "node:util";
import { PipelineError } from "../errors/pipelineError.ts";
import type { MatrixFilters } from "../matrix/filters.ts";
import { type Option, takeableOption, type Where } from "../sizing/estimate.ts";
import type { Choice, Run } from "./run.ts";

export interface Answer {
  readonly where: Where;
  readonly prepare: boolean;
  /** What goes into the matrix, in place of the analysis's filters. */
  readonly filters?: MatrixFilters;
}

/**
 * The run with its answer. The same answer again changes nothing while the run still asks, so that a client which lost
 * the reply may repeat it.
 *
 * @throws PipelineError not-waiting, already-chosen, unknown-option
 */
export function chosen(run: Run, { where, prepare, filters }: Answer, now: Date): Run {
  const { choice } = run;
  const isSame =
    choice?.where === where && choice.prepare === prepare && (!filters || isDeepStrictEqual(filters, filtersOf(run)));
  if (choice !== undefined && !(isSame && run.state === "Ask"))
    throw new PipelineError("already-chosen", `The run ${run.id} was answered with ${choice.where} at ${choice.at}.`, {
      state: run.state,
    });
  if (run.state !== "Ask")
    throw new PipelineError("not-waiting", `The run ${run.id} is in the state ${run.state}.`, { state: run.state });
  if (choice !== undefined) return run;
  const option = run.estimate && takeableOption(run.estimate, where, prepare);
  if (option === undefined) throw new PipelineError("unknown-option", refusalOf(run, { where, prepare }));
  const requestedAnalysis = filters && { requestedAnalysis: { ...run.requestedAnalysis, filters } };
  return { ...run, ...requestedAnalysis, choice: choiceOf(option, "researcher", now) };
}

function filtersOf({ requestedAnalysis }: Run): unknown {
  return requestedAnalysis?.["filters"];
}

export function choiceOf({ where, prepare, costUsd }: Option, by: Choice["by"], now: Date): Choice {
  return { where, prepare, at: now.toISOString(), by, approvedUsd: costUsd.high };
}

/** Which way the machine goes on after that answer. */
export function wayOf({ where, prepare }: Omit<Answer, "filters">): "aws" | "local" | "prepare" {
  return prepare ? "prepare" : where === "local" ? "local" : "aws";
}

function refusalOf({ id, estimate }: Run, { where, prepare }: Answer): string {
  const option = estimate?.options.find((one) => one.where === where && one.prepare === prepare);
  return option?.refusal ?? `The run ${id} has no option ${where}${prepare ? " with preparing" : ""}.`;
}
