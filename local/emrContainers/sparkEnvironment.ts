/**
 * Environment of every Spark process of a job: only what is named here, nothing of the user's own Spark, Java or AWS
 * settings. S3A's jars are on Spark's class path as they are in EMR's image, so the request need not name them.
 */
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { Credentials } from "../ministack.ts";

export interface SparkSurroundings {
  readonly engine: Engine;
  readonly credentials: Credentials;
  readonly region: string;
}

/** @param folder of the job run; conf/, local/ and tmp/ in it are Spark's. */
export function sparkEnvironment(
  { engine, credentials, region }: SparkSurroundings,
  folder: string,
): Record<string, string> {
  const tmp = join(folder, "tmp");
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folder,
    LANG: "C.UTF-8",
    JAVA_HOME: engine.javaHome,
    SPARK_HOME: engine.sparkHome,
    SPARK_CONF_DIR: join(folder, "conf"),
    SPARK_LOCAL_DIRS: join(folder, "local"),
    SPARK_LOCAL_IP: "127.0.0.1",
    SPARK_DIST_CLASSPATH: engine.s3aJars.join(":"),
    SPARK_SUBMIT_OPTS: `-Djava.io.tmpdir=${tmp}`,
    SPARK_DAEMON_JAVA_OPTS: `-Djava.io.tmpdir=${tmp}`,
    SPARK_DAEMON_MEMORY: "256m",
    SPARK_NO_DAEMONIZE: "1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
  };
}
