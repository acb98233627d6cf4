/**
 * What a finished run's Spark event log tells: how long each phase took, how often the engine went over the data, and
 * how much of the data lay in memory. The log is JSON, one event a line; the events are those of Spark's JsonProtocol 3.5. Each line is
 * looked at once: memory grows with the number of partitions, not with the log's length (8 KB per task, two rounds of
 * tasks per level of a batch).
 */
import type { PhaseSeconds } from "../sizing/estimate.ts";

export interface EngineLog {
  /** `start` counts from the start of Spark's context: nodes, pods and the JVM come before it. */
  readonly phases: PhaseSeconds;
  /** Milliseconds since 1970: Spark's context starts, and ends. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Levels of all batches: each is one pass that finds splits and one that splits. */
  readonly levels: number;
  /** Of the genotypes. */
  readonly partitions: number;
  /** In memory when the load ended, in all executors. */
  readonly cachedBytes: number;
  /** Of the partitions, 0 to 1: the least that lay in memory between the load's end and the last pass. */
  readonly cachedFraction: number;
  /** What Spark lets all executors cache. */
  readonly cacheCapacityBytes: number;
  /** Of the tasks, over all executors. */
  readonly cpuSeconds: { readonly load: number; readonly trees: number };
  readonly gcSeconds: number;
  readonly spilledBytes: number;
  /** Largest heap of an executor; absent unless Spark was told to log it (spark.eventLog.logStageExecutorMetrics). */
  readonly peakHeapBytes?: number;
}

