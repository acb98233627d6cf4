/** The sizing data of the layer with today's prices, with what finished runs have taught, and with the own cluster that the stack was told of. */
import sizingData from "variantspark-sizing-data";
import { environment } from "../aws/environment.ts";
import { finishedRuns } from "../aws/history.ts";
import { pricedSizingData } from "../aws/prices.ts";
import { learned } from "../core/sizing/learn.ts";
import type { OwnCluster, SizingData } from "../core/sizing/sizingData.ts";
import { ownClusterSchema } from "./schemas.ts";

export async function sizingDataNow(): Promise<SizingData> {
  const [data, history] = await Promise.all([pricedSizingData(sizingData), finishedRuns()]);
  const ownCluster = ownClusterTold();
  return { ...data, model: learned(sizingData.model, history), ...(ownCluster && { ownCluster }) };
}

/** @throws ZodError when the parameter is none that `npm run local` would give */
function ownClusterTold(): OwnCluster | undefined {
  const told = environment("OWN_CLUSTER");
  return told === "none" ? undefined : ownClusterSchema.parse(JSON.parse(told));
}
