/** The driver's output in CloudWatch Logs, read from where the last look stopped. */
import { CloudWatchLogsClient, GetLogEventsCommand, paginateDescribeLogStreams } from "@aws-sdk/client-cloudwatch-logs";
import { environment } from "./environment.ts";

const logs = new CloudWatchLogsClient({});

export interface DriverOutput {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Position per stream, to hand in at the next look. */
  readonly position: Readonly<Record<string, string>>;
}

/** At most this many pages of up to 10,000 events per stream and look; the rest waits for the next look. */
const pagesPerLook = 10;

/**
 * New lines of the driver since `position`. Stream names are EMR on EKS's:
 * `<prefix>/<virtual cluster>/jobs/<job run>/containers/<application>/<driver pod>/(stdout|stderr)`.
 */
export async function readDriverOutput(
  runId: string,
  jobRunId: string,
  position: Readonly<Record<string, string>>,
): Promise<DriverOutput> {
  const next: Record<string, string> = { ...position };
  const output: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  for (const stream of await driverStreams(
    `${runId}/${environment("VIRTUAL_CLUSTER_ID")}/jobs/${jobRunId}/containers/`,
  )) {
    const kind = stream.endsWith("/stdout") ? "stdout" : "stderr";
    for (let page = 0; page < pagesPerLook; page++) {
      const answer = await logs.send(
        new GetLogEventsCommand({
          logGroupName: environment("JOB_LOG_GROUP"),
          logStreamName: stream,
          startFromHead: true,
          nextToken: next[stream],
        }),
      );
      output[kind].push(...(answer.events ?? []).map((event) => event.message ?? ""));
      const ended = answer.nextForwardToken === undefined || answer.nextForwardToken === next[stream];
      if (answer.nextForwardToken !== undefined) next[stream] = answer.nextForwardToken;
      if (ended) break;
    }
  }
  return { ...output, position: next };
}

/** One request per 50 streams: each executor has two, and theirs come first. */
async function driverStreams(prefix: string): Promise<string[]> {
  const request = { logGroupName: environment("JOB_LOG_GROUP"), logStreamNamePrefix: prefix };
  const names: string[] = [];
  try {
    for await (const { logStreams = [] } of paginateDescribeLogStreams({ client: logs }, request))
      names.push(...logStreams.map(({ logStreamName = "" }) => logStreamName));
    return names.filter((name) => /driver\/std(out|err)$/.test(name));
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
}
