/** How long a run will go on, as far as its predicted phases and what it has done so far tell. */
import { jobPhases, laterSeconds } from "./forestChunks.ts";
import type { Run, RunState } from "./run.ts";

/** Seconds until the engine has written its results; undefined while nobody has chosen, and once it has. */
export function secondsLeft(run: Run, now: Date): number | undefined {
  if (run.choice === undefined || run.estimate === undefined) return undefined;
  const since = (state: RunState) => secondsSince(run.history.findLast((entry) => entry.state === state)?.at, now);
  const { start, load, trees, finish } = jobPhases(run);
  const later = laterSeconds(run);
  switch (run.state) {
    case "Provision":
    case "Launch":
      return start - Math.min(since("Provision"), start) + load + trees + finish + later;
    case "Observe":
      return engineSecondsLeft(run, since("Provision"), now) + later;
    case "Merge":
      return later;
    case "Report":
    case "Release":
      return 0;
    default:
      return undefined;
  }
}

function engineSecondsLeft(run: Run, sinceProvision: number, now: Date): number {
  const { start, load, trees, finish } = jobPhases(run);
  const begun = (phase: string) => secondsSince(run.phases?.find((entry) => entry.phase === phase)?.at, now);
  const { phase = "starting", treesDone = 0, treesTotal = 0, treeSeconds } = run.progress ?? {};
  switch (phase) {
    case "starting":
      return Math.max(start - sinceProvision, 0) + load + trees + finish;
    case "loading":
    case "caching":
      return Math.max(load - begun("loading"), 0) + trees + finish;
    case "growing-trees":
      // The engine's own pace, once it has shown one, is better than any prediction.
      return treesDone > 0 && treeSeconds !== undefined
        ? (treeSeconds / treesDone) * (treesTotal - treesDone) + finish
        : Math.max(trees - begun("growing-trees"), 0) + finish;
    default:
      return Math.max(finish - begun("writing-results"), 0);
  }
}

function secondsSince(at: string | undefined, now: Date): number {
  return at === undefined ? 0 : Math.max((now.getTime() - Date.parse(at)) / 1000, 0);
}
