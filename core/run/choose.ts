import { isDeepStrictEqual } from "node:util";
import { PipelineError } from "../errors/pipelineError.ts";
import { quoted } from "../findings/found.ts";
import type { MatrixFilters } from "../matrix/filters.ts";
import { type Option, takeableOption, type Where } from "../sizing/estimate.ts";
import type { Choice, Run } from "./run.ts";

export interface Answer {
  readonly where: Where;
  readonly prepare: boolean;
  /** What goes into the matrix, in place of the analysis's filters. */
  readonly filters?: MatrixFilters;
  /** Of the labels table, where the run asks for it. */
  readonly labelColumn?: string;
}

/**
 * The run with its answer. The same answer again changes nothing while the run still asks, so that a client which lost
 * the reply may repeat it.
 *
 * @throws PipelineError not-waiting, already-chosen, unknown-option, unknown-label-column
 */
export function chosen(run: Run, { where, prepare, ...fields }: Answer, now: Date): Run {
  const { choice } = run;
  const requested = { ...run.requestedAnalysis, ...fields };
  const isSame =
    choice?.where === where && choice.prepare === prepare && isDeepStrictEqual(requested, run.requestedAnalysis ?? {});
  if (choice !== undefined && !(isSame && run.state === "Ask"))
    throw new PipelineError("already-chosen", `The run ${run.id} was answered with ${choice.where} at ${choice.at}.`, {
      state: run.state,
    });
  if (run.state !== "Ask")
    throw new PipelineError("not-waiting", `The run ${run.id} is in the state ${run.state}.`, { state: run.state });
  if (choice !== undefined) return run;
  const option = run.estimate && takeableOption(run.estimate, where, prepare);
  if (option === undefined) throw new PipelineError("unknown-option", refusalOf(run, { where, prepare }));
  const columnRefusal = labelColumnRefusal(run, fields.labelColumn);
  if (columnRefusal) throw new PipelineError("unknown-label-column", columnRefusal);
  const asked = Object.keys(fields).length > 0 && { requestedAnalysis: requested };
  return { ...run, ...asked, choice: choiceOf(option, "researcher", now) };
}

/** A run that knows its column takes no other: its findings are about that one. */
function labelColumnRefusal({ id, inspection }: Run, labelColumn: string | undefined): string | undefined {
  const known = inspection?.labels?.column;
  const columns = inspection?.labelCandidates?.map(({ column }) => column);
  const names = (columns ?? []).map(quoted).join(", ");
  if (labelColumn === undefined)
    return columns && `The run ${id} does not know yet which column holds the labels: ${names}.`;
  if (columns) return columns.includes(labelColumn) ? undefined : `The labels of the run ${id} can be: ${names}.`;
  return labelColumn === known ? undefined : `The run ${id} takes its labels from the column ${quoted(known ?? "")}.`;
}

export function choiceOf({ where, prepare, costUsd }: Option, by: Choice["by"], now: Date): Choice {
  return { where, prepare, at: now.toISOString(), by, approvedUsd: costUsd.high };
}

/** Which way the machine goes on after that answer. */
export function wayOf({ where, prepare }: Pick<Answer, "where" | "prepare">): "aws" | "local" | "prepare" {
  return prepare ? "prepare" : where === "local" ? "local" : "aws";
}

function refusalOf({ id, estimate }: Run, { where, prepare }: Answer): string {
  const option = estimate?.options.find((one) => one.where === where && one.prepare === prepare);
  return option?.refusal ?? `The run ${id} has no option ${where}${prepare ? " with preparing" : ""}.`;
}
