/** Spark's event log of a run's job, which Spark writes beside the run and closes when the job ends. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type EngineLog, readEventLog } from "../core/variantspark/eventLog.ts";
import { listStudy, readStream } from "./objects.ts";
import { runKeys, runsBucket } from "./runsStore.ts";

/** A log beyond this size takes a Lambda too long; it is of a run of very many tasks. */
const mostBytes = 2 ** 30;

/** Of the attempt that came to the result. undefined for a run without one, for one that was not closed, and for one that is too large. */
export async function engineLogOf(runId: string, attempt = 1): Promise<EngineLog | undefined> {
  const logs = await listStudy({ bucket: runsBucket(), prefix: runKeys.eventLogFolder(runId, attempt) });
  const log = logs.filter(({ key }) => !key.endsWith(".keep") && !key.endsWith(".inprogress")).at(-1);
  if (log === undefined || log.size > mostBytes) return undefined;
  const bytes = await readStream(runsBucket(), log.key);
  return readEventLog(createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY }));
}
