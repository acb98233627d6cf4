/**
 * What AWS asks today. Asked at most once a day and region: the answer lies in the runs bucket. Whatever goes wrong (no
 * permission, no endpoint, no answer in time), the dated table of layers/sizing-data stands, and the estimate says so.
 */
import { DescribeSpotPriceHistoryCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetProductsCommand, PricingClient } from "@aws-sdk/client-pricing";
import { instanceFilters, onDemandHourUsd, type RateQuery, rateQueries, rateUsd } from "../core/sizing/priceList.ts";
import {
  type AskedPrices,
  isFresh,
  pricedTypes,
  type SpotPrice,
  spotRanges,
  withPrices,
} from "../core/sizing/prices.ts";
import type { Rates, SizingData } from "../core/sizing/sizingData.ts";
import { environment } from "./environment.ts";
import { readDocument, writeDocument } from "./objects.ts";
import { runsBucket } from "./runsStore.ts";

/** All of it has to be over by then; the estimate does not wait longer for prices. */
const patienceMs = 8_000;
const spotHistoryMs = 48 * 3600 * 1000;
/** A page has 1,000 entries. */
const spotPages = 10;

const impatient = { maxAttempts: 2 } as const;
// The price list has endpoints in three regions only, with the prices of all.
const pricing = new PricingClient({ ...impatient, region: "us-east-1" });
const ec2 = new EC2Client(impatient);

/** The sizing data with today's prices of the stack's region, where they can be had and `PRICES` is not "table". */
export async function pricedSizingData(table: SizingData): Promise<SizingData> {
  const region = environment("AWS_REGION");
  const now = new Date();
  const asked = environment("PRICES") === "table" ? undefined : await askedPrices(region, table, now);
  return withPrices(table, region, asked, now);
}

/** Yesterday's answer is better than none, and both are better than the table. */
async function askedPrices(region: string, table: SizingData, now: Date): Promise<AskedPrices | undefined> {
  const key = `prices/${region}.json`;
  const kept = await keptPrices(key);
  if (kept && isFresh(kept, now)) return kept;
  try {
    const asked = await ask(region, table, now);
    await writeDocument(runsBucket(), key, JSON.stringify(asked));
    return asked;
  } catch {
    return kept;
  }
}

async function keptPrices(key: string): Promise<AskedPrices | undefined> {
  try {
    const document = await readDocument(runsBucket(), key);
    return document && (JSON.parse(document.text) as AskedPrices);
  } catch {
    return undefined;
  }
}

/** On-demand prices must come; without spot history or a rate the table's stands. */
async function ask(region: string, table: SizingData, now: Date): Promise<AskedPrices> {
  const types = pricedTypes(table);
  const abortSignal = AbortSignal.timeout(patienceMs);
  const [onDemand, spot, ...rates] = await Promise.all([
    products("AmazonEC2", { ...instanceFilters, regionCode: region }, abortSignal, types),
    spotHistory(types, now, abortSignal).catch(() => []),
    ...rateQueries.map((query) => rate(query, region, abortSignal).catch(() => ({}))),
  ]);
  return {
    region,
    askedAt: now.toISOString(),
    onDemand: onDemandHourUsd(onDemand),
    spot: spotRanges(spot),
    rates: Object.assign({}, ...rates),
  };
}

async function rate(query: RateQuery, region: string, abortSignal: AbortSignal): Promise<Partial<Rates>> {
  const usd = rateUsd(query, await products(query.serviceCode, { ...query.filters, regionCode: region }, abortSignal));
  return usd === undefined ? {} : { [query.rate]: usd };
}

/** The price documents of a service; one request per 100 products. */
async function products(
  serviceCode: string,
  filters: Readonly<Record<string, string>>,
  abortSignal: AbortSignal,
  instanceTypes?: readonly string[],
): Promise<string[]> {
  const documents: string[] = [];
  const matching = Object.entries(filters).map(([Field, Value]) => ({ Type: "TERM_MATCH" as const, Field, Value }));
  const anyType = { Type: "ANY_OF" as const, Field: "instanceType", Value: instanceTypes?.join(",") };
  let token: string | undefined;
  do {
    const page = await pricing.send(
      new GetProductsCommand({
        ServiceCode: serviceCode,
        Filters: instanceTypes ? [...matching, anyType] : matching,
        FormatVersion: "aws_v1",
        MaxResults: 100,
        NextToken: token,
      }),
      { abortSignal },
    );
    documents.push(...(page.PriceList ?? []).map(String));
    token = page.NextToken || undefined;
  } while (token !== undefined);
  return documents;
}

/** Of two days and all zones, up to 10,000 entries. */
async function spotHistory(types: readonly string[], now: Date, abortSignal: AbortSignal): Promise<SpotPrice[]> {
  const history: SpotPrice[] = [];
  let token: string | undefined;
  for (let page = 0; page < spotPages; page++) {
    const answer = await ec2.send(
      new DescribeSpotPriceHistoryCommand({
        InstanceTypes: [...types] as NonNullable<DescribeSpotPriceHistoryCommand["input"]["InstanceTypes"]>,
        ProductDescriptions: ["Linux/UNIX"],
        StartTime: new Date(now.getTime() - spotHistoryMs),
        NextToken: token,
      }),
      { abortSignal },
    );
    history.push(...(answer.SpotPriceHistory ?? []));
    token = answer.NextToken || undefined;
    if (token === undefined) break;
  }
  return history;
}
