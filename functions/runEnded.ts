/** What a run leaves for the dashboard and its alarms as it ends: what it cost, and why it failed. */
import sizingData from "variantspark-sizing-data";
import { actualUsd } from "../core/report/actualCost.ts";
import type { Run } from "../core/run/run.ts";
import { measure } from "./metrics.ts";

export function measureEnd(run: Run): void {
  const { id: runId, result, failure } = run;
  // The report rests on the day's prices, the rest on the layer's.
  const usd = result?.costUsd.actual ?? actualUsd(run, sizingData, new Date());
  if (usd !== undefined) measure("RunCostUsd", usd, { runId });
  if (failure) measure("FailedRuns", 1, { runId, code: failure.code });
}
