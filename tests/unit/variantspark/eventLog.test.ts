import { describe, expect, test } from "vitest";
import { readEventLog } from "../../../core/variantspark/eventLog.ts";

/** The shape of Spark 3.5.9's log of VariantSpark 0.5.5 on local[2], cut to the members that are there for all. */
const driver = { "Executor ID": "driver", Host: "localhost", Port: 38741 };
const begun = 1_795_517_988_905;

const whole = [
  { Event: "SparkListenerLogStart", "Spark Version": "3.5.9" },
  blockManager(driver, 1_099_746_508),
  { Event: "SparkListenerApplicationStart", "App Name": "ImportanceCmd", Timestamp: begun, User: "somebody" },
  ...job(0, 2_245, 2_645, "take at VCFSource.scala:27", 1, 54),
  ...job(1, 2_708, 3_830, "zipWithIndex at ImportanceCmd.scala:73", 1, 1_000),
  jobStart(2, 3_860, "count at ImportanceCmd.scala:75", 2),
  cached("rdd_7_0", driver, 2_659_808),
  cached("broadcast_3_piece0", driver, 33_382),
  cached("rdd_7_1", driver, 2_659_808),
  taskEnd(2, 900),
  jobEnd(2, 5_065),
  ...job(3, 5_107, 5_174, "take at ImportanceCmd.scala:77", 1, 5),
  ...job(4, 5_253, 5_328, "count at RandomForest.scala:264", 2, 40),
  ...job(5, 5_463, 6_113, "fold at DecisionTree.scala:508", 2, 600),
  ...job(6, 6_164, 6_296, "collectAsMap at DecisionTree.scala:471", 2, 60),
  ...job(7, 6_406, 7_042, "fold at DecisionTree.scala:508", 2, 580),
  ...job(8, 7_117, 7_239, "collectAsMap at DecisionTree.scala:471", 2, 50),
  ...job(9, 14_224, 14_273, "collectAsMap at ImportanceCmd.scala:146", 2, 30),
  { Event: "SparkListenerApplicationEnd", Timestamp: begun + 14_329 },
];

describe("the log of a whole run", () => {
  test("tells the phases, which add up to its time", async () => {
    const log = await read(whole);
    expect(log?.phases).toEqual({ start: 2.245, load: 3.008, trees: 8.971, finish: 0.105 });
    expect([log?.startedAt, log?.endedAt]).toEqual([begun, begun + 14_329]);
  });

  test("tells levels, partitions and what was cached", async () => {
    expect(await read(whole)).toMatchObject({
      levels: 2,
      partitions: 2,
      cachedBytes: 5_319_616,
      cachedFraction: 1,
      cacheCapacityBytes: 1_099_746_508,
    });
  });

  test("tells what the tasks cost the cores, by phase", async () => {
    const log = await read(whole);
    expect(log?.cpuSeconds.load).toBeCloseTo(0.054 + 1 + 0.9 + 0.005, 9);
    expect(log?.cpuSeconds.trees).toBeCloseTo(0.04 + 0.6 + 0.06 + 0.58 + 0.05, 9);
    expect(log?.gcSeconds).toBeCloseTo(0.01 * 10, 9);
    expect(log).not.toHaveProperty("peakHeapBytes");
  });

  test("tells of spilled bytes and the largest heap when Spark logs them", async () => {
    const heavy = { ...taskEnd(5, 1), "Task Executor Metrics": { JVMHeapMemory: 123_456_789 } };
    heavy["Task Metrics"]["Memory Bytes Spilled"] = 77;
    expect(await read(inserted(heavy))).toMatchObject({ peakHeapBytes: 123_456_789, spilledBytes: 77 });
  });

  test("is read from a stream as from an array", async () => {
    async function* lines() {
      for (const event of whole) yield JSON.stringify(event);
    }
    expect(await readEventLog(lines())).toEqual(await read(whole));
  });
});

