import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { askedAgain, attempted, ended, relaunched, troubled } from "../../../core/run/attempts.ts";
import { chosenOption, currentAttempt } from "../../../core/run/chosenOption.ts";
import { healingRules, type NextAttempt, nextAttempt } from "../../../core/run/healing.ts";
import type { Run, Trouble, TroubleKind } from "../../../core/run/run.ts";
import { approvedUsd, spentUsd } from "../../../core/run/spent.ts";
import { executorsOf, roomFor } from "../../../core/sizing/configuration.ts";
import { takeableOption, type Where } from "../../../core/sizing/estimate.ts";
import { estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { sizingData } from "../sizing/inputs.ts";
import { askedAt, later, runOf, vcfOf } from "./runOf.ts";

const kinds = Object.keys(healingRules) as TroubleKind[];

/** A study whose option on AWS is large enough to have something larger. */
function chosenRun(where: Where, approved: number, data = sizingData): Run {
  const { inspection: _small, analysis: _given, ...rest } = runOf();
  const vcf = { ...vcfOf("cohort/chr22.vcf"), compression: "none" as const, compressedBytes: 170_000_000 };
  const variants = { estimate: 17_010, exact: true };
  const study = { vcfs: [vcf], samples: 2504, variants, reads: 3, bytesRead: 1_000 };
  const parameters = { trees: 500, mtryFraction: 0.1, seed: 13 };
  const estimate = estimateStudy(study, parameters, data);
  expect(takeableOption(estimate, where, false)).toBeDefined();
  return {
    ...rest,
    inspection: study,
    analysis: parameters,
    estimate,
    choice: { where, prepare: false, at: askedAt.toISOString(), by: "researcher", approvedUsd: approved },
  };
}

function choiceOf({ choice }: Run): NonNullable<Run["choice"]> {
  if (choice === undefined) throw new Error("no choice");
  return choice;
}

function troubleOf(kind: TroubleKind, cachedFraction = 0.5): Trouble {
  const failure = { code: kind, message: "It failed.", remedy: "Try something else." };
  return kind === "undersized" ? { kind, cachedFraction, failure } : { kind, failure };
}

/** Provision, and trouble so many seconds later. */
function troubledRun(run: Run, trouble: Trouble, begunAfter: number): Run {
  return troubled(attempted(run, later(begunAfter)), trouble);
}

function heal(run: Run, kind: TroubleKind, seconds = 60): NextAttempt {
  const trouble = troubleOf(kind);
  return nextAttempt(troubledRun(run, trouble, 10), trouble, sizingData, later(10 + seconds));
}

function optionAfter(run: Run, kind: TroubleKind) {
  const next = heal(run, kind);
  if (next.kind !== "relaunch") throw new Error(`${kind}: ${next.kind}`);
  return next;
}

const onSpot = chosenRun("aws-spot", 1_000);
const before = chosenOption(onSpot).configuration;

describe("the first time", () => {
  test.each([0, 0.1, 0.5, 0.9])("a cache that held %d of the genotypes gets the room that was missing", (fraction) => {
    const trouble = troubleOf("undersized", fraction);
    const next = nextAttempt(troubledRun(onSpot, trouble, 10), trouble, sizingData, later(70));
    if (next.kind !== "relaunch") throw new Error(next.kind);
    const roomOf = (one: typeof before) => roomFor(executorsOf(one), one.executorMemoryMiB);
    const factor = fraction > 0 ? 1 / fraction : 4;
    expect(roomOf(next.option.configuration)).toBeGreaterThanOrEqual(factor * roomOf(before) - 1);
    // A quarter of the nodes' memory was asked for: up to four times as much is there already.
    expect(next.keepsNodes).toBe(factor <= 4);
  });

  test("executors without memory get more of it, beside the heap too", () => {
    const { configuration } = optionAfter(onSpot, "executor-out-of-memory").option;
    const memoryOf = (one: typeof before) => executorsOf(one) * (one.executorMemoryMiB + one.executorOverheadMiB);
    expect(memoryOf(configuration)).toBeGreaterThan(memoryOf(before));
  });

  test("a driver without memory gets half the batch, and keeps its nodes", () => {
    const next = optionAfter(onSpot, "driver-out-of-memory");
    expect(next.option.configuration.batchSize).toBe(Math.ceil(before.batchSize / 2));
    expect(next.option.phases.trees).toBe(2 * chosenOption(onSpot).phases.trees);
    expect(next.keepsNodes).toBe(true);
  });

  test.each(["driver-killed", "nodes-lost"] as const)("after %s the same is tried again", (kind) => {
    const next = optionAfter(onSpot, kind);
    expect(next.option.configuration).toEqual(before);
    expect(next).toMatchObject({ option: { where: "aws-spot" }, keepsNodes: true, pauseSeconds: 0 });
  });

  test("nodes that cannot be had are replaced by none of the types that were asked for", () => {
    const next = optionAfter(onSpot, "nodes-unavailable");
    const types = next.option.configuration.instanceTypes;
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((type) => before.instanceTypes.includes(type))).toEqual([]);
    expect(next.keepsNodes).toBe(false);
  });

  test.each(["stuck", "cancelled", "engine-error"] as const)("%s ends the run with its own words", (kind) => {
    expect(heal(onSpot, kind)).toMatchObject({ kind: "give-up", failure: troubleOf(kind).failure });
  });
});

