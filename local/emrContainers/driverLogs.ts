/**
 * Ships a container's lines to CloudWatch Logs under EMR on EKS's stream names while it runs. Batches keep within
 * PutLogEvents' limits: 10,000 events, 1 MiB counting 26 bytes per event, 256 KiB per event, in order of time.
 */
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { DriverStream } from "./driver.ts";
import type { JobRun } from "./records.ts";

export interface ContainerLogs {
  /** @param at when it was said, milliseconds since 1970; now, unless given */
  add(stream: DriverStream, line: string, at?: number): void;
  /** Sends the rest and ends shipping; tries for some seconds if CloudWatch Logs does not answer, then gives up. */
  close(): Promise<void>;
}

const SHIP_EVERY_MS = 1_000;
const CLOSING_TRIES = 3;
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
const BYTES_BESIDE_MESSAGE = 26;
const LONGEST_MESSAGE_BYTES = 262_144 - BYTES_BESIDE_MESSAGE;

/** `<prefix>/<virtual cluster>/jobs/<job run>/containers/<application>/<pod>` */
function logPath({ id, virtualClusterId, configurationOverrides }: JobRun, pod: string): string {
  const prefix =
    configurationOverrides?.monitoringConfiguration?.cloudWatchMonitoringConfiguration?.logStreamNamePrefix;
  const path = `${virtualClusterId}/jobs/${id}/containers/spark-${id}/${pod}`;
  return prefix === undefined ? path : `${prefix}/${path}`;
}

export function shipDriverLogs(run: JobRun, logs: CloudWatchLogsClient): ContainerLogs {
  return shipLogs(run, `spark-${run.id}-driver`, logs);
}

/** Starts shipping if the request asks for it. The log group is made if it is not there. */
export function shipLogs(run: JobRun, pod: string, logs: CloudWatchLogsClient): ContainerLogs {
  const group = run.configurationOverrides?.monitoringConfiguration?.cloudWatchMonitoringConfiguration?.logGroupName;
  if (group === undefined) return { add: () => undefined, close: async () => undefined };
  const path = logPath(run, pod);
  const waiting: Record<DriverStream, InputLogEvent[]> = { stdout: [], stderr: [] };
  let made = false;
  const ship = async () => {
    if (!made) await makeStreams(logs, group, [`${path}/stdout`, `${path}/stderr`]);
    made = true;
    for (const stream of ["stdout", "stderr"] as const) {
      while (waiting[stream].length > 0) {
        const batch = nextBatch(waiting[stream]);
        const to = { logGroupName: group, logStreamName: `${path}/${stream}` };
        await logs.send(new PutLogEventsCommand({ ...to, logEvents: batch }));
        waiting[stream].splice(0, batch.length);
      }
    }
  };
  let shipping: Promise<void> = ship().catch(() => undefined); // what could not be sent stays and is sent later
  const timer = setInterval(() => {
    shipping = shipping.then(ship).catch(() => undefined);
  }, SHIP_EVERY_MS);
  return {
    add: (stream, line, at = Date.now()) => {
      for (const message of messagesOf(line)) waiting[stream].push({ timestamp: at, message });
    },
    close: async () => {
      clearInterval(timer);
      await shipping;
      for (let attempt = 1; attempt <= CLOSING_TRIES; attempt += 1) {
        const done = await ship().then(
          () => true,
          () => false,
        );
        if (done) return;
      }
    },
  };
}

/** The longest start of the events that one PutLogEvents may carry. */
export function nextBatch(events: readonly InputLogEvent[]): InputLogEvent[] {
  let bytes = 0;
  let count = 0;
  for (const { message = "" } of events.slice(0, MOST_EVENTS)) {
    bytes += Buffer.byteLength(message) + BYTES_BESIDE_MESSAGE;
    if (bytes > MOST_BYTES) break;
    count += 1;
  }
  return events.slice(0, count);
}

/** An event cannot be empty, and a line longer than an event becomes several. */
export function messagesOf(line: string): string[] {
  if (line.length * 3 <= LONGEST_MESSAGE_BYTES) return line === "" ? [] : [line];
  const characters = Math.floor(LONGEST_MESSAGE_BYTES / 3); // UTF-8 takes at most 3 bytes per UTF-16 unit
  const messages: string[] = [];
  for (let at = 0; at < line.length; at += characters) messages.push(line.slice(at, at + characters));
  return messages;
}

async function makeStreams(logs: CloudWatchLogsClient, logGroupName: string, names: readonly string[]): Promise<void> {
  await unlessThere(logs.send(new CreateLogGroupCommand({ logGroupName })));
  for (const logStreamName of names)
    await unlessThere(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })));
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
}
