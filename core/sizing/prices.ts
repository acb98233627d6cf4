/**
 * Prices as AWS tells them today, laid over the dated table: on-demand and the other rates from the Price List Query API, spot
 * from the last days of DescribeSpotPriceHistory. What AWS did not tell keeps its figure of the table, and the source says so.
 */
import { median } from "./cost.ts";
import type { Range } from "./range.ts";
import type { InstanceShape, InstanceType, Prices, Rates, SizingData } from "./sizingData.ts";

/** What AWS told, as it is kept for a day. */
export interface AskedPrices {
  readonly region: string;
  /** ISO 8601. */
  readonly askedAt: string;
  /** US dollars per hour, Linux, on demand, by instance type. */
  readonly onDemand: Readonly<Record<string, number>>;
  /** Lowest, median and highest of the spot history, by instance type. */
  readonly spot: Readonly<Record<string, Range>>;
  readonly rates: Partial<Rates>;
}

/** How long prices that AWS told are used. */
const freshSeconds = 24 * 3600;
/** Below this share of the catalogue, an answer is taken for a broken one. */
const leastShare = 0.5;

export function isFresh({ askedAt }: AskedPrices, now: Date): boolean {
  return now.getTime() - Date.parse(askedAt) < freshSeconds * 1000;
}

/** All instance types that prices are wanted for. */
export function pricedTypes({ shapes, prices }: Pick<SizingData, "shapes" | "prices">): string[] {
  const types = shapes.flatMap(({ instanceTypes }) => instanceTypes.map(({ name }) => name));
  return [...new Set([...types, prices.systemNode.name])];
}

/**
 * The sizing data with the prices of that region. Types that AWS does not offer there are left out when it was asked;
 * otherwise the table stands for them, with the factor for other regions.
 */
export function withPrices(data: SizingData, region: string, asked: AskedPrices | undefined, now: Date): SizingData {
  if (asked === undefined || asked.region !== region || !isPlausible(asked, data)) return fromTable(data, region, now);
  const shapes = data.shapes
    .map((shape) => ({ ...shape, instanceTypes: shape.instanceTypes.flatMap((type) => priced(type, asked)) }))
    .filter(({ instanceTypes }) => instanceTypes.length > 0);
  const { systemNode } = data.prices;
  const prices: Prices = {
    ...data.prices,
    ...asked.rates,
    date: asked.askedAt.slice(0, 10),
    source: sourceOf(asked, data.prices),
    region,
    systemNode: { ...systemNode, hourUsd: asked.onDemand[systemNode.name] ?? systemNode.hourUsd },
  };
  return { ...data, prices, shapes };
}

function isPlausible({ onDemand }: AskedPrices, data: SizingData): boolean {
  const types = pricedTypes(data);
  return types.filter((type) => (onDemand[type] ?? 0) > 0).length >= leastShare * types.length;
}

function priced(type: InstanceType, { onDemand, spot }: AskedPrices): InstanceType[] {
  const hourUsd = onDemand[type.name];
  const spotHourUsd = spot[type.name];
  if (hourUsd === undefined) return [];
  return [{ ...type, hourUsd, ...(spotHourUsd && { spotHourUsd }) }];
}

function sourceOf({ spot, rates }: AskedPrices, table: Prices): string {
  const spotSource = Object.keys(spot).length > 0 ? "its spot price history" : "an assumed fraction of it for spot";
  const missing = rateNames.filter((name) => rates[name] === undefined);
  const rest = missing.length > 0 ? `; ${missing.join(", ")}: table of ${table.date}` : "";
  return `AWS price list and ${spotSource}${rest}`;
}

const rateNames: readonly (keyof Rates)[] = [
  "emrVcpuHourUsd",
  "emrGbHourUsd",
  "eksClusterHourUsd",
  "ebsGbMonthUsd",
  "lambdaGbSecondUsd",
  "lambdaRequestUsd",
  "s3PutUsd",
  "s3GetUsd",
  "s3GbMonthUsd",
];

/** The table, with its age; in a region that it is not about, dearer by an assumed factor. */
function fromTable(data: SizingData, region: string, now: Date): SizingData {
  const { prices, shapes } = data;
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(prices.date)) / 86_400_000));
  const aged = `${prices.source}; table ${days} days old`;
  if (region === prices.region) return { ...data, prices: { ...prices, source: aged } };
  const { expected, low, high } = prices.otherRegions;
  const elsewhere = `${aged}; ${region} assumed ${expected} × ${prices.region}`;
  const factor = (usd: number) => usd * expected;
  const spread = { low: low / expected, expected: 1, high: high / expected };
  const rates = Object.fromEntries(rateNames.map((name) => [name, factor(prices[name])])) as Record<
    keyof Rates,
    number
  >;
  return {
    ...data,
    shapes: shapes.map((shape) => dearer(shape, factor)),
    prices: {
      ...prices,
      ...rates,
      source: elsewhere,
      spotFraction: {
        low: prices.spotFraction.low * spread.low,
        expected: prices.spotFraction.expected,
        high: Math.min(1, prices.spotFraction.high * spread.high),
      },
      systemNode: { ...prices.systemNode, hourUsd: factor(prices.systemNode.hourUsd) },
    },
  };
}

function dearer(shape: InstanceShape, factor: (usd: number) => number): InstanceShape {
  const instanceTypes = shape.instanceTypes.map((type) => ({ ...type, hourUsd: factor(type.hourUsd) }));
  return { ...shape, instanceTypes };
}

/** One entry of DescribeSpotPriceHistory. */
export interface SpotPrice {
  readonly InstanceType?: string | undefined;
  /** US dollars per hour, as text. */
  readonly SpotPrice?: string | undefined;
}

/** Lowest, median and highest per type. Every entry counts the same, whatever its zone and time. */
export function spotRanges(history: readonly SpotPrice[]): Record<string, Range> {
  const byType = new Map<string, number[]>();
  for (const { InstanceType: type, SpotPrice: text } of history) {
    const usd = Number(text);
    if (type === undefined || !(usd > 0)) continue;
    const known = byType.get(type);
    if (known) known.push(usd);
    else byType.set(type, [usd]);
  }
  return Object.fromEntries(
    [...byType].map(([type, usd]) => [type, { low: Math.min(...usd), expected: median(usd), high: Math.max(...usd) }]),
  );
}