test("nodes lost a second time are asked for on demand", () => {
  const trouble = troubleOf("nodes-lost");
  const first = optionAfter(onSpot, "nodes-lost");
  const again = relaunched(troubledRun(onSpot, trouble, 10), first.option, first.story, undefined, later(100));
  expect(nextAttempt(troubled(again, trouble), trouble, sizingData, later(200))).toMatchObject({
    kind: "relaunch",
    option: { where: "aws-on-demand" },
    keepsNodes: false,
  });
});

test("each pause after throttling is twice as long as the one before", () => {
  let run = onSpot;
  const pauses: number[] = [];
  for (let time = 1; time <= 5; time++) {
    const trouble = troubleOf("throttled");
    run = troubled(attempted(run, later(10 * time)), trouble);
    const next = nextAttempt(run, trouble, sizingData, later(10 * time + 5));
    if (next.kind !== "relaunch") break;
    pauses.push(next.pauseSeconds);
    run = relaunched(run, next.option, next.story, currentAttempt(run)?.nodeGroup, later(10 * time + 6));
  }
  expect(pauses).toEqual([30, 60, 120, 240, 480]);
});

test("what would cost more than is left is asked about, with its costs", () => {
  const poor = chosenRun("aws-spot", 0.000_1);
  const next = heal(poor, "driver-killed");
  expect(next).toMatchObject({ kind: "ask", story: expect.stringMatching(/^The driver .*left of what was approved/) });
  if (next.kind !== "ask") return;
  expect(next.estimate.message).toBe(next.story);
  expect(next.estimate.options.map(({ where }) => where)).toEqual(["aws-spot", "local"]);
});

/** A life of troubles, each followed as Heal follows it; every question is answered with the first option. */
function lifeOf(
  run: Run,
  troubles: readonly Trouble[],
  data = sizingData,
): { run: Run; decisions: { next: NextAttempt; left: number }[] } {
  const decisions: { next: NextAttempt; left: number }[] = [];
  let seconds = 10;
  let current = run;
  for (const trouble of troubles) {
    seconds += 600;
    current = troubled(attempted(current, later(seconds - 590)), trouble);
    const now = later(seconds);
    const left = approvedUsd(current) - spentUsd(current, data, now);
    const next = nextAttempt(current, trouble, data, now);
    decisions.push({ next, left });
    if (next.kind === "give-up") return { run: ended(current, next.story, now), decisions };
    if (next.kind === "relaunch") {
      const kept = next.keepsNodes ? currentAttempt(current)?.nodeGroup : undefined;
      current = relaunched(current, next.option, next.story, kept, now);
      continue;
    }
    if (next.kind === "finish") throw new Error("a forest in one piece cannot be left at a part of it");
    const [option] = next.estimate.options;
    if (option === undefined) throw new Error("a question without an option");
    const at = later(seconds + 1).toISOString();
    const choice = {
      where: option.where,
      prepare: false,
      at,
      by: "researcher" as const,
      approvedUsd: option.costUsd.high,
    };
    current = { ...askedAgain(current, next.estimate, next.story, now), choice };
  }
  return { run: current, decisions };
}

const anyTrouble = fc
  .tuple(fc.constantFrom(...kinds), fc.double({ min: 0, max: 0.99, noNaN: true }))
  .map(([kind, fraction]) => troubleOf(kind, fraction));

test("no relaunch is expected to cost more than is left of what was approved, whatever befalls the run", () => {
  const seen = { relaunch: 0, ask: 0, finish: 0, "give-up": 0 };
  const troubles = fc.array(anyTrouble, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(troubles, fc.double({ min: 0, max: 3, noNaN: true }), (befalling, approved) => {
      const choice = { ...choiceOf(onSpot), approvedUsd: approved };
      for (const { next, left } of lifeOf({ ...onSpot, choice }, befalling).decisions) {
        seen[next.kind]++;
        if (next.kind === "relaunch") expect(next.option.costUsd.expected).toBeLessThanOrEqual(left);
        if (next.kind === "ask") expect(next.estimate.options[0]?.costUsd.expected).toBeGreaterThan(left);
      }
    }),
  );
  expect(seen).toEqual({
    relaunch: expect.any(Number),
    ask: expect.any(Number),
    finish: 0,
    "give-up": expect.any(Number),
  });
  expect(Math.min(seen.relaunch, seen.ask, seen["give-up"])).toBeGreaterThan(0);
});

