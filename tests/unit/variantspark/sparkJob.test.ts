import { describe, expect, test } from "vitest";
import { configurationOf } from "../../../core/sizing/configuration.ts";
import { sparkJob } from "../../../core/variantspark/sparkJob.ts";
import { sizingData } from "../sizing/inputs.ts";

const [shape] = sizingData.shapes;
if (shape === undefined) throw new Error("the catalogue has shapes");
const configuration = configurationOf(shape, 3, {
  partitions: 36,
  partitionBytes: 1_234_567,
  batchSize: 50,
  driverMemoryMiB: 2048,
});

const places = {
  jarUri: "s3://assets/variantspark.jar",
  driverPodTemplateUri: "s3://runs/driver.yaml",
  executorPodTemplateUri: "s3://runs/executor.yaml",
  eventLogUri: "s3://runs/log/",
};

describe("the Spark job", () => {
  const {
    entryPoint,
    sparkSubmitParameters,
    arguments: words,
  } = sparkJob(["importance", "-ff", "x"], configuration, places);
  const settings = settingsOf(sparkSubmitParameters);

  test("is VariantSpark's with its arguments", () => {
    expect(entryPoint).toBe("s3://assets/variantspark.jar");
    expect(words).toEqual(["importance", "-ff", "x"]);
    expect(sparkSubmitParameters).toMatch(/^--class au\.csiro\.variantspark\.cli\.VariantSparkApp --conf /);
  });

  test("runs in EMR's own image, or in the one that is given", () => {
    const { sparkSubmitParameters: inImage } = sparkJob([], configuration, { ...places, image: "job@sha256:1" });
    expect(settings).not.toHaveProperty(["spark.kubernetes.container.image"]);
    expect(settingsOf(inImage)).toEqual({ ...settings, "spark.kubernetes.container.image": "job@sha256:1" });
  });

  test("asks for the executors and the driver of its configuration", () => {
    expect(settings).toMatchObject({
      "spark.executor.instances": "3",
      "spark.executor.cores": String(configuration.coresPerExecutor),
      "spark.executor.memory": `${configuration.executorMemoryMiB}m`,
      "spark.executor.memoryOverhead": `${configuration.executorOverheadMiB}m`,
      "spark.driver.memory": "2048m",
      "spark.driver.memoryOverhead": "384m",
    });
  });

  test("has the matrix and plain text cut into the partitions of its configuration", () => {
    expect(settings).toMatchObject({
      "spark.default.parallelism": "36",
      "spark.sql.files.maxPartitionBytes": "1234567",
      "spark.sql.files.openCostInBytes": "0",
      "spark.hadoop.mapreduce.input.fileinputformat.split.minsize": "1234567",
    });
  });

  test("does not end when the best splits of all partitions pass Spark's limit on results", () => {
    expect(settings["spark.driver.maxResultSize"]).toBe("0");
  });
});

function settingsOf(sparkSubmitParameters: string): Record<string, string> {
  return Object.fromEntries(
    [...sparkSubmitParameters.matchAll(/--conf (\S+?)=(\S+)/g)].map(([, key = "", value = ""]) => [key, value]),
  );
}
