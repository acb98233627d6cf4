/**
 * Retagging against the real things: VariantSpark's jar as its Python package ships it, Spark 3.5 and Java 17. Needs
 * the engine, which is made on the first start (see local/engine/engine.ts).
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { importanceArguments } from "../../core/variantspark/importanceArguments.ts";
import { parseClassFile } from "../../core/variantspark/jar/classFile.ts";
import { readJar } from "../../core/variantspark/jar/jarArchive.ts";
import { retagJar } from "../../core/variantspark/jar/retagJar.ts";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";

let engine: Engine;
let folder: string;
let untouched: Buffer;
let retagged: Awaited<ReturnType<typeof retagJar>>;

beforeAll(async () => {
  engine = await ensureEngine(join(import.meta.dirname, "..", "..", ".local"), console.log);
  folder = await mkdtemp(join(tmpdir(), "retag-"));
  untouched = await readFile(await shippedJar(engine.sparkHome));
  retagged = await retagJar(untouched);
  await writeFile(join(folder, "untouched.jar"), untouched);
  await writeFile(join(folder, "retagged.jar"), retagged.jar);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("the untouched jar fails on Java 17 with IncompatibleClassChangeError", async () => {
  const { exitCode, stderr } = await importance("untouched.jar");
  expect(stderr).toContain("java.lang.IncompatibleClassChangeError");
  expect(exitCode).not.toBe(0);
});

test("the retagged jar ranks the variants of chr22_1000 on Java 17", async () => {
  const { exitCode, stderr } = await importance("retagged.jar");
  expect(exitCode, stderr).toBe(0);
  const [header, ...rows] = (await readFile(join(folder, "importance.csv"), "utf8")).trimEnd().split("\n");
  expect(header).toBe("variable,importance");
  expect(rows.map((row) => row.split(",")[0])).toContain("22_16050408_T_C");
});

test("210 tags change, and nothing else that the jar holds", async () => {
  expect(retagged.retagged).toBe(210);
  const [before, after] = [await readJar(untouched), await readJar(retagged.jar)];
  expect(after.length).toBe(before.length);
  expect(before.length).toBeGreaterThan(10_000);
  let changes = 0;
  for (const [index, entry] of before.entries()) {
    const [old, current] = [entry.content(), after[index]?.content() ?? new Uint8Array()];
    if (Buffer.compare(old, current) === 0) continue;
    const tags = new Set(parseClassFile(old).methodHandles.map(({ referenceTagOffset }) => referenceTagOffset));
    const changed = [...old.keys()].filter((at) => old[at] !== current[at]);
    expect(current.length).toBe(old.length);
    for (const at of changed) expect([tags.has(at), old[at], current[at]]).toEqual([true, 10, 11]);
    changes += changed.length;
  }
  expect(changes).toBe(210);
});

test("names, order, times, methods, attributes and extra fields of the entries stay", async () => {
  expect(await directory(retagged.jar)).toEqual(await directory(untouched));
});

test("retagging the retagged jar changes nothing", async () => {
  const again = await retagJar(retagged.jar);
  expect(again.retagged).toBe(0);
  expect(Buffer.compare(again.jar, retagged.jar)).toBe(0);
});

/** The jar beside PySpark in the virtual environment; the engine's own is retagged already. */
async function shippedJar(sparkHome: string): Promise<string> {
  const jars = join(sparkHome, "..", "varspark", "jars");
  const name = (await readdir(jars)).find((file) => /^variant-spark_.*-all\.jar$/.test(file));
  if (name === undefined) throw new Error(`no VariantSpark jar in ${jars}`);
  return join(jars, name);
}

function importance(jar: string): Promise<{ exitCode: number | string; stderr: string }> {
  const argv = importanceArguments({
    inputs: [{ kind: "vcf", uri: join(engine.exampleCohort, "chr22_1000.vcf") }],
    labelsUri: join(engine.exampleCohort, "chr22-labels.csv"),
    labelColumn: "22_16050408",
    outputUri: join(folder, "importance.csv"),
    analysis: { trees: 20, mtryFraction: 0.1, batchSize: 20, seed: 13 },
    variantsReported: 0,
  });
  const submit = ["--master", "local[2]", "--conf", "spark.ui.enabled=false", "--conf", `spark.local.dir=${folder}`];
  const mainClass = "au.csiro.variantspark.cli.VariantSparkApp";
  return new Promise((resolve) => {
    execFile(
      join(engine.sparkHome, "bin", "spark-submit"),
      [...submit, "--class", mainClass, join(folder, jar), ...argv],
      {
        cwd: folder,
        env: { ...process.env, JAVA_HOME: engine.javaHome, SPARK_HOME: engine.sparkHome, SPARK_LOCAL_IP: "127.0.0.1" },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, _, stderr) => resolve({ exitCode: error ? (error.code ?? "signal") : 0, stderr }),
    );
  });
}

/** What the directory says of each entry, but for what a changed content changes. */
async function directory(jar: Uint8Array) {
  const zip = await fromBufferPromise(Buffer.from(jar), { lazyEntries: true });
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    const { compressedSize: _, crc32: __, relativeOffsetOfLocalHeader: ___, ...kept } = entry;
    entries.push(kept);
  }
  return { comment: zip.comment, entries };
}
