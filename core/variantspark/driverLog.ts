/**
 * Reads the driver's log as it grows. VariantSpark says on stdout when the variants are loaded and when a batch of
 * trees is finished; Spark says on stderr (level INFO) which job runs and which block of the variants lies in which
 * executor's memory. The lines also name samples: nothing of that is kept.
 */
import { type ErrorReading, noError, readStderrLine, readStdoutLine } from "./engineError.ts";

const phases = ["starting", "loading", "caching", "growing-trees", "writing-results", "finished"] as const;

type EnginePhase = (typeof phases)[number];

export interface EngineProgress {
  readonly phase: EnginePhase;
  readonly treesDone: number;
  readonly treesTotal: number;
  readonly variants?: number | undefined;
  /**
   * Share of the partitions that lie in memory at this moment, 0 to 1; known from the start of the cache fill on. It
   * goes down when blocks are evicted or an executor is lost. A block that lies in two executors counts twice, up to 1.
   */
  readonly cachedFraction?: number | undefined;
  /** What cachedFraction was when the first trees began: below 1, memory is short. */
  readonly filledFraction?: number | undefined;
  /** That ever came, whether or not they were lost; absent while none has, and on `local[n]`. */
  readonly executorsRegistered?: number | undefined;
  /** So far, whether or not Spark got another one; absent while none was lost. */
  readonly executorsLost?: number | undefined;
  /** Of those, killed for want of memory (exit code 137, or the JVM's own 52). */
  readonly executorsOutOfMemory?: number | undefined;
  /** Until all variants were read and cached. */
  readonly loadSeconds?: number | undefined;
  /** Spent on growing trees, up to the last finished batch. */
  readonly treeSeconds?: number | undefined;
  /** Out-of-bag error by the number of trees, where it was asked for: at most 256 points, the last one always among them. */
  readonly oobErrors?: readonly OobError[] | undefined;
  /** "3.5.9" */
  readonly sparkVersion?: string | undefined;
  /** When whoever looks (core/run/run.ts, `progressed`) saw first that Spark was up in the driver, ISO 8601. */
  readonly sparkSeenAt?: string | undefined;
  /**
   * Why the engine gave up: the innermost cause, without stack and names of samples. See failures.ts for what it means.
   */
  readonly error?: string | undefined;
  /** What the coming lines are read against; of no use to a reader. */
  readonly cursor: LogCursor;
}

export interface OobError {
  readonly trees: number;
  /** Share of the samples, 0 to 1, that the trees grown without them get wrong. */
  readonly error: number;
}

interface LogCursor {
  /** Partitions of the variants; 0 = not known yet. */
  readonly partitions: number;
  /** Cached blocks by executor, "host:port". */
  readonly cachedBlocks: Readonly<Record<string, number>>;
  readonly errors: ErrorReading;
  /** Executor whose loss was told without a reason. */
  readonly unexplainedLoss?: string | undefined;
}

export function initialProgress(treesTotal: number): EngineProgress {
  return {
    phase: "starting",
    treesDone: 0,
    treesTotal,
    cursor: { partitions: 0, cachedBlocks: {}, errors: noError },
  };
}

/**
 * Takes the lines that were not given before, without their line breaks, of each stream in its order. How the lines are
 * spread over calls makes no difference. Cost: a few regular expressions per line.
 */
export function progressOf(
  previous: EngineProgress,
  stdoutLines: readonly string[],
  stderrLines: readonly string[],
): EngineProgress {
  const progress = stdoutLines.reduce(afterStdoutLine, previous);
  return stderrLines.reduce(afterStderrLine, progress);
}

interface Mark {
  readonly pattern: RegExp;
  readonly apply: (progress: EngineProgress, match: RegExpExecArray) => EngineProgress;
}

const stdoutMarks: readonly Mark[] = [
  { pattern: / is loading to spark RDD|^Loading parquet file/, apply: (progress) => inPhase(progress, "loading") },
  {
    pattern: /^Loaded variables: .* total: (\d+), took: ([\d.]+)$/,
    apply: (progress, [, variants, seconds]) => ({
      ...inPhase(progress, "caching"),
      variants: Number(variants),
      loadSeconds: Number(seconds),
    }),
  },
  {
    pattern: /^Training random forest with trees: (\d+)/,
    apply: (progress, [, trees]) => ({ ...inPhase(progress, "growing-trees"), treesTotal: Number(trees) }),
  },
  {
    pattern: /^Finished trees: (\d+), current oobError: ([^,]+), totalTime: ([\d.]+) s/,
    apply: (progress, [, trees, error, seconds]) => ({
      ...inPhase(progress, "growing-trees"),
      treesDone: Number(trees),
      treeSeconds: Number(seconds),
      ...withOobError(progress, { trees: Number(trees), error: Number(error) }),
    }),
  },
  { pattern: /^Random forest oob accuracy: /, apply: (progress) => inPhase(progress, "writing-results") },
];

