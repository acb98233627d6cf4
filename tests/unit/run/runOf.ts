/** A run in the middle of its life, for tests to vary: inspected, estimated, asked. */
import type { Run, RunState } from "../../../core/run/run.ts";
import type { Configuration, Estimate, Option, Where } from "../../../core/sizing/estimate.ts";

export const askedAt = new Date("2026-01-02T03:04:05.000Z");

export const awsConfiguration: Configuration = {
  instanceTypes: ["r6a.xlarge", "r6i.xlarge"],
  nodes: 2,
  executorsPerNode: 1,
  coresPerExecutor: 3,
  executorMemoryMiB: 26_000,
  executorOverheadMiB: 2_600,
  driverCores: 1,
  driverMemoryMiB: 4_096,
  driverOverheadMiB: 512,
  partitions: 12,
  partitionBytes: 32 * 2 ** 20,
  batchSize: 100,
};

export function optionOf(where: Where, parts: Partial<Option> = {}): Option {
  return {
    where,
    prepare: false,
    prepareSeconds: { low: 0, expected: 0, high: 0 },
    runSeconds: { low: 120, expected: 200, high: 400 },
    costUsd: where === "local" ? { low: 0, expected: 0, high: 0 } : { low: 0.1, expected: 0.2, high: 0.4 },
    costParts: {},
    phases: { start: 100, load: 50, trees: 40, finish: 10 },
    configuration: awsConfiguration,
    ...parts,
  };
}

export function runOf(parts: Partial<Run> = {}): Run {
  return {
    id: "cohort-0123456789ab",
    study: { bucket: "inbox", prefix: "cohort/" },
    digest: "0".repeat(64),
    state: "Ask",
    history: historyOf([["Ask", 0]]),
    findings: [],
    analysis: { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13 },
    inspection: {
      vcfs: [vcfOf("cohort/chr22.vcf.gz")],
      samples: 2504,
      variants: { estimate: 17_010, exact: true },
      reads: 3,
      bytesRead: 1_000,
    },
    estimate: estimateOf([
      optionOf("aws-spot"),
      optionOf("aws-on-demand", { refusal: "There is no quota for it." }),
      optionOf("local"),
    ]),
    ...parts,
  };
}

export function estimateOf(options: readonly Option[]): Estimate {
  return { options, curve: [], message: "", cachedBytes: 1, basis: "" };
}

/** Answered with the one option that it has. */
export function runOn(where: Where): Run {
  return runOf({
    choice: { where, prepare: false, at: askedAt.toISOString(), by: "researcher", approvedUsd: 1 },
    estimate: estimateOf([optionOf(where)]),
  });
}

/** State entries so many seconds after the run asked. */
export function historyOf(entries: readonly (readonly [RunState, number])[]): Run["history"] {
  return entries.map(([state, seconds]) => ({ state, at: later(seconds).toISOString() }));
}

export function later(seconds: number): Date {
  return new Date(askedAt.getTime() + seconds * 1000);
}

export function vcfOf(key: string): NonNullable<Run["inspection"]>["vcfs"][number] {
  return {
    file: key.slice("cohort/".length),
    key,
    etag: "e",
    compressedBytes: 1_000_000,
    compression: "gzip",
    engineReadable: true,
    fileFormat: "VCFv4.2",
    sampleCount: 2504,
    headerLines: 30,
    records: { estimate: 17_010, exact: true },
    uncompressedBytes: 170_000_000,
  };
}
