/** What the drills do besides what the end-to-end tests do: faults, processes that are ended, and what must not be left. */
import { execFileSync } from "node:child_process";
import { kill } from "node:process";
import { expect } from "vitest";
import { nodeGroupPrefix } from "../../core/run/names.ts";
import type { RunView } from "../../core/run/runView.ts";
import type { Faults } from "../../local/emrContainers/faults.ts";
import { runOfStudy } from "../../local/followRun.ts";
import {
  analysis,
  client,
  cloud,
  cohort,
  executionOf,
  jobRunsOn,
  newStudy,
  nodeGroups,
  processesWith,
  uploadStudy,
} from "../end-to-end/support.ts";

const faultsUrl = `${cloud.emrContainersEndpoint}/local/faults`;

/** Replaces all faults. */
export async function inject(faults: Faults): Promise<void> {
  const { status } = await fetch(faultsUrl, { method: "PUT", body: JSON.stringify(faults) });
  expect(status).toBe(200);
}

/** Those that have not happened yet. */
export async function faultsLeft(): Promise<Faults> {
  return (await fetch(faultsUrl)).json() as Promise<Faults>;
}

/** A run of the cohort's labels, past Settle. */
export async function runOf(
  name: string,
  vcfFile: Readonly<Record<string, Uint8Array>>,
  parameters: object,
): Promise<string> {
  const study = newStudy(name.toLowerCase()); // as run ids are
  await uploadStudy(study, { ...vcfFile, "labels.csv": cohort.labels, "analysis.json": analysis({ ...parameters }) });
  return runOfStudy(client, study, 30);
}

export function troublesOf({ attempts = [] }: RunView): (string | undefined)[] {
  return attempts.map(({ trouble }) => trouble?.kind);
}

export async function untilTreesGrow(id: string): Promise<void> {
  await expect
    .poll(async () => (await client.getRun(id)).body.progress?.treesDone ?? 0, { timeout: 120_000, interval: 200 })
    .toBeGreaterThan(0);
}

/** Pids of the workers of a job run, which stand for its nodes, by the job run's folder. */
export function workersOf(jobRunId: string): number[] {
  return processesWith("org.apache.spark.deploy.worker.Worker", jobRunId);
}

/** Pids of the executors on a worker. */
export function executorsOn(worker: number): number[] {
  const parentOf = (pid: number) => {
    try {
      return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
    } catch {
      return 0; // it has ended since it was listed
    }
  };
  return processesWith("CoarseGrainedExecutorBackend").filter((pid) => parentOf(pid) === worker);
}

/** Ends a node as AWS does: the worker and all executors on it at once. */
export function takeBack(worker: number): void {
  kill(-worker, "SIGKILL");
}

/** Ids and states of the job runs of a run that have not ended. */
async function liveJobs(runId: string): Promise<string[]> {
  const jobs = await jobRunsOn(runId);
  return jobs.flatMap(({ id, state, finishedAt }) => (finishedAt === undefined ? [`${id} ${state}`] : []));
}

/** Cancels the run as its researcher does, and holds that nothing of it is left, nor comes afterwards. */
export async function cancelAndLookWhatIsLeft(id: string): Promise<void> {
  expect((await client.cancel(id)).status).toBeLessThan(300);
  await expect.poll(async () => (await client.cancel(id)).body.released, { timeout: 60_000 }).toBe(true);
  expect((await client.getRun(id)).body).toMatchObject({ state: "Cancelled", failure: { code: "cancelled" } });
  expect((await executionOf(id)).status).toBe("ABORTED");
  await expectNothingLeft(id);
  // What a Lambda had under way when its run was cancelled shows within seconds.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await expectNothingLeft(id);
  expect((await client.getRun(id)).body.state).toBe("Cancelled");
}

export async function expectNothingLeft(id: string): Promise<void> {
  await expect
    .poll(nodeGroups, { timeout: 20_000 })
    .not.toContainEqual(expect.stringContaining(`${nodeGroupPrefix}${id}`));
  await expect.poll(() => liveJobs(id), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => processesWith("spark", id), { timeout: 20_000 }).toEqual([]);
}