test.each(kinds)("%s again and again ends the run after at most as many attempts as there are cures", (kind) => {
  const { cures } = healingRules[kind];
  const { decisions } = lifeOf(
    onSpot,
    Array.from({ length: cures.length + 1 }, () => troubleOf(kind)),
  );
  expect(decisions.at(-1)?.next.kind).toBe("give-up");
});

test("attempts have node groups of their own where nodes change, and share one where they are kept", () => {
  const { run } = lifeOf(onSpot, [troubleOf("driver-killed"), troubleOf("nodes-unavailable"), troubleOf("stuck")]);
  const names = run.attempts?.map(({ nodeGroup }) => nodeGroup) ?? [];
  expect(names).toEqual([names[0], names[0], `${names[0]}_3`]);
  expect(run.attempts?.every(({ story, endedAt }) => story && endedAt)).toBe(true);
});

describe("on the own cluster", () => {
  const ownCluster = { nodes: 16, cores: 8, memoryGiB: 64, driverMemoryGiB: 8 };
  const data = { ...sizingData, ownCluster };
  const onCluster = chosenRun("cluster", 0, data);
  const asked = chosenOption(onCluster).configuration;

  function lifeThere(troubles: readonly Trouble[]): NextAttempt[] {
    return lifeOf(onCluster, troubles, data).decisions.map(({ next }) => next);
  }

  test("the run stays there and asks for nothing to be approved, whatever befalls it", () => {
    // Of a throttled request the story names AWS, whose API was asked.
    const notThrottled = anyTrouble.filter(({ kind }) => kind !== "throttled");
    const anyTroubles = fc.array(notThrottled, { minLength: 1, maxLength: 8 });
    let relaunches = 0;
    fc.assert(
      fc.property(anyTroubles, (befalling) => {
        for (const next of lifeThere(befalling)) {
          expect(["relaunch", "give-up"]).toContain(next.kind);
          if (next.kind !== "relaunch") continue;
          relaunches++;
          const { where, costUsd, configuration } = next.option;
          expect([where, costUsd.high, configuration.instanceTypes]).toEqual(["cluster", 0, []]);
          expect(configuration.nodes).toBeLessThanOrEqual(ownCluster.nodes);
          const podMiB = configuration.executorMemoryMiB + configuration.executorOverheadMiB;
          expect(podMiB * configuration.executorsPerNode).toBeLessThanOrEqual(ownCluster.memoryGiB * 1024 - 256);
          expect(next.story).toContain("of your cluster");
          expect(next.story).not.toMatch(/AWS|spot|on demand/);
        }
      }),
    );
    expect(relaunches).toBeGreaterThan(0);
  });

  test("a cache without room gets it on the same nodes first, then on more of them, and no more than there are", () => {
    const [here, more] = lifeThere([troubleOf("undersized", 0.5), troubleOf("undersized", 0.3)]);
    expect(here).toMatchObject({
      kind: "relaunch",
      keepsNodes: true,
      option: { configuration: { nodes: asked.nodes } },
    });
    expect(more).toMatchObject({ kind: "relaunch", keepsNodes: false });
    if (more?.kind !== "relaunch") throw new Error("no relaunch");
    expect(more.option.configuration.nodes).toBeGreaterThan(asked.nodes);
    expect(lifeThere([troubleOf("undersized", 0.01)])).toMatchObject([{ kind: "give-up" }]);
  });

  test("nodes that others have are waited for, as often as the table allows, and then the run ends", () => {
    const { cures } = healingRules["nodes-unavailable"];
    const decisions = lifeThere(Array.from({ length: 10 }, () => troubleOf("nodes-unavailable")));
    expect(decisions.map(({ kind }) => kind)).toEqual([...cures.map(() => "relaunch"), "give-up"]);
    expect(decisions[0]).toMatchObject({ keepsNodes: false, option: { configuration: asked } });
    expect(decisions[0]?.story).toMatch(/^The nodes could not be had\. It waits for them again: /);
  });

  test("a driver gets no more memory than the node for drivers has", () => {
    const [, larger] = lifeThere([troubleOf("driver-out-of-memory"), troubleOf("driver-out-of-memory")]);
    if (larger?.kind !== "relaunch") throw new Error("no relaunch");
    const { driverMemoryMiB, driverOverheadMiB } = larger.option.configuration;
    expect(driverMemoryMiB).toBeGreaterThan(asked.driverMemoryMiB);
    expect(driverMemoryMiB + driverOverheadMiB).toBeLessThanOrEqual(ownCluster.driverMemoryGiB * 1024);
  });

  test("a cluster that the pipeline is told of no more heals nothing", () => {
    const trouble = troubleOf("driver-killed");
    expect(nextAttempt(troubledRun(onCluster, trouble, 10), trouble, sizingData, later(70)).kind).toBe("give-up");
  });
});
