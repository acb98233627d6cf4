/** The attempts of a run: each is one job on one set of nodes, and says why it was not the last. */
import type { Estimate, Option } from "../sizing/estimate.ts";
import { chosenOption, currentAttempt } from "./chosenOption.ts";
import type { ForestChunks } from "./chunk.ts";
import { nextChunk, plannedChunks } from "./forestChunks.ts";
import { nodeGroupName } from "./names.ts";
import type { Attempt, Run, Trouble } from "./run.ts";

/** The run with its first attempt under its choice, unless that has begun. */
export function attempted(run: Run, now: Date): Run {
  return currentAttempt(run) ? run : begun(run, chosenOption(run), undefined, now);
}

/** The run whose attempt has met with trouble: Heal comes next. */
export function troubled(run: Run, trouble: Trouble): Run {
  return withCurrent(run, { trouble });
}

/** The run in its next attempt. @param keptNodes name of the node group that it goes on with */
export function relaunched(run: Run, option: Option, story: string, keptNodes: string | undefined, now: Date): Run {
  return begun(ended(run, story, now), option, keptNodes, now);
}

/** The run in the attempt that grows its next chunk, on the same nodes. */
export function continued(run: Run, now: Date): Run {
  const current = currentAttempt(run);
  if (current === undefined) throw new Error(`the run ${run.id} has no attempt to go on from`);
  return begun(ended(run, undefined, now), current.option, current.nodeGroup, now);
}

/** The run that asks again: its choice has been used up. */
export function askedAgain(run: Run, estimate: Estimate, story: string, now: Date): Run {
  const { choice: _usedUp, ...asking } = ended(run, story, now);
  return { ...asking, estimate };
}

/** The run whose attempt is over: what it held is given back. */
export function ended(run: Run, story: string | undefined, now: Date): Run {
  const { jobRun, phases = [] } = run;
  const { endedAt = now.toISOString() } = currentAttempt(run) ?? {};
  return withCurrent(run, {
    endedAt,
    ...(story !== undefined && { story }),
    ...(jobRun && { job: { ...withoutId(jobRun), phases } }),
  });
}

function withoutId({ id: _id, ...times }: NonNullable<Run["jobRun"]>): Omit<NonNullable<Run["jobRun"]>, "id"> {
  return times;
}

/** Names of all node groups that the run has asked for. */
export function nodeGroupsOf({ attempts = [], nodeGroup }: Run): string[] {
  const names = [...attempts.map((attempt) => attempt.nodeGroup), ...(nodeGroup ? [nodeGroup.name] : [])];
  return [...new Set(names)];
}

/** Ids of all job runs that the run has started. */
export function jobRunsOf({ attempts = [], jobRun }: Run): string[] {
  const ids = [...attempts.map((attempt) => attempt.jobRun), jobRun?.id].filter((id) => id !== undefined);
  return [...new Set(ids)];
}

export function withCurrent(run: Run, parts: Partial<Attempt>): Run {
  const current = currentAttempt(run);
  if (current === undefined) return run;
  return { ...run, attempts: [...(run.attempts ?? []).slice(0, -1), { ...current, ...parts }] };
}

/** What Observe knew of the job before is of no use to the next. */
function begun(before: Run, option: Option, keptNodes: string | undefined, now: Date): Run {
  const run = withChunks(before, option);
  const { jobRun: _job, progress: _progress, phases: _phases, movedAt: _moved, logPosition: _position, ...rest } = run;
  const { attempts = [], nodeGroup } = run;
  const number = attempts.length + 1;
  const name = keptNodes ?? nodeGroupName(run.id, number);
  const chunk = nextChunk(run)?.number;
  // Two Lambdas' clocks may differ: an attempt never begins before its choice, by which it is found.
  const begunAt = [now.toISOString(), run.choice?.at ?? ""].toSorted().at(-1) ?? "";
  return {
    ...rest,
    nodeGroup: nodeGroup?.name === name ? nodeGroup : { name, createdAt: begunAt },
    attempts: [...attempts, { number, option, nodeGroup: name, begunAt, ...(chunk !== undefined && { chunk }) }],
  };
}

/** With its chunks, which are planned once: later attempts may have other nodes, but grow what is left of the same forest. */
function withChunks(run: Run, { configuration }: Option): Run {
  const { analysis, chunks: planned } = run;
  const { chunks: count = 1, batchSize } = configuration;
  if (planned !== undefined || analysis === undefined || count < 2) return run;
  const chunks: ForestChunks = { planned: plannedChunks(analysis, count, batchSize), grown: [] };
  return { ...run, chunks };
}
