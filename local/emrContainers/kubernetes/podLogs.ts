/**
 * Follows what a container says, over the API server, from its first line to its end. A connection that breaks is made again where
 * it broke. The image marks each line with the stream that it was written to, "o " or "e " (infra/kubernetes/image/marked-streams), because
 * the API gives both streams as one; a line without a mark is taken for standard error.
 */
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { DriverStream } from "../driver.ts";
import type { Cluster } from "./cluster.ts";

export interface FollowedContainer {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly onLine: (stream: DriverStream, line: string, at: number) => void;
  /** Ends it before the container does. */
  readonly signal: AbortSignal;
}

const RECONNECT_MS = 1_000;
/** Of an answer that says that there is nothing (yet): 204 of a pod without a node, 400 of a container that has not begun. */
const NOT_YET = new Set([204, 400, 404, 500, 503]);

/** Resolves when the container has ended and all was heard, when its pod is gone, or on abort. Rejects when it may not be read. */
export async function followLogs(
  followed: FollowedContainer,
  isOver: () => Promise<"running" | "ended" | "gone">,
): Promise<void> {
  let last = "";
  while (!followed.signal.aborted) {
    // Looked up before reading: what an ended container said is then read to its end.
    const state = await isOver();
    if (state === "gone") return;
    const heard = last; // of the connection before; the API goes back to the whole second
    const status = await readOnce(followed, heard, (timestamp, text) => {
      const moment = nanoseconds(timestamp);
      if (moment <= heard) return;
      last = moment;
      const { stream, line } = markedLine(text);
      followed.onLine(stream, line, Date.parse(timestamp));
    });
    if (status === 200 && state === "ended") return;
    if (status === 404 && state === "ended") return;
    if (status !== 200 && status !== undefined && !NOT_YET.has(status))
      throw new Error(`The log of ${followed.pod} cannot be read: ${status}.`);
    await sleep(RECONNECT_MS, undefined, { signal: followed.signal }).catch(() => undefined);
  }
}

/** "…:01.5Z" as "…:01.500000000Z", so that they sort. */
function nanoseconds(timestamp: string): string {
  const [second = "", fraction = ""] = timestamp.replace(/Z$/, "").split(".");
  return `${second}.${fraction.padEnd(9, "0")}Z`;
}

export function markedLine(text: string): { stream: DriverStream; line: string } {
  if (text.startsWith("o ")) return { stream: "stdout", line: text.slice(2) };
  return { stream: "stderr", line: text.startsWith("e ") ? text.slice(2) : text };
}

/** HTTP status, once the answer has ended; undefined if the connection broke before there was one. */
async function readOnce(
  { cluster, namespace, pod, container, signal }: FollowedContainer,
  since: string,
  hear: (timestamp: string, text: string) => void,
): Promise<number | undefined> {
  const query = new URLSearchParams({ container, follow: "true", timestamps: "true" });
  if (since) query.set("sinceTime", since);
  const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`, cluster.server);
  const options: https.RequestOptions = { signal };
  await cluster.config.applyToHTTPSOptions(options);
  return new Promise((resolve) => {
    const { get } = url.protocol === "https:" ? https : http;
    const request = get(url, options, (answer) => {
      if (answer.statusCode !== 200) {
        answer.resume().on("close", () => resolve(answer.statusCode));
        return;
      }
      createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })
        .on("error", () => resolve(200)) // a connection that broke is an end of the lines
        .on("line", (line) => {
          const blank = line.indexOf(" ");
          if (blank > 0) hear(line.slice(0, blank), line.slice(blank + 1));
        })
        .on("close", () => resolve(200));
    });
    request.on("error", () => resolve(undefined));
  });
}
