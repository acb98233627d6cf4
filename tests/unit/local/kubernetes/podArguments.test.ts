import { expect, test } from "vitest";
import { type PodSettings, podArguments } from "../../../../local/emrContainers/kubernetes/podArguments.ts";
import { sparkRequest } from "../../../../local/emrContainers/sparkSubmit.ts";

const share = { cores: 2, requestedCores: 1.2, heapMiB: 4000, overheadMiB: 400 };
const settings: PodSettings = {
  jobRunId: "00000abc",
  virtualClusterId: "vc1",
  server: "https://10.0.0.1:6443",
  namespace: "variantspark",
  image: "spark:3.5",
  imagePullPolicy: "IfNotPresent",
  awsEndpoint: "http://10.0.0.2:4566",
  region: "us-east-1",
  credentialsSecret: "spark-00000abc-s3",
  shares: { driver: { ...share, requestedCores: 0.4 }, executor: share },
  faultyConf: {},
  podTemplates: { "spark.kubernetes.executor.podTemplateFile": "/jobs/executor.yaml" },
};
const run = {
  clientToken: "t",
  executionRoleArn: "arn:aws:iam::000000000000:role/jobs",
  releaseLabel: "emr-7.9.0-latest",
  jobDriver: {
    sparkSubmitJobDriver: {
      entryPoint: "s3://assets/engine.jar",
      entryPointArguments: ["importance", "-rn", "500"],
      sparkSubmitParameters:
        "--class Main --conf spark.executor.memory=100g --conf spark.kubernetes.executor.podTemplateFile=s3://runs/executor.yaml",
    },
  },
};

/** As spark-submit takes it: the last value of a setting counts. */
function confOf(args: readonly string[]): Record<string, string> {
  const values = args.flatMap((arg, at) => (args[at - 1] === "--conf" ? [arg] : []));
  return Object.fromEntries(
    values.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}

test("the request's own parameters come first, then those that win over them, then the engine's arguments", () => {
  const args = podArguments(run, sparkRequest(run), settings);
  expect(args.slice(0, 4)).toEqual(["--class", "Main", "--conf", "spark.executor.memory=100g"]);
  expect(args.slice(-4)).toEqual(["s3://assets/engine.jar", "importance", "-rn", "500"]);
  expect(args).toContain("k8s://https://10.0.0.1:6443");
  expect(confOf(args)).toMatchObject({
    "spark.executor.memory": "4000m",
    "spark.executor.memoryOverhead": "400m",
    "spark.kubernetes.executor.request.cores": "1.2",
    "spark.kubernetes.driver.request.cores": "0.4",
    "spark.kubernetes.executor.podTemplateFile": "/jobs/executor.yaml",
    "spark.kubernetes.driver.pod.name": "spark-00000abc-driver",
    "spark.kubernetes.executor.label.emr-containers.amazonaws.com/job.id": "00000abc",
    "spark.kubernetes.submission.waitAppCompletion": "false",
  });
});

test("the image is the one that the job names, as on EMR, or else that of the cluster's owner", () => {
  const imageOf = (sparkSubmitParameters: string) => {
    const named = {
      ...run,
      jobDriver: { sparkSubmitJobDriver: { entryPoint: "local:///engine.jar", sparkSubmitParameters } },
    };
    return confOf(podArguments(named, sparkRequest(named), settings))["spark.kubernetes.container.image"];
  };
  expect(imageOf("--class Main")).toBe("spark:3.5");
  expect(imageOf("--conf spark.kubernetes.container.image=job@sha256:abc")).toBe("job@sha256:abc");
});

test("no key to S3 is among the arguments, which every user of the machine can read", () => {
  expect(podArguments(run, sparkRequest(run), settings).join(" ")).not.toMatch(/fs\.s3a?\.(access|secret)\.key/);
});

test("what the cluster's owner says wins over all else", () => {
  const sparkConf = { "spark.kubernetes.executor.request.cores": "3" };
  const args = podArguments(run, sparkRequest(run), { ...settings, sparkConf });
  expect(confOf(args)["spark.kubernetes.executor.request.cores"]).toBe("3");
});
