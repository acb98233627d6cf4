/** Recorded requests against botocore's service models (check.py). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { RecordedRequest } from "./recorder.ts";

export interface Verdict {
  /** How many requests of each "service.Operation". */
  readonly operations: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** @param python of an environment that has botocore */
export async function checkRequests(python: string, requests: readonly RecordedRequest[]): Promise<Verdict> {
  const child = spawn(python, ["-I", join(import.meta.dirname, "check.py")], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close");
  child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`check.py ended with ${code}: ${errors.trim().split("\n").slice(-10).join("\n")}`);
  return JSON.parse(answer) as Verdict;
}
