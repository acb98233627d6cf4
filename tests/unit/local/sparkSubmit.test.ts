import { describe, expect, test } from "vitest";
import type { StartJobRunRequest } from "../../../local/emrContainers/requestChecks.ts";
import { defaultsFile, sparkRequest, sparkSubmitArguments } from "../../../local/emrContainers/sparkSubmit.ts";

const shares = { workers: 2, executors: 2, executorCores: 1, executorMemoryMiB: 900, driverMemoryMiB: 800 };
const local = {
  masterUrl: "spark://127.0.0.1:7077",
  awsEndpoint: "http://127.0.0.1:4566",
  region: "us-east-1",
  folder: "/job",
  shares,
  variantSparkJar: "/engine/variantspark.jar",
};

function request(sparkSubmitParameters: string, defaults: Record<string, string> = {}): StartJobRunRequest {
  return {
    clientToken: "t",
    executionRoleArn: "arn:aws:iam::000000000000:role/job",
    releaseLabel: "emr-7.9.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://b/j.jar",
        entryPointArguments: ["importance", "a b"],
        sparkSubmitParameters,
      },
    },
    configurationOverrides: { applicationConfiguration: [{ classification: "spark-defaults", properties: defaults }] },
  };
}

describe("sparkRequest", () => {
  test.each([
    { parameters: "--conf spark.executor.memory=2g", expected: "2g" },
    { parameters: "--conf=spark.executor.memory=3g", expected: "3g" },
    { parameters: "--executor-memory 4g --conf spark.executor.memory=2g", expected: "4g" },
    { parameters: "--executor-memory=5g", expected: "5g" },
    { parameters: "--class a.B", expected: "1g" },
  ])("takes $expected from '$parameters' over spark-defaults", ({ parameters, expected }) => {
    const { conf } = sparkRequest(request(parameters, { "spark.executor.memory": "1g" }));
    expect(conf["spark.executor.memory"]).toBe(expected);
  });

  test("keeps equals signs and blanks of a quoted value", () => {
    const { conf } = sparkRequest(request(`--conf "spark.driver.extraJavaOptions=-Da=1 -Db=2"`));
    expect(conf).toEqual({ "spark.driver.extraJavaOptions": "-Da=1 -Db=2" });
  });
});

describe("sparkSubmitArguments", () => {
  const run = request(
    "--class a.B --master k8s://x --conf spark.hadoop.fs.s3a.endpoint=elsewhere --executor-memory 20g",
  );
  const args = sparkSubmitArguments(run, sparkRequest(run), local);

  test("puts the request's own parameters first and what it runs last", () => {
    expect(args.slice(0, 4)).toEqual(["--class", "a.B", "--master", "k8s://x"]);
    expect(args.slice(-3)).toEqual(["s3://b/j.jar", "importance", "a b"]);
  });

  test("takes the engine's own jar for the one that lies in the job image, and no other file for it", () => {
    const entryPointOf = (entryPoint: string) => {
      const sparkSubmitJobDriver = { ...run.jobDriver.sparkSubmitJobDriver, entryPoint };
      return sparkSubmitArguments({ ...run, jobDriver: { sparkSubmitJobDriver } }, sparkRequest(run), local).at(-3);
    };
    expect(entryPointOf("local:///usr/lib/variantspark/variantspark.jar")).toBe("/engine/variantspark.jar");
    expect(entryPointOf("local:///usr/lib/other.jar")).toBe("local:///usr/lib/other.jar");
  });

  test.each([
    ["--master", "spark://127.0.0.1:7077"],
    ["--executor-memory", "900m"],
    ["--total-executor-cores", "2"],
    ["--deploy-mode", "client"],
  ])("lets the local %s win by coming last", (option, value) => {
    expect(args[args.lastIndexOf(option) + 1]).toBe(value);
  });

  test("names the local S3 and no credentials", () => {
    expect(args.lastIndexOf("spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:4566")).toBeGreaterThan(
      args.indexOf("spark.hadoop.fs.s3a.endpoint=elsewhere"),
    );
    expect(args.join(" ")).not.toMatch(/access\.key|secret/i);
  });
});

test("defaultsFile escapes what a Java properties file would read otherwise", () => {
  expect(defaultsFile({ "spark.a": "b=c:d", "x y": " \\n\n" })).toBe("spark.a=b=c:d\nx\\ y=\\ \\\\n\\n\n");
});
