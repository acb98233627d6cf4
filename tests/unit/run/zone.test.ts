import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attempted, relaunched, troubled, withCurrent } from "../../../core/run/attempts.ts";
import type { Run, TroubleKind } from "../../../core/run/run.ts";
import { failedSubnets, rankedPlaces, type SpotMarket, type Subnet, type ZonePrice } from "../../../core/run/zone.ts";
import { later, optionOf, runOf } from "./runOf.ts";

const subnets: Subnet[] = [
  { id: "subnet-a", zone: "us-east-1a", zoneId: "use1-az4" },
  { id: "subnet-b", zone: "us-east-1b", zoneId: "use1-az6" },
  { id: "subnet-c", zone: "us-east-1c", zoneId: "use1-az1" },
];

function price(InstanceType: string, zone: string, usd: number, seconds = 0): ZonePrice {
  return { InstanceType, AvailabilityZone: `us-east-1${zone}`, SpotPrice: String(usd), Timestamp: later(seconds) };
}

function order(market: SpotMarket, failed: string[] = []): string {
  return rankedPlaces(subnets, market, new Set(failed))
    .map(({ zone }) => zone?.at(-1))
    .join("");
}

const cheapestLast = [price("r6a.large", "a", 3), price("r6a.large", "b", 2), price("r6a.large", "c", 1)];

describe("zones are ranked", () => {
  test.each<[string, string, SpotMarket, string[]?]>([
    ["as configured when nothing is known", "abc", {}],
    ["by placement score", "bac", { scores: { "use1-az4": 5, "use1-az6": 9, "use1-az1": 1 } }],
    ["by placement score before price", "abc", { scores: { "use1-az4": 9, "use1-az6": 5 }, prices: cheapestLast }],
    ["last when EC2 does not name them among the best", "cab", { scores: { "use1-az1": 1 } }],
    ["by price where no score is known", "cba", { prices: cheapestLast }],
    [
      "by price where scores are equal",
      "cba",
      { scores: { "use1-az4": 3, "use1-az6": 3, "use1-az1": 3 }, prices: cheapestLast },
    ],
    ["as configured where no price came", "abc", { prices: [] }],
    ["last without any price, where others have one", "bac", { prices: [price("r6a.large", "b", 9)] }],
    [
      "by the mean over the types",
      "bac",
      {
        prices: [
          ...[price("r6a.large", "a", 1), price("r6i.large", "a", 5)],
          ...[price("r6a.large", "b", 2), price("r6i.large", "b", 3)],
        ],
      },
    ],
    [
      "without an advantage for one that does not sell the dear type",
      "bac",
      { prices: [price("r6a.large", "a", 2), price("r6a.large", "b", 1), price("r6i.large", "b", 9)] },
    ],
    [
      "by the latest price, in whatever order they come",
      "bac",
      {
        prices: [
          ...[price("r6a.large", "a", 5, 60), price("r6a.large", "a", 1, 0)],
          ...[price("r6a.large", "b", 9, 0), price("r6a.large", "b", 4, 60)],
        ],
      },
    ],
    ["last once they failed, whatever their score", "bca", { scores: { "use1-az4": 10 } }, ["subnet-a"]],
    [
      "by the other criteria when all of them failed",
      "cba",
      { prices: cheapestLast },
      ["subnet-a", "subnet-b", "subnet-c"],
    ],
  ])("%s", (_, expected, market, failed) => {
    expect(order(market, failed)).toBe(expected);
  });
});

test("subnets of one zone are one place", () => {
  const twoOfA = [...subnets, { id: "subnet-a2", zone: "us-east-1a", zoneId: "use1-az4" }];
  expect(rankedPlaces(twoOfA, {}, new Set(["subnet-a2"]))).toEqual([
    { zone: "us-east-1b", subnets: ["subnet-b"] },
    { zone: "us-east-1c", subnets: ["subnet-c"] },
    { zone: "us-east-1a", subnets: ["subnet-a", "subnet-a2"] },
  ]);
});

