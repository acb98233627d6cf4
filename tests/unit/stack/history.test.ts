import { expect, test } from "vitest";
import { healingRules } from "../../../core/run/healing.ts";
import { longestNodesSeconds, lookInterval, nodesLookInterval } from "../../../core/run/lookInterval.ts";
import { stateNamed, successors } from "./machine.ts";

/** Step Functions quotas: an execution fails at its 25,001st event. */
const mostEvents = 25_000;
/** Entered, scheduled, started, succeeded, exited; or entered and exited. */
const eventsOf: Readonly<Record<string, number>> = { Task: 5, Choice: 2, Wait: 2 };
const weekSeconds = 7 * 24 * 3600;

/** Events of one turn through these states, which must follow each other and lead back to the first. */
function turn(...names: readonly [string, ...string[]]): number {
  for (const [index, name] of names.entries())
    expect(successors(stateNamed(name))).toContain(names[index + 1] ?? names[0]);
  return names.reduce((sum, name) => sum + (eventsOf[stateNamed(name).Type] ?? Number.NaN), 0);
}

function secondsOf(wait: string): number {
  return (stateNamed(wait) as { Seconds?: number }).Seconds ?? Number.NaN;
}

function looksIn(seconds: number, interval: (elapsed: number) => number): number {
  let looks = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed += interval(elapsed)) looks++;
  return looks;
}

test.each([60, 3600, weekSeconds])(
  "a run of a week that was expected to take %d seconds, healed as often as by the worst of all troubles, stays within its history",
  (expected) => {
    const attempts = 1 + Math.max(...Object.values(healingRules).map(({ cures }) => cures.length));
    const provisioning =
      attempts * looksIn(longestNodesSeconds, nodesLookInterval) * turn("Provision", "IsProvisioned", "NodesPending");
    // Giving nodes back takes as long at most.
    const givingBack =
      attempts * (longestNodesSeconds / secondsOf("GivingBack")) * turn("Heal", "IsHealed", "GivingBack");
    const observing =
      looksIn(weekSeconds, (elapsed) => lookInterval(expected, elapsed)) * turn("Observe", "IsObserved", "JobRunning");
    const chunks = 50 * turn("Launch", "IsLaunched", "Observe", "IsObserved", "Merge", "IsMerged");
    expect(observing).toBeLessThan(mostEvents / 2);
    expect(observing + provisioning + givingBack + chunks).toBeLessThan(mostEvents);
  },
);
