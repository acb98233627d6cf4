/**
 * Where a run's nodes are asked for: all of them in one availability zone, because shuffles and cached blocks across zones are billed and
 * slow. Spot capacity differs by zone, and a zone that had none a moment ago is not asked again while there is another.
 */
import type { SpotPrice } from "../sizing/prices.ts";
import type { Attempt, Run, TroubleKind } from "./run.ts";

export interface Subnet {
  readonly id: string;
  /** "us-east-1a", which means another place in each account; undefined where AWS did not tell. */
  readonly zone?: string | undefined;
  /** "use1-az4", the same in all accounts. */
  readonly zoneId?: string | undefined;
}

/** One entry of DescribeSpotPriceHistory. */
export interface ZonePrice extends SpotPrice {
  readonly AvailabilityZone?: string | undefined;
  readonly Timestamp?: Date | undefined;
}

/** What EC2 says of spot; what is undefined was not asked, or not answered, and decides nothing. */
export interface SpotMarket {
  /** How likely that many nodes are to be had, 1 to 10, by zone id (GetSpotPlacementScores). */
  readonly scores?: Readonly<Record<string, number>> | undefined;
  readonly prices?: readonly ZonePrice[] | undefined;
}

export interface Place {
  readonly zone?: string;
  readonly subnets: readonly string[];
}

/** Troubles that speak against the zone: it had no nodes, or took them back. */
const wantOfNodes: readonly (TroubleKind | undefined)[] = ["nodes-unavailable", "nodes-lost"];

/**
 * The zones of those subnets, best first: those that did not fail this run, then by placement score, then by the mean price
 * of the instance types, then as configured. A subnet whose zone is not known stands for a zone of its own.
 *
 * @param subnets in the order of the configuration
 * @param failed ids of subnets in which the run has already met with want of nodes
 */
export function rankedPlaces(subnets: readonly Subnet[], market: SpotMarket, failed: ReadonlySet<string>): Place[] {
  const usd = market.prices && meanUsd(market.prices);
  const candidates = [...Map.groupBy(subnets, ({ id, zone }) => zone ?? id).values()].map((members) => {
    const [{ zone, zoneId } = {}] = members;
    return {
      place: { ...(zone !== undefined && { zone }), subnets: members.map(({ id }) => id) },
      failures: members.some(({ id }) => failed.has(id)) ? 1 : 0,
      // EC2 names the best ten zones; one that it does not name is worse than those.
      score: market.scores?.[zoneId ?? ""] ?? 0,
      // A zone without a price does not sell these types.
      usd: usd ? (usd.get(zone ?? "") ?? Number.POSITIVE_INFINITY) : 0,
    };
  });
  return candidates
    .toSorted((a, b) => a.failures - b.failures || b.score - a.score || ascending(a.usd, b.usd))
    .map(({ place }) => place);
}

/**
 * Mean over the types of what each costs now, US dollars per hour, by zone name. A type that a zone does not sell counts there
 * as in the dearest zone, so that lacking the dear types makes no zone look cheap.
 */
function meanUsd(history: readonly ZonePrice[]): Map<string, number> {
  const priced = history.filter((entry) => Number(entry.SpotPrice) > 0);
  const byType = [...Map.groupBy(priced, ({ InstanceType = "" }) => InstanceType).values()].map(latestByZone);
  const zones = new Set(byType.flatMap((prices) => [...prices.keys()]));
  const mean = (zone: string) =>
    byType.reduce((sum, prices) => sum + (prices.get(zone) ?? Math.max(...prices.values())), 0) / byType.length;
  return new Map([...zones].map((zone) => [zone, mean(zone)]));
}

/** Of one instance type. */
function latestByZone(entries: readonly ZonePrice[]): Map<string, number> {
  const inOrder = entries.toSorted((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
  return new Map(inOrder.map(({ AvailabilityZone: zone = "", SpotPrice: usd }) => [zone, Number(usd)]));
}

/** Infinity less Infinity is not a number. */
function ascending(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Subnets in which an attempt of the run met with want of nodes, whatever it was chosen by. */
export function failedSubnets({ attempts = [] }: Run): Set<string> {
  const failing = attempts.filter(({ trouble }) => wantOfNodes.includes(trouble?.kind));
  return new Set(failing.flatMap((attempt) => subnetsOf(attempt, attempts)));
}

/** Of the attempt's node group, which an earlier attempt may have asked for; none before anybody has. */
function subnetsOf({ nodeGroup }: Attempt, attempts: readonly Attempt[]): readonly string[] {
  return attempts.find((one) => one.nodeGroup === nodeGroup && one.subnets !== undefined)?.subnets ?? [];
}
