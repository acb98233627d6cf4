/**
 * What the alarms and the dashboard (infra/operations.yml) look at: lines of a function's log of which CloudWatch makes metrics
 * (Embedded Metric Format). Each value of a dimension is a metric of its own that is paid for, so the run is a property of
 * the line and no dimension.
 */
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** By metric, the dimensions that it has beside `service`, which is the pipeline and its stage (POWERTOOLS_SERVICE_NAME). */
export const metricDimensions = {
  /** US dollars, of each run as it ends. */
  RunCostUsd: [],
  FailedRuns: ["code"],
  Troubles: ["trouble"],
  OrphansEnded: [],
  StuckNodeGroups: [],
  UnexpectedErrors: [],
} as const satisfies Record<string, readonly string[]>;

type Metric = keyof typeof metricDimensions;
type Dimensions<Name extends Metric> = Readonly<Record<(typeof metricDimensions)[Name][number], string>>;

const metrics = new Metrics({ namespace: "VariantSparkPipeline" });

export function measure<Name extends Metric>(
  name: Name,
  value: number,
  { runId, ...dimensions }: Dimensions<Name> & { readonly runId?: string },
): void {
  // It is written as its metric is added, so that comes last.
  const metric = metrics.singleMetric();
  for (const [dimension, its] of Object.entries<string>(dimensions)) metric.addDimension(dimension, its);
  if (runId !== undefined) metric.addMetadata("runId", runId);
  metric.addMetric(name, name === "RunCostUsd" ? MetricUnit.NoUnit : MetricUnit.Count, value);
}
