/** Pods that go over their memory limit, which here is a limit of the kernel's. */
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { inject, runOf, troublesOf } from "../drills/drill.ts";
import { client, cohort } from "../end-to-end/support.ts";
import { expectNothingOnCluster, podsOf } from "./pods.ts";

const vcf = { "chr22.vcf": gunzipSync(cohort.vcfGz) };

afterEach(() => inject({}));

test("executors over their limit: Kubernetes ends them (OOMKilled, 137), and the run is launched again with more memory", async () => {
  await inject({ tightPods: { memoryMiB: 513, jobs: 1 } });
  const id = await runOf("oom", vcf, {
    where: "aws-spot",
    budgetUsd: 50,
    trees: 300,
    batchSize: 100,
    mtryFraction: 0.1,
  });
  const endings = new Set<string>();
  const look = setInterval(async () => {
    for (const { status } of await podsOf(id, "executor").catch(() => [])) {
      const { reason, exitCode } = status?.containerStatuses?.[0]?.state?.terminated ?? {};
      if (reason) endings.add(`${reason} ${exitCode}`);
    }
  }, 300);
  try {
    const ended = await followRun(client, id, [], () => {}, 400);
    expect(ended.failure).toBeUndefined();
    expect(troublesOf(ended)).toEqual(["executor-out-of-memory", undefined]);
    const [first, second] = ended.attempts ?? [];
    expect(second?.option.configuration.executorMemoryMiB).toBeGreaterThan(
      first?.option.configuration.executorMemoryMiB ?? Number.POSITIVE_INFINITY,
    );
    expect(ended.result?.top[0]?.variant).toBe("22_16050408_T_C");
    expect([...endings]).toContain("OOMKilled 137");
  } finally {
    clearInterval(look);
  }
  await expectNothingOnCluster();
});