test("without their zones, each subnet is a place, and one that failed comes last", () => {
  const unknown = subnets.map(({ id }) => ({ id }));
  const market = { scores: { "use1-az1": 9 }, prices: cheapestLast };
  expect(rankedPlaces(unknown, market, new Set(["subnet-a"]))).toEqual([
    { subnets: ["subnet-b"] },
    { subnets: ["subnet-c"] },
    { subnets: ["subnet-a"] },
  ]);
});

test("whatever is known, every subnet is in one place, and none that failed comes before one that did not", () => {
  const zoneIds = subnets.flatMap(({ zoneId = "" }) => zoneId);
  const anyPrice = fc.record({
    InstanceType: fc.constantFrom("r6a.large", "r6i.large"),
    AvailabilityZone: fc.constantFrom("us-east-1a", "us-east-1b", "us-east-1d", undefined),
    SpotPrice: fc.constantFrom("0.1", "0", "-1", "x", "3", undefined),
    Timestamp: fc.constantFrom(later(0), later(1), undefined),
  });
  fc.assert(
    fc.property(
      fc.record({
        scores: fc.option(fc.dictionary(fc.constantFrom(...zoneIds), fc.integer({ min: 1, max: 10 })), {
          nil: undefined,
        }),
        prices: fc.option(fc.array(anyPrice), { nil: undefined }),
      }),
      fc.uniqueArray(fc.constantFrom(...subnets.map(({ id }) => id))),
      (market, failed) => {
        const places = rankedPlaces(subnets, market, new Set(failed));
        const ids = places.flatMap((place) => place.subnets);
        expect(ids.toSorted()).toEqual(subnets.map(({ id }) => id));
        expect(ids.slice(0, ids.length - failed.length).filter((id) => failed.includes(id))).toEqual([]);
      },
    ),
  );
});

describe("a zone has failed the run", () => {
  test.each<[TroubleKind, string[]]>([
    ["nodes-unavailable", ["subnet-a"]],
    ["nodes-lost", ["subnet-a"]],
    ["undersized", []],
    ["throttled", []],
    ["driver-killed", []],
  ])("after %s: %j", (kind, failed) => {
    const run = relaunched(
      inTrouble(withPlace(begun(), "subnet-a"), kind),
      optionOf("aws-spot"),
      "",
      undefined,
      later(9),
    );
    expect([...failedSubnets(run)]).toEqual(failed);
  });

  test("by an attempt that went on with the nodes of the one before", () => {
    const first = inTrouble(withPlace(begun(), "subnet-a"), "undersized");
    const keeping = relaunched(first, optionOf("aws-spot"), "", first.attempts?.[0]?.nodeGroup, later(9));
    expect([...failedSubnets(inTrouble(keeping, "nodes-lost"))]).toEqual(["subnet-a"]);
  });

  test("by its own nodes, not by those of an attempt before", () => {
    const first = inTrouble(withPlace(begun(), "subnet-a"), "undersized");
    const second = withPlace(relaunched(first, optionOf("aws-spot"), "", undefined, later(9)), "subnet-b");
    expect([...failedSubnets(inTrouble(second, "nodes-lost"))]).toEqual(["subnet-b"]);
  });

  test("by none before the first trouble", () => {
    expect([...failedSubnets(withPlace(begun(), "subnet-a"))]).toEqual([]);
    expect([...failedSubnets(runOf())]).toEqual([]);
  });
});

function begun(): Run {
  const choice = {
    where: "aws-spot",
    prepare: false,
    at: later(0).toISOString(),
    by: "researcher",
    approvedUsd: 1,
  } as const;
  return attempted(runOf({ choice }), later(1));
}

function withPlace(run: Run, subnet: string): Run {
  return withCurrent(run, { subnets: [subnet], zone: "us-east-1a" });
}

function inTrouble(run: Run, kind: TroubleKind): Run {
  return troubled(run, { kind, failure: { code: "x", message: "", remedy: "" } });
}
