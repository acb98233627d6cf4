/**
 * A forest grown in chunks: VariantSpark writes only when all trees of a job are grown, so a job of 14 hours that is lost
 * loses 14 hours. A large forest is therefore a sequence of jobs with seeds of their own, whose importances are merged after
 * each: their mean weighted by trees, which is what one forest averages (VariantSpark: RandomForestModel.variableImportance).
 */
import { createHash } from "node:crypto";
import { PipelineError } from "../errors/pipelineError.ts";
import type { MergeSummary } from "../report/mergeImportance.ts";
import { stabilityOf } from "../report/stability.ts";
import { oneChunk } from "../sizing/chunks.ts";
import type { PhaseSeconds } from "../sizing/estimate.ts";
import { totalSeconds } from "../sizing/phases.ts";
import type { Analysis } from "../study/analysis.ts";
import type { EngineProgress } from "../variantspark/driverLog.ts";
import { chosenOption, currentAttempt } from "./chosenOption.ts";
import type { Chunk, ForestChunks } from "./chunk.ts";
import type { Run, RunState } from "./run.ts";

/**
 * The first chunk has the run's own seed, so that a forest in one piece is its own first chunk. Further seeds are drawn from it by
 * SHA-256, so that forests of neighbouring seeds share no chunk. Chunks are even, in whole batches where they are larger than one.
 *
 * @param count of chunks; fewer where there are not enough trees
 */
export function plannedChunks(
  { trees, seed }: Pick<Analysis, "trees" | "seed">,
  count: number,
  batchSize: number,
): Chunk[] {
  const even = Math.ceil(trees / count);
  const size = even > batchSize ? Math.ceil(even / batchSize) * batchSize : even;
  return Array.from({ length: Math.ceil(trees / size) }, (_, index) => ({
    number: index + 1,
    trees: Math.min(size, trees - index * size),
    seed: index === 0 ? seed : drawnSeed(seed, index + 1),
  }));
}

/** 0 to 2³¹ − 1, as VariantSpark takes it. */
function drawnSeed(seed: number, chunk: number): number {
  return createHash("sha256").update(`${seed}:${chunk}`).digest().readUInt32BE() >>> 1;
}

/** What is grown on nodes in chunks; undefined for a forest in one piece, and for one that grows on the researcher's machine. */
export function chunksOf({ chunks, choice }: Pick<Run, "chunks" | "choice">): ForestChunks | undefined {
  return choice?.where === "local" ? undefined : chunks;
}

/** The chunk that comes next; undefined when all are grown, and for a forest in one piece. */
export function nextChunk(run: Run): Chunk | undefined {
  const chunks = chunksOf(run);
  return chunks?.planned[chunks.grown.length];
}

/** The chunk that the run's present attempt grows. */
export function currentChunk(run: Run): Chunk | undefined {
  const number = currentAttempt(run)?.chunk;
  return number === undefined ? undefined : run.chunks?.planned[number - 1];
}

/** The parameters of the present job: those of the run, with the trees and the seed of its chunk. */
export function jobAnalysis(run: Run): Analysis {
  if (run.analysis === undefined) throw new Error(`the run ${run.id} has no parameters`);
  const chunk = currentChunk(run);
  return chunk ? { ...run.analysis, trees: chunk.trees, seed: chunk.seed } : run.analysis;
}

export function treesOf(chunks: readonly Pick<Chunk, "trees">[]): number {
  return chunks.reduce((sum, { trees }) => sum + trees, 0);
}

/** Trees that the result rests on. */
export function treesGrown(run: Run): number {
  const chunks = chunksOf(run);
  return chunks ? treesOf(chunks.grown) : (run.analysis?.trees ?? 0);
}

/** What is predicted for the present job, which for a forest in chunks is a part of what is predicted for the run. */
export function jobPhases(run: Run): PhaseSeconds {
  const chunk = currentChunk(run);
  if (chunk === undefined) return chosenOption(run).phases;
  const [before, present] = (run.attempts ?? []).slice(-2);
  return phasesOf(chunk, run, before?.nodeGroup === present?.nodeGroup);
}

