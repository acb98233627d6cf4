import { isFinal, type PhaseEntry, type Run } from "../run/run.ts";
import type { EngineProgress } from "../variantspark/driverLog.ts";
import type { Span } from "./result.ts";

/** The states that the run went through, and under them the phases of the engine, as Observe saw them. */
export function timelineOf(run: Run, now: Date): Span[] {
  const [first] = run.history;
  if (first === undefined) return [];
  const begun = Date.parse(first.at);
  const since = (at: string) => (Date.parse(at) - begun) / 1000;
  const ended = since(now.toISOString());
  const states = run.history.flatMap(({ state, at }, index) => {
    const next = run.history[index + 1];
    return isFinal(state)
      ? []
      : [{ name: state, kind: "pipeline" as const, start: since(at), end: next ? since(next.at) : ended }];
  });
  return [...states, ...engineSpans(run, since, ended)];
}

const phaseNames: Record<EngineProgress["phase"], string> = {
  starting: "VariantSpark starts",
  loading: "VariantSpark loads",
  caching: "VariantSpark caches",
  "growing-trees": "VariantSpark grows trees",
  "writing-results": "VariantSpark writes",
  finished: "",
};

/** Of all jobs, one after the other. */
function engineSpans(
  { attempts = [], jobRun, phases = [] }: Run,
  since: (at: string) => number,
  ended: number,
): Span[] {
  const earlier = attempts.slice(0, -1).flatMap(({ job, endedAt }) => {
    const end = job?.finishedAt ?? endedAt;
    return job && end ? jobSpans(job.phases, since, since(end)) : [];
  });
  return [...earlier, ...jobSpans(phases, since, jobRun?.finishedAt === undefined ? ended : since(jobRun.finishedAt))];
}

function jobSpans(phases: readonly PhaseEntry[], since: (at: string) => number, end: number): Span[] {
  return phases.flatMap(({ phase, at }, index) => {
    const next = phases[index + 1];
    const span = {
      name: phaseNames[phase],
      kind: "engine" as const,
      start: since(at),
      end: next ? since(next.at) : end,
    };
    return phase === "finished" ? [] : [span];
  });
}
