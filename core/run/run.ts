/**
 * The record of a run: everything that GET /runs/{id} shows, kept as one document in S3. Each state of the machine
 * adds what it found; nothing is ever removed.
 */
import { PipelineError } from "../errors/pipelineError.ts";
import type { Finding } from "../findings/finding.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { RunReport } from "../report/result.ts";
import type { Estimate, Option, Where } from "../sizing/estimate.ts";
import type { Analysis } from "../study/analysis.ts";
import type { Waiting } from "../study/quiet.ts";
import type { StudyLocation } from "../study/study.ts";
import type { EngineProgress } from "../variantspark/driverLog.ts";
import type { ForestChunks } from "./chunk.ts";
import type { Failure } from "./failure.ts";
import type { Reclaimed } from "./reclaimed.ts";

/** States in which work goes on or is waited for; the names are those of the state machine. */
export type ActiveState =
  | "Settle"
  | "Inspect"
  | "Estimate"
  | "Ask"
  | "Plan"
  | "Convert"
  | "Seal"
  | "Provision"
  | "Launch"
  | "Observe"
  | "Merge"
  | "Heal"
  | "AwaitLocal"
  | "Report"
  | "RecordFailure"
  | "Release";
export type FinalState = "Succeeded" | "Failed" | "Superseded" | "Expired" | "Cancelled";
export type RunState = ActiveState | FinalState;

export interface Choice {
  readonly where: Where;
  readonly prepare: boolean;
  readonly at: string;
  readonly by: "researcher" | "analysis.json";
  /** The most that the option said it would cost, US dollars: beyond it the run asks again. */
  readonly approvedUsd: number;
}

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
}

/** When a state was entered first, ISO 8601. */
export interface StateEntry {
  readonly state: RunState;
  readonly at: string;
}

/** When Observe first saw a phase of the engine, ISO 8601; as exact as its looks are frequent. */
export interface PhaseEntry {
  readonly phase: EngineProgress["phase"];
  readonly at: string;
}

/** What befell an attempt; core/run/healing.ts says what is done about each. */
export type TroubleKind =
  | "undersized"
  | "executor-out-of-memory"
  | "driver-out-of-memory"
  | "driver-killed"
  | "nodes-lost"
  | "nodes-unavailable"
  | "throttled"
  | "stuck"
  | "over-budget"
  | "cancelled"
  | "engine-error";

export interface Trouble {
  readonly kind: TroubleKind;
  /** Of the partitions, 0 to 1, when the cache had been filled: of an undersized attempt. */
  readonly cachedFraction?: number;
  /** What is said if nothing helps. */
  readonly failure: Failure;
}

/** One job on one set of nodes. A run has as many as healing allows (core/run/healing.ts). */
export interface Attempt {
  /** From 1 on. */
  readonly number: number;
  /** The market and the configuration, and what was predicted for them. */
  readonly option: Option;
  readonly nodeGroup: string;
  /** Number of the chunk of the forest that it grows; absent for a forest in one piece. */
  readonly chunk?: number;
  /** Where its nodes are asked for, written before they are (core/run/zone.ts). An attempt that kept its nodes has the place of the one before. */
  readonly subnets?: readonly string[];
  /** Availability zone of those subnets, unless AWS did not tell. */
  readonly zone?: string;
  /** Container image that its job runs in, by digest; absent where it is EMR's own. */
  readonly image?: string;
  /** Id of its job run on EMR, once there is one. */
  readonly jobRun?: string;
  /** When its job was started and had ended, and when each phase of the engine was seen first: of an attempt before the present one. */
  readonly job?: { readonly startedAt: string; readonly finishedAt?: string; readonly phases: readonly PhaseEntry[] };
  /** ISO 8601. */
  readonly begunAt: string;
  /** Once what it held has been given back, or handed on to the next attempt. */
  readonly endedAt?: string;
  readonly trouble?: Trouble;
  /** What happened and what was done about it, in plain words. */
  readonly story?: string;
}