/** Seconds that are predicted for the chunks after the present one. */
export function laterSeconds(run: Run): number {
  const chunk = currentChunk(run);
  const later = chunk ? (run.chunks?.planned.slice(chunk.number) ?? []) : [];
  return later.reduce((sum, next) => sum + totalSeconds(phasesOf(next, run, true)), 0);
}

function phasesOf({ trees }: Chunk, run: Run, hasNodes: boolean): PhaseSeconds {
  const planned = run.chunks?.planned ?? [];
  return oneChunk(chosenOption(run).phases, planned.length, trees / treesOf(planned), hasNodes);
}

/** The run whose present chunk has been merged. */
export function withGrown(run: Run, chunk: Chunk, summary: MergeSummary): Run {
  const { chunks } = run;
  const attempt = currentAttempt(run)?.number;
  if (chunks === undefined || attempt === undefined || chunks.grown.length >= chunk.number) return run;
  const { loadSeconds, treeSeconds }: Partial<EngineProgress> = run.progress ?? {};
  const grown = [
    ...chunks.grown,
    {
      ...chunk,
      attempt,
      ...(loadSeconds !== undefined && { loadSeconds }),
      ...(treeSeconds !== undefined && { treeSeconds }),
    },
  ];
  const trees = treesOf(grown);
  const stability = stabilityOf(namesOf(summary.odd), namesOf(summary.even), trees, chunks.stability);
  const top = summary.top
    .rows()
    .map(({ variant, value }, at) => ({ rank: at + 1, variant, importance: value / trees }));
  return {
    ...run,
    chunks: { ...chunks, grown, ranking: { trees, variants: summary.variants, top }, ...(stability && { stability }) },
  };
}

function namesOf(half: MergeSummary["odd"]): string[] {
  return half.rows().map(({ variant }) => variant);
}

/** Of the trees, those that are still to grow, 0 to 1. */
export function shareLeft(run: Run): number {
  const chunks = chunksOf(run);
  return chunks ? 1 - treesOf(chunks.grown) / treesOf(chunks.planned) : 1;
}

/** Whether the forest may be left at what has grown: something has, and not all. */
export function canFinish(run: Run): boolean {
  const grown = chunksOf(run)?.grown.length ?? 0;
  return grown > 0 && nextChunk(run) !== undefined;
}

/** Whether the researcher has asked for it, and it can be done. */
export function isFinishing(run: Run): boolean {
  return chunksOf(run)?.finishAskedAt !== undefined && canFinish(run);
}

const growing: readonly RunState[] = ["Ask", "Provision", "Launch", "Observe", "Merge", "Heal"];

/**
 * The run that is to be left at what has grown. One that asks whether to go on goes by its last choice again, under which
 * nothing more is paid for.
 *
 * @throws PipelineError nothing-grown
 */
export function finishAsked(run: Run, now: Date): Run {
  const { id, chunks, state, attempts = [], choice } = run;
  if (chunks?.finishAskedAt !== undefined && growing.includes(state)) return run;
  const last = attempts.at(-1);
  if (chunks === undefined || last === undefined || !canFinish(run) || !growing.includes(state))
    throw new PipelineError("nothing-grown", `The run ${id} has no chunk of a forest to be left at.`, { state });
  const finishing = { ...run, chunks: { ...chunks, finishAskedAt: now.toISOString() } };
  if (state !== "Ask" || choice !== undefined) return finishing;
  const left = {
    where: last.option.where,
    prepare: false,
    at: last.begunAt,
    by: "researcher" as const,
    approvedUsd: 0,
  };
  return leftAt({ ...finishing, choice: left }, finishedEarly);
}

/** Why a forest is left at what has grown when nothing went wrong. */
export const finishedEarly = "Its researcher left it at what had grown.";

/** The run whose forest is left at what has grown. */
export function leftAt(run: Run, leftBecause: string): Run {
  return run.chunks ? { ...run, chunks: { ...run.chunks, leftBecause } } : run;
}
