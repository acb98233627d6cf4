/** The sizing data of the layer with today's prices, and with what finished runs have taught. */
import sizingData from "variantspark-sizing-data";
import { finishedRuns } from "../aws/history.ts";
import { pricedSizingData } from "../aws/prices.ts";
import { learned } from "../core/sizing/learn.ts";
import type { SizingData } from "../core/sizing/sizingData.ts";

export async function sizingDataNow(): Promise<SizingData> {
  const [data, history] = await Promise.all([pricedSizingData(sizingData), finishedRuns()]);
  return { ...data, model: learned(sizingData.model, history) };
}