/** @returns undefined when the log is not one of a run that went through all phases. @throws SyntaxError on a line that is no JSON */
export async function readEventLog(lines: AsyncIterable<string> | Iterable<string>): Promise<EngineLog | undefined> {
  const reading = new Reading();
  for await (const line of lines) {
    const name = /^\{"Event":"SparkListener(\w+)"/.exec(line)?.[1];
    if (name !== undefined && isRead(name)) reading.read(name, JSON.parse(line));
  }
  return reading.result();
}

type Read = (typeof readEvents)[number];

const readEvents = [
  "ApplicationStart",
  "ApplicationEnd",
  "JobStart",
  "JobEnd",
  "TaskEnd",
  "BlockManagerAdded",
  "BlockManagerRemoved",
  "BlockUpdated",
] as const;

function isRead(name: string): name is Read {
  return readEvents.some((known) => known === name);
}

/** The members that are read, of all events; each event has some of them. */
interface SparkEvent {
  readonly Timestamp: number;
  readonly "Job ID": number;
  readonly "Stage ID": number;
  readonly "Submission Time": number;
  readonly "Completion Time": number;
  readonly "Stage Infos": readonly StageInfo[];
  readonly "Block Manager ID": { readonly "Executor ID": string };
  readonly "Maximum Memory": number;
  readonly "Block Updated Info": {
    readonly "Block Manager ID": { readonly "Executor ID": string };
    readonly "Block ID": string;
    readonly "Memory Size": number;
    readonly "Storage Level": { readonly "Use Memory": boolean };
  };
  readonly "Task Metrics"?: {
    readonly "Executor CPU Time": number;
    readonly "JVM GC Time": number;
    readonly "Memory Bytes Spilled": number;
  };
  readonly "Task Executor Metrics"?: { readonly JVMHeapMemory: number };
}

interface StageInfo {
  readonly "Stage ID": number;
  readonly "Stage Name": string;
  readonly "Number of Tasks": number;
}

class Reading {
  #startedAt: number | undefined;
  #loadBegunAt: number | undefined;
  #countJob: number | undefined;
  #loadedAt: number | undefined;
  #treesBegunAt: number | undefined;
  #treesEndedAt: number | undefined;
  #endedAt: number | undefined;
  #levels = 0;
  #partitions = 0;
  #cachedBytes = 0;
  #cachedFraction = 1;
  #gcSeconds = 0;
  #spilledBytes = 0;
  #peakHeapBytes = 0;
  readonly #treeStages = new Set<number>();
  readonly #cpuSeconds = { load: 0, trees: 0 };
  /** Bytes that each executor may cache. */
  readonly #capacities = new Map<string, number>();
  /** Bytes by executor, of each block that lies in memory. */
  readonly #blocks = new Map<string, Map<string, number>>();

  read(name: Read, event: SparkEvent): void {
    switch (name) {
      case "ApplicationStart":
        this.#startedAt = event.Timestamp;
        break;
      case "ApplicationEnd":
        this.#endedAt = event.Timestamp;
        break;
      case "JobStart":
        this.#jobStart(event);
        break;
      case "JobEnd":
        if (event["Job ID"] === this.#countJob) this.#loaded(event["Completion Time"]);
        break;
      case "TaskEnd":
        this.#taskEnd(event);
        break;
      case "BlockManagerAdded":
        this.#capacities.set(event["Block Manager ID"]["Executor ID"], event["Maximum Memory"]);
        break;
      case "BlockManagerRemoved":
        this.#removeExecutor(event["Block Manager ID"]["Executor ID"]);
        break;
      case "BlockUpdated":
        this.#blockUpdated(event["Block Updated Info"]);
        break;
    }
  }

  /** A job is named after its last stage. */
  #jobStart(event: SparkEvent): void {
    const at = event["Submission Time"];
    const stage = event["Stage Infos"].toSorted((a, b) => b["Stage ID"] - a["Stage ID"])[0];
    const name = stage?.["Stage Name"] ?? "";
    this.#loadBegunAt ??= at;
    if (name.startsWith("count at ImportanceCmd")) {
      this.#countJob = event["Job ID"];
      this.#partitions = stage?.["Number of Tasks"] ?? 0;
    }
    if (/ at (RandomForest|DecisionTree)\./.test(name)) {
      this.#treesBegunAt ??= at;
      for (const info of event["Stage Infos"]) this.#treeStages.add(info["Stage ID"]);
    }
    if (name.startsWith("fold at DecisionTree")) this.#levels += 1;
    if (name.startsWith("collectAsMap at ImportanceCmd")) this.#treesEndedAt = at;
  }

  #loaded(at: number): void {
    this.#loadedAt = at;
    this.#cachedBytes = [...this.#blocks.values()].flatMap((holders) => [...holders.values()]).reduce(add, 0);
    this.#lookAtCache();
  }

  #taskEnd(event: SparkEvent): void {
    const metrics = event["Task Metrics"];
    if (metrics === undefined) return;
    const phase = this.#treeStages.has(event["Stage ID"]) ? "trees" : "load";
    if (this.#treesEndedAt === undefined) this.#cpuSeconds[phase] += metrics["Executor CPU Time"] / 1e9;
    this.#gcSeconds += metrics["JVM GC Time"] / 1e3;
    this.#spilledBytes += metrics["Memory Bytes Spilled"];
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, event["Task Executor Metrics"]?.JVMHeapMemory ?? 0);
  }

  #blockUpdated(info: SparkEvent["Block Updated Info"]): void {
    const block = info["Block ID"];
    // Only the genotypes are cached; the other blocks are broadcasts.
    if (!block.startsWith("rdd_")) return;
    const holders = this.#blocks.get(block) ?? new Map<string, number>();
    const executor = info["Block Manager ID"]["Executor ID"];
    if (info["Storage Level"]["Use Memory"]) holders.set(executor, info["Memory Size"]);
    else holders.delete(executor);
    if (holders.size > 0) this.#blocks.set(block, holders);
    else this.#blocks.delete(block);
    this.#lookAtCache();
  }

  #removeExecutor(executor: string): void {
    for (const [block, holders] of this.#blocks)
      if (holders.delete(executor) && holders.size === 0) this.#blocks.delete(block);
    this.#capacities.delete(executor);
    this.#lookAtCache();
  }

  #lookAtCache(): void {
    if (this.#loadedAt === undefined || this.#treesEndedAt !== undefined || this.#partitions === 0) return;
    this.#cachedFraction = Math.min(this.#cachedFraction, this.#blocks.size / this.#partitions);
  }

  result(): EngineLog | undefined {
    const marks = [this.#startedAt, this.#loadBegunAt, this.#treesBegunAt, this.#treesEndedAt, this.#endedAt];
    const [startedAt, loadBegunAt, treesBegunAt, treesEndedAt, endedAt] = marks;
    if (startedAt === undefined || loadBegunAt === undefined || treesBegunAt === undefined) return undefined;
    if (treesEndedAt === undefined || endedAt === undefined) return undefined;
    const capacities = [...this.#capacities].filter(([name]) => name !== "driver" || this.#capacities.size === 1);
    return {
      phases: {
        start: (loadBegunAt - startedAt) / 1e3,
        load: (treesBegunAt - loadBegunAt) / 1e3,
        trees: (treesEndedAt - treesBegunAt) / 1e3,
        finish: (endedAt - treesEndedAt) / 1e3,
      },
      startedAt,
      endedAt,
      levels: this.#levels,
      partitions: this.#partitions,
      cachedBytes: this.#cachedBytes,
      cachedFraction: this.#cachedFraction,
      cacheCapacityBytes: capacities.map(([, bytes]) => bytes).reduce(add, 0),
      cpuSeconds: this.#cpuSeconds,
      gcSeconds: this.#gcSeconds,
      spilledBytes: this.#spilledBytes,
      ...(this.#peakHeapBytes > 0 && { peakHeapBytes: this.#peakHeapBytes }),
    };
  }
}

function add(a: number, b: number): number {
  return a + b;
}
