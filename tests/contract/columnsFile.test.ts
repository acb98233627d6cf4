/** Java itself reads `_columns` as a Scala list of the names, and writes that list with the same bytes. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columnsFile } from "../../core/matrix/columnsFile.ts";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";
import { runTool } from "../../local/engine/runTool.ts";

const home = new URL("../../.local/", import.meta.url).pathname;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  engine = await ensureEngine(home, () => undefined);
  folder = await mkdtemp(join(tmpdir(), "columns-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Spark's own launcher starts a JVM with its jars; no Spark context is needed. */
const READ_AND_WRITE = `
import json, os, sys
java_home, spark_home, given, names, written = sys.argv[1:]
os.environ.update(JAVA_HOME=java_home, SPARK_HOME=spark_home, SPARK_LOCAL_IP="127.0.0.1")
from pyspark.java_gateway import launch_gateway
gateway = launch_gateway()
io = gateway.jvm.java.io
samples = io.ObjectInputStream(io.FileInputStream(given)).readObject()
assert samples.getClass().getName() == "scala.collection.immutable.$colon$colon"
json.dump([samples.apply(index) for index in range(samples.length())], open(names, "w"))
out = io.ObjectOutputStream(io.FileOutputStream(written))
out.writeObject(samples)
out.close()
gateway.shutdown()
`;

test("Java reads and writes _columns as we write it", async () => {
  const samples = [
    "HG00096",
    "Zoë 漢字",
    "😀",
    "nul\u0000",
    "",
    "x".repeat(65_535),
    "y".repeat(65_536),
    "ü".repeat(40_000),
  ];
  for (let index = 0; index < 3_000; index += 1) samples.push(`NA${index}`);
  const file = (name: string) => join(folder, name);
  await writeFile(file("given"), columnsFile(samples));
  const paths = [engine.javaHome, engine.sparkHome, file("given"), file("names.json"), file("written")];
  await runTool(engine.python, ["-c", READ_AND_WRITE, ...paths]);
  expect(JSON.parse(await readFile(file("names.json"), "utf8"))).toEqual(samples);
  expect((await readFile(file("written"))).equals(columnsFile(samples))).toBe(true);
});