const stderrMarks: readonly Mark[] = [
  {
    pattern: / SparkContext: Running Spark version (\S+)/,
    apply: (progress, [, sparkVersion]) => ({ ...progress, sparkVersion }),
  },
  { pattern: / Starting job: zipWithIndex at ImportanceCmd/, apply: (progress) => inPhase(progress, "loading") },
  {
    pattern: / Got job \d+ \(count at ImportanceCmd\S*\) with (\d+) output partitions/,
    apply: (progress, [, partitions]) =>
      withCursor(inPhase(progress, "caching"), { ...progress.cursor, partitions: Number(partitions) }),
  },
  {
    pattern: / BlockManagerInfo: Added rdd_\d+_\d+ in memory on (\S+) /,
    apply: (progress, [, executor = ""]) => withBlocks(progress, executor, blocksOf(progress, executor) + 1),
  },
  {
    pattern: / BlockManagerInfo: Removed rdd_\d+_\d+ on (\S+) in memory /,
    apply: (progress, [, executor = ""]) => withBlocks(progress, executor, blocksOf(progress, executor) - 1),
  },
  {
    pattern: / BlockManagerMasterEndpoint: Removing block manager BlockManagerId\([^,]+, ([^,]+), (\d+),/,
    apply: (progress, [, host, port]) => withBlocks(progress, `${host}:${port}`, 0),
  },
  {
    pattern: / Starting job: \w+ at (?:RandomForest|DecisionTree)\./,
    apply: (progress) => ({
      ...inPhase(progress, "growing-trees"),
      // stdout may have told of the phase before stderr told of the last blocks.
      filledFraction: progress.filledFraction ?? progress.cachedFraction,
    }),
  },
  {
    pattern: /DriverEndpoint: Registered executor \S+ \(\S+\) with ID /,
    apply: (progress) => ({ ...progress, executorsRegistered: (progress.executorsRegistered ?? 0) + 1 }),
  },
  {
    pattern: / TaskSchedulerImpl: Lost executor (\S+) on \S+: (.*)/,
    apply: (progress, [, executor = "", reason = ""]) => {
      const lost = { ...progress, executorsLost: (progress.executorsLost ?? 0) + 1 };
      if (reason.trim() === "") return withCursor(lost, { ...lost.cursor, unexplainedLoss: executor });
      return outOfMemory.test(reason) ? withOutOfMemory(lost) : lost;
    },
  },
  {
    // On Kubernetes the reason begins on a line of its own, and comes again with each task that the executor had.
    pattern: /^The executor with id (\S+) (exited with exit code .*)/,
    apply: (progress, [, executor, reason = ""]) => {
      const { unexplainedLoss, ...cursor } = progress.cursor;
      if (executor !== unexplainedLoss) return progress;
      const explained = withCursor(progress, cursor);
      return outOfMemory.test(reason) ? withOutOfMemory(explained) : explained;
    },
  },
  {
    // A pod that was told that it would go, and had the time to give away what it had cached.
    pattern: / TaskSchedulerImpl: Executor \S+ on \S+ is decommissioned/,
    apply: (progress) => ({ ...progress, executorsLost: (progress.executorsLost ?? 0) + 1 }),
  },
  {
    pattern: / Starting job: collectAsMap at ImportanceCmd\./,
    apply: (progress) => inPhase(progress, "writing-results"),
  },
  {
    // Spark stops its context after a failure too, and then an error was printed or a phase is missing.
    pattern: / SparkContext: Successfully stopped SparkContext/,
    apply: (progress) =>
      progress.phase === "writing-results" && progress.error === undefined ? inPhase(progress, "finished") : progress,
  },
];

function afterStdoutLine(progress: EngineProgress, line: string): EngineProgress {
  return withErrors(afterMarks(progress, line, stdoutMarks), readStdoutLine(progress.cursor.errors, line));
}

function afterStderrLine(progress: EngineProgress, line: string): EngineProgress {
  return withErrors(afterMarks(progress, line, stderrMarks), readStderrLine(progress.cursor.errors, line));
}

function afterMarks(progress: EngineProgress, line: string, marks: readonly Mark[]): EngineProgress {
  for (const { pattern, apply } of marks) {
    const match = pattern.exec(line);
    if (match) return apply(progress, match);
  }
  return progress;
}

/** Phases only go forward: the two streams arrive at different times. */
function inPhase(progress: EngineProgress, phase: EnginePhase): EngineProgress {
  return phases.indexOf(phase) > phases.indexOf(progress.phase) ? { ...progress, phase } : progress;
}

const mostOobErrors = 256;

/** NaN stands in the log when nothing was asked for. A batch of one tree would give 10,000 points: then every other goes. */
function withOobError({ oobErrors = [] }: EngineProgress, next: OobError): Pick<EngineProgress, "oobErrors"> {
  if (Number.isNaN(next.error)) return {};
  const kept = oobErrors.length < mostOobErrors ? oobErrors : oobErrors.filter((_, index) => index % 2 === 0);
  return { oobErrors: [...kept, next] };
}

/** SIGKILL, by the kernel or by -XX:OnOutOfMemoryError, and the exit code of Spark's own handler. */
const outOfMemory = /\b(?:137|52)\b|OOM/;

function withOutOfMemory(progress: EngineProgress): EngineProgress {
  return { ...progress, executorsOutOfMemory: (progress.executorsOutOfMemory ?? 0) + 1 };
}

function blocksOf(progress: EngineProgress, executor: string): number {
  return progress.cursor.cachedBlocks[executor] ?? 0;
}

function withBlocks(progress: EngineProgress, executor: string, blocks: number): EngineProgress {
  const { [executor]: _, ...others } = progress.cursor.cachedBlocks;
  const cachedBlocks = blocks > 0 ? { ...others, [executor]: blocks } : others;
  return withCursor(progress, { ...progress.cursor, cachedBlocks });
}

function withErrors(progress: EngineProgress, errors: ErrorReading): EngineProgress {
  if (errors === progress.cursor.errors) return progress;
  return { ...progress, error: errors.error, cursor: { ...progress.cursor, errors } };
}

function withCursor(progress: EngineProgress, cursor: LogCursor): EngineProgress {
  if (cursor.partitions === 0) return { ...progress, cursor };
  const cached = Object.values(cursor.cachedBlocks).reduce((sum, blocks) => sum + blocks, 0);
  return { ...progress, cursor, cachedFraction: Math.min(1, cached / cursor.partitions) };
}