export interface Run {
  readonly id: string;
  readonly study: StudyLocation;
  readonly digest: string;
  /** Parameters given through POST /runs or with the choice; they take the place of analysis.json. */
  readonly requestedAnalysis?: Readonly<Record<string, unknown>>;
  readonly state: RunState;
  readonly history: readonly StateEntry[];
  readonly findings: readonly Finding[];
  /** Why the run still is in Settle; gone when it leaves. */
  readonly waiting?: Waiting;
  readonly analysis?: Analysis;
  readonly inspection?: Omit<Inspection, "findings">;
  readonly estimate?: Estimate;
  /** The estimate that the choice to prepare rested on, once there is one on the prepared data. */
  readonly estimateBefore?: Estimate;
  readonly choice?: Choice;
  /** The prepared data that the run reads. */
  readonly matrix?: Matrix;
  /** Slices to convert, while the matrix is being made. */
  readonly slices?: number;
  /** Of a forest that is grown in chunks. */
  readonly chunks?: ForestChunks;
  /** In order; the last one is the present one, or the one that came to the result. */
  readonly attempts?: readonly Attempt[];
  /** Of the present attempt, as is all down to logPosition. */
  readonly nodeGroup?: { readonly name: string; readonly createdAt: string; readonly releasedAt?: string };
  readonly jobRun?: { readonly id: string; readonly startedAt: string; readonly finishedAt?: string };
  readonly progress?: EngineProgress;
  readonly phases?: readonly PhaseEntry[];
  /** When Observe last saw a phase begin or a batch of trees finished. */
  readonly movedAt?: string;
  /** Where Observe stopped reading the driver's log; opaque tokens of CloudWatch Logs. */
  readonly logPosition?: Readonly<Record<string, string>>;
  /** The researcher's own machine, as its client says. */
  readonly machine?: Machine;
  /** Seconds that the engine took on the researcher's own machine, as its client says. */
  readonly localSeconds?: { readonly total: number; readonly load?: number; readonly trees?: number };
  readonly result?: RunReport;
  readonly failure?: Failure;
  /** What the reconciler ended because the run's execution could not. */
  readonly reclaimed?: readonly Reclaimed[];
  /** The run about the folder's newer content, when this one is Superseded. */
  readonly supersededBy?: string;
}

const finalStates: readonly RunState[] = ["Succeeded", "Failed", "Superseded", "Expired", "Cancelled"];

export function isFinal(state: RunState): state is FinalState {
  return finalStates.includes(state);
}

/**
 * The run moved to a state; staying in it adds nothing to the history. A cancelled run moves no more: a step that was
 * under way when its run was cancelled must not go on to pay for something.
 *
 * @throws PipelineError not-waiting when the run was cancelled
 */
export function entered(run: Run, state: RunState, now: Date): Run {
  if (run.state === state) return run;
  if (run.state === "Cancelled")
    throw new PipelineError("not-waiting", `The run ${run.id} was cancelled.`, { state: run.state });
  const { waiting: _over, ...moved } = run;
  return { ...moved, state, history: [...run.history, { state, at: now.toISOString() }] };
}

/** The run with what the engine has said since the last look. */
export function progressed(run: Run, seen: EngineProgress, now: Date): Run {
  const phases = run.phases ?? [];
  const at = now.toISOString();
  const isUp = seen.sparkVersion !== undefined && seen.sparkSeenAt === undefined;
  const progress = isUp ? { ...seen, sparkSeenAt: at } : seen;
  if (phases.at(-1)?.phase !== progress.phase)
    return { ...run, progress, phases: [...phases, { phase: progress.phase, at }], movedAt: at };
  return progress.treesDone > (run.progress?.treesDone ?? 0) ? { ...run, progress, movedAt: at } : { ...run, progress };
}

/** A new run, as Settle finds it. */
export function newRun(id: string, study: StudyLocation, digest: string, now: Date): Run {
  return { id, study, digest, state: "Settle", history: [{ state: "Settle", at: now.toISOString() }], findings: [] };
}

/** Seconds spent in each state up to `until`, in order; a state entered twice counts twice. */
export function secondsPerState(run: Run, until: Date): { state: RunState; seconds: number }[] {
  return run.history
    .map((entry, index) => {
      const end = run.history[index + 1]?.at ?? until.toISOString();
      return { state: entry.state, seconds: (Date.parse(end) - Date.parse(entry.at)) / 1000 };
    })
    .filter(({ state }) => !isFinal(state));
}
