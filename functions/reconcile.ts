/**
 * Nothing paid outlives its run: ends what no live execution owns. An execution that was aborted runs no Catch, one that
 * failed may have failed in Release, and a Lambda may die between asking for nodes and hearing that they come. Called by the
 * clock, and by the end of each execution; both do the same and may overlap.
 */
import middy from "@middy/core";
import { z } from "zod";
import { environment } from "../aws/environment.ts";
import { describeExecution, interruptedSince } from "../aws/executions.ts";
import { cancelJobRun, listLiveJobRuns } from "../aws/jobRuns.ts";
import { deleteNodeGroup, listNodeGroups } from "../aws/nodeGroups.ts";
import { findRun, runsBucket, updateRun } from "../aws/runsStore.ts";
import { type Orphan, type OwningExecution, orphansOf, owningRuns, type PaidResource } from "../core/run/orphans.ts";
import { reclaimed, reclaimedNotification } from "../core/run/reclaimed.ts";
import { isFinal } from "../core/run/run.ts";
import { measure } from "./metrics.ts";
import { notify, tell } from "./notify.ts";
import { measureEnd } from "./runEnded.ts";
import { logger, logging, unexpected } from "./step.ts";

/** "Step Functions Execution Status Change", or the clock's event, which names no execution. */
const eventSchema = z.object({ detail: z.object({ name: z.string().optional() }).optional() });

/** Records of executions that ended so long ago have been closed by an earlier call. */
const recentSeconds = 3600;

type Executions = Map<string, OwningExecution | undefined>;

export const handler = middy()
  .use(logging())
  .handler(async (event: unknown): Promise<{ reclaimed: number }> => {
    const now = new Date();
    const ended = eventSchema.parse(event).detail?.name;
    const reconciler = { pipeline: runsBucket(), graceSeconds: Number(environment("RECONCILE_GRACE_SECONDS")) };
    const attempts = new Attempts();
    // The resources come first: see core/run/orphans.ts.
    const paid = [
      ...((await attempts.of("list job runs", listLiveJobRuns)) ?? []),
      ...((await attempts.of("list node groups", listNodeGroups)) ?? []),
    ];
    const executions = await executionsOf(owningRuns(paid, reconciler), attempts);
    const orphans = orphansOf(paid, executions, reconciler, now);
    const given: Orphan[] = [];
    for (const orphan of orphans)
      if (await attempts.of("end what no execution owns", () => end(orphan), orphan.runId)) given.push(orphan);
    for (const runId of await runsToClose(given, ended, now, attempts))
      await attempts.of("record it", () => close(runId, given, executions, now), runId);
    attempts.throwIfAnyFailed();
    return { reclaimed: given.length };
  });

/** One failure, for example throttling, does not keep the others from being tried; the next call tries again. */
class Attempts {
  readonly #errors: unknown[] = [];

  async of<T>(what: string, work: () => Promise<T>, runId?: string): Promise<T | undefined> {
    logger.appendKeys({ runId });
    try {
      return await work();
    } catch (error) {
      unexpected(`reconciler could not ${what}`, error, runId);
      this.#errors.push(error);
      return undefined;
    }
  }

  throwIfAnyFailed(): void {
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, "not everything could be reconciled");
  }
}

/** Runs whose execution could not be asked for are left out, and with them what they own. */
async function executionsOf(runIds: readonly string[], attempts: Attempts): Promise<Executions> {
  const executions: Executions = new Map();
  for (const runId of runIds)
    await attempts.of(
      "describe its execution",
      async () => executions.set(runId, await describeExecution(runId)),
      runId,
    );
  return executions;
}

async function end({ resource, runId, because }: Orphan): Promise<true> {
  await endings[resource.kind](resource.id);
  logger.warn("ended what no execution owns", { kind: resource.kind, id: resource.id, because });
  measure(resource.state === "stuck" ? "StuckNodeGroups" : "OrphansEnded", 1, { runId });
  return true;
}

const endings: Readonly<Record<PaidResource["kind"], (id: string) => Promise<void>>> = {
  "job-run": cancelJobRun,
  "node-group": deleteNodeGroup,
};

/** Also runs that held nothing: their records stopped in the middle all the same. */
async function runsToClose(
  given: readonly Orphan[],
  ended: string | undefined,
  now: Date,
  attempts: Attempts,
): Promise<Set<string>> {
  const since = new Date(now.getTime() - recentSeconds * 1000);
  const recent = (await attempts.of("list executions", () => interruptedSince(since))) ?? [];
  return new Set([...given.map(({ runId }) => runId), ...(ended ? [ended] : []), ...recent.map(({ id }) => id)]);
}

async function close(runId: string, given: readonly Orphan[], executions: Executions, now: Date): Promise<void> {
  const orphans = given.filter((orphan) => orphan.runId === runId);
  const before = await findRun(runId);
  if (before === undefined) {
    if (orphans.length > 0) await tell(reclaimedNotification(runId, orphans));
    return;
  }
  if (isFinal(before.state) && orphans.length === 0) return;
  const execution = executions.get(runId) ?? (await describeExecution(runId));
  const after = await updateRun(runId, (run) => reclaimed(run, orphans, execution, now));
  if (after.state !== before.state) {
    measureEnd(after);
    await notify(after);
  }
  if (after.failure?.code !== before.failure?.code && after.failure?.code === "nodes-not-released")
    await tell(reclaimedNotification(runId, orphans));
}
