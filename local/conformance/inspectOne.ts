/** A worker that inspects the file whose path it is sent, as the pipeline would if it were uploaded, and sends what that gave. */
import { basename } from "node:path";
import { parentPort } from "node:worker_threads";
import type { Finding } from "../../core/findings/finding.ts";
import { inspectFiles } from "../inspect/inspectFiles.ts";

export interface Inspected {
  readonly findings: readonly Finding[];
  readonly reads: number;
  readonly bytesRead: number;
}

parentPort?.on("message", async (path: string) => {
  const { inspection } = await inspectFiles({ paths: [path], json: false });
  const { findings, reads, bytesRead } = inspection;
  const ofFile = findings.filter(({ file }) => file === basename(path));
  parentPort?.postMessage({ findings: ofFile, reads, bytesRead } satisfies Inspected);
});
