/** Counts of what inspection of a suite's files showed, and each file that it should not have shown. */
import type { Outcome } from "./inspectAll.ts";
import { type Expected, expectedOf, type Verdict, verdictOf } from "./verdict.ts";

export interface Report {
  readonly files: Readonly<Record<Expected, number>>;
  readonly verdicts: Readonly<Record<Expected, Partial<Record<Verdict["kind"], number>>>>;
  /** Why files are outside what is used, with their number. */
  readonly outside: ReadonlyMap<string, number>;
  /** A line for each crash, hang, file over the budget, invalid file missed and valid file refused. */
  readonly failures: readonly string[];
  /** Files that are refused although nothing calls them invalid: not counted as failures. */
  readonly refusedUnlabelled: readonly string[];
  readonly maxReads: number;
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

const MOST_READS = 24;
const MOST_BYTES = 16 * 2 ** 20;

export async function reportOf(
  outcomes: AsyncIterable<{ readonly path: string; readonly outcome: Outcome }>,
): Promise<Report> {
  const files = { valid: 0, invalid: 0, unlabelled: 0 };
  const verdicts: Record<Expected, Partial<Record<Verdict["kind"], number>>> = {
    valid: {},
    invalid: {},
    unlabelled: {},
  };
  const outside = new Map<string, number>();
  const failures: string[] = [];
  const refusedUnlabelled: string[] = [];
  const most = { maxReads: 0, maxBytes: 0, maxSeconds: 0 };
  for await (const { path, outcome } of outcomes) {
    const expected = expectedOf(path);
    files[expected] += 1;
    if (outcome.kind !== "inspected") {
      failures.push(`${path}: ${outcome.kind === "hung" ? "hung" : `crashed: ${outcome.message}`}`);
      continue;
    }
    const { reads, bytesRead, seconds, findings } = outcome;
    most.maxReads = Math.max(most.maxReads, reads);
    most.maxBytes = Math.max(most.maxBytes, bytesRead);
    most.maxSeconds = Math.max(most.maxSeconds, seconds);
    if (reads > MOST_READS || bytesRead > MOST_BYTES) failures.push(`${path}: ${reads} reads of ${bytesRead} bytes`);
    const verdict = verdictOf(path, findings);
    verdicts[expected][verdict.kind] = (verdicts[expected][verdict.kind] ?? 0) + 1;
    if (verdict.kind === "outside") {
      const { reason } = verdict;
      outside.set(reason, (outside.get(reason) ?? 0) + 1);
    }
    if (verdict.kind !== "missed" && verdict.kind !== "refused") continue;
    const line = `${path}: ${verdict.kind}, findings ${verdict.codes.join(", ") || "none"}`;
    (expected === "unlabelled" ? refusedUnlabelled : failures).push(line);
  }
  return { files, verdicts, outside, failures, refusedUnlabelled, ...most };
}

export function reportLines(folder: string, report: Report): string[] {
  const { files, verdicts, outside, failures, refusedUnlabelled, maxReads, maxBytes, maxSeconds } = report;
  const counts = (Object.keys(files) as Expected[])
    .filter((expected) => files[expected] > 0)
    .map((expected) => {
      const kinds = Object.entries(verdicts[expected]).map(([kind, count]) => `${count} ${kind}`);
      return `  ${files[expected]} ${expected}: ${kinds.join(", ")}`;
    });
  return [
    folder,
    ...counts,
    `  at most ${maxReads} reads, ${maxBytes} bytes, ${maxSeconds.toFixed(2)} s`,
    ...[...outside].map(([reason, count]) => `  ${count} outside: ${reason}`),
    ...refusedUnlabelled.map((line) => `  unlabelled ${line}`),
    ...failures.map((line) => `  FAILED ${line}`),
  ];
}
