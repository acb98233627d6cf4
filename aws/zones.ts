/**
 * What EC2 knows of the zones that a run's nodes may go into. It only helps to choose well: an answer that does not come (no
 * permission, no such operation in an emulator, a limit of the account, two seconds) is left out, and named for the log.
 */
import {
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  EC2Client,
  GetSpotPlacementScoresCommand,
} from "@aws-sdk/client-ec2";
import type { SpotMarket, Subnet, ZonePrice } from "../core/run/zone.ts";
import type { Market } from "../core/sizing/estimate.ts";
import { environment } from "./environment.ts";

/** For all three requests, which are made side by side: Provision does not wait longer. */
const patienceMs = 2_000;

const ec2 = new EC2Client({ maxAttempts: 1 });

export interface NodesWanted {
  readonly market: Market;
  readonly instanceTypes: readonly string[];
  readonly nodes: number;
}

export interface ZoneFacts {
  /** In the order of the configuration. */
  readonly subnets: readonly Subnet[];
  readonly spot: SpotMarket;
  /** What was asked in vain, with the reason. */
  readonly unanswered: readonly string[];
}

/** Ids of the subnets that the stack was told of. */
export function configuredSubnets(): string[] {
  return environment("SUBNET_IDS")
    .split(",")
    .map((id) => id.trim());
}

/** One request; for spot, where there are several subnets to choose from, three. */
export async function zoneFacts(wanted: NodesWanted): Promise<ZoneFacts> {
  const ids = configuredSubnets();
  const abortSignal = AbortSignal.timeout(patienceMs);
  const unanswered: string[] = [];
  const answer = async <T>(operation: string, asked: Promise<T>): Promise<T | undefined> => {
    try {
      return await asked;
    } catch (error) {
      unanswered.push(`${operation}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const spotMatters = wanted.market === "aws-spot" && ids.length > 1;
  const [subnets, scores, prices] = await Promise.all([
    answer("DescribeSubnets", describedSubnets(ids, abortSignal)),
    spotMatters ? answer("GetSpotPlacementScores", placementScores(wanted, abortSignal)) : undefined,
    spotMatters ? answer("DescribeSpotPriceHistory", spotPricesNow(wanted, abortSignal)) : undefined,
  ]);
  return { subnets: subnets ?? ids.map((id) => ({ id })), spot: { scores, prices }, unanswered };
}

async function describedSubnets(ids: readonly string[], abortSignal: AbortSignal): Promise<Subnet[]> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }), { abortSignal });
  return ids.map((id) => {
    const described = Subnets.find(({ SubnetId }) => SubnetId === id);
    return { id, zone: described?.AvailabilityZone, zoneId: described?.AvailabilityZoneId };
  });
}

/** By zone id. EC2 scores fewer than three instance types low everywhere: the order of the zones is then all that it says. */
async function placementScores(
  { instanceTypes, nodes }: NodesWanted,
  abortSignal: AbortSignal,
): Promise<Record<string, number>> {
  const { SpotPlacementScores = [] } = await ec2.send(
    new GetSpotPlacementScoresCommand({
      InstanceTypes: [...instanceTypes],
      TargetCapacity: nodes,
      TargetCapacityUnitType: "units",
      SingleAvailabilityZone: true,
      RegionNames: [environment("AWS_REGION")],
    }),
    { abortSignal },
  );
  return Object.fromEntries(
    SpotPlacementScores.flatMap(({ AvailabilityZoneId: id, Score }) =>
      id === undefined || Score === undefined ? [] : [[id, Score]],
    ),
  );
}

/** What holds at the start of a period of no length: one entry per type and zone, so one page of up to 1,000. */
async function spotPricesNow({ instanceTypes }: NodesWanted, abortSignal: AbortSignal): Promise<ZonePrice[]> {
  const now = new Date();
  const { SpotPriceHistory = [] } = await ec2.send(
    new DescribeSpotPriceHistoryCommand({
      InstanceTypes: [...instanceTypes] as NonNullable<DescribeSpotPriceHistoryCommand["input"]["InstanceTypes"]>,
      ProductDescriptions: ["Linux/UNIX"],
      StartTime: now,
      EndTime: now,
    }),
    { abortSignal },
  );
  return SpotPriceHistory;
}