describe("the cached fraction", () => {
  test("is the least between the load and the last pass", async () => {
    expect(await read(inserted(uncached("rdd_7_1", driver)))).toMatchObject({
      cachedFraction: 0.5,
      cachedBytes: 5_319_616,
    });
  });

  test("is below one when a partition found no room from the start", async () => {
    const events = whole.filter((event) => !JSON.stringify(event).includes("rdd_7_1"));
    expect(await read(events)).toMatchObject({ cachedFraction: 0.5, cachedBytes: 2_659_808 });
  });

  test("goes down with an executor that is lost, except for what lies in another too", async () => {
    const [one, two] = ["1", "2"].map((id) => ({ "Executor ID": id, Host: `h${id}`, Port: 1 }));
    const executors = [blockManager(one, 600), blockManager(two, 600)];
    const blocks = [cached("rdd_7_0", one, 10), cached("rdd_7_1", one, 10), cached("rdd_7_1", two, 10)];
    const bare = whole.filter((event) => !JSON.stringify(event).includes("rdd_7_"));
    const at = bare.findIndex(
      (event) => event.Event === "SparkListenerJobEnd" && "Job ID" in event && event["Job ID"] === 2,
    );
    const lost = { Event: "SparkListenerBlockManagerRemoved", "Block Manager ID": one, Timestamp: begun + 6_000 };
    const events = [
      ...bare.slice(0, at),
      ...executors,
      ...blocks,
      ...bare.slice(at, at + 4),
      lost,
      ...bare.slice(at + 4),
    ];
    // What the driver could cache does not count once there are executors.
    expect(await read(events)).toMatchObject({ cachedBytes: 30, cachedFraction: 0.5, cacheCapacityBytes: 600 });
  });
});

test.each([
  { what: "nothing", events: [] },
  { what: "a run that failed while it loaded", events: whole.slice(0, 8) },
  { what: "a run that was killed", events: whole.slice(0, -1) },
])("the log of $what tells no phases", async ({ events }) => {
  expect(await read(events)).toBeUndefined();
});

test("events of other kinds are not even parsed", async () => {
  const lines = whole.map((event) => JSON.stringify(event));
  const odd = '{"Event":"SparkListenerEnvironmentUpdate", this is no JSON';
  expect(await readEventLog([...lines.slice(0, 3), odd, ...lines.slice(3)])).toEqual(await read(whole));
});

test("a line that was cut off is an error", async () => {
  await expect(readEventLog(['{"Event":"SparkListenerApplicationStart","Tim'])).rejects.toThrow(SyntaxError);
});

type Executor = typeof driver | undefined;

function read(events: readonly object[]) {
  return readEventLog(events.map((event) => JSON.stringify(event)));
}

/** Into the middle of the trees. */
function inserted(event: object): object[] {
  const at = whole.findIndex((one) => JSON.stringify(one).includes("collectAsMap at DecisionTree"));
  return [...whole.slice(0, at), event, ...whole.slice(at)];
}

function job(id: number, from: number, to: number, stage: string, tasks: number, cpuMs: number) {
  return [jobStart(id, from, stage, tasks), taskEnd(id, cpuMs), jobEnd(id, to)];
}

function jobStart(id: number, at: number, stage: string, tasks: number) {
  const info = { "Stage ID": id, "Stage Attempt ID": 0, "Stage Name": stage, "Number of Tasks": tasks };
  return { Event: "SparkListenerJobStart", "Job ID": id, "Submission Time": begun + at, "Stage Infos": [info] };
}

function jobEnd(id: number, at: number) {
  return { Event: "SparkListenerJobEnd", "Job ID": id, "Completion Time": begun + at };
}

function taskEnd(stage: number, cpuMs: number) {
  const metrics = { "Executor CPU Time": cpuMs * 1e6, "JVM GC Time": 10, "Memory Bytes Spilled": 0 };
  return { Event: "SparkListenerTaskEnd", "Stage ID": stage, "Task Type": "ResultTask", "Task Metrics": metrics };
}

function blockManager(executor: Executor, bytes: number) {
  return { Event: "SparkListenerBlockManagerAdded", "Block Manager ID": executor, "Maximum Memory": bytes };
}

function cached(block: string, executor: Executor, bytes: number) {
  return updated(block, executor, bytes, true);
}

function uncached(block: string, executor: Executor) {
  return updated(block, executor, 0, false);
}

function updated(block: string, executor: Executor, bytes: number, inMemory: boolean) {
  const level = { "Use Disk": false, "Use Memory": inMemory, Deserialized: inMemory, Replication: 1 };
  const info = { "Block Manager ID": executor, "Block ID": block, "Storage Level": level, "Memory Size": bytes };
  return { Event: "SparkListenerBlockUpdated", "Block Updated Info": info };
}
