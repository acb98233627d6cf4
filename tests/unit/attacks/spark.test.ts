/** Names of files, studies and columns on their way into command lines, pod templates, labels and tags. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { localCommand } from "../../../core/run/localRun.ts";
import { labelValue, nodeGroupName, ownerOf, tagsOf } from "../../../core/run/names.ts";
import { estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { runIdOf } from "../../../core/study/identity.ts";
import { importanceArguments, MOST_ARGUMENT_CHARACTERS } from "../../../core/variantspark/importanceArguments.ts";
import { driverPodTemplate, executorPodTemplate } from "../../../core/variantspark/podTemplates.ts";
import { sparkJob } from "../../../core/variantspark/sparkJob.ts";
import { awsConfiguration, runOf } from "../run/runOf.ts";
import { defaults, inspectionOf, sizingData } from "../sizing/inputs.ts";

const hostile = [
  "x --conf spark.driver.extraJavaOptions=-XX:OnError=id",
  "$(id)`id`;id|id&&id>/tmp/x",
  "\u0000\n--class Evil\n",
  "'\"\\",
  "=@-ij",
  "a: {b: [c]}\n---\nspec: {hostNetwork: true}",
  "数据\u202e",
  "a".repeat(1_000),
];
/** Any prefix of a study. */
const prefixes = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 200 }));
const runIdOfAny = (prefix: string) => runIdOf(prefix, "0123456789abcdef".repeat(4));

test("the name of a study adds nothing to the command line of Spark", () => {
  const parametersOf = (id: string) => {
    const uri = (name: string) => `s3://runs/runs/${id}/${name}`;
    return sparkJob([], awsConfiguration, {
      jarUri: "s3://assets/engine/variantspark.jar",
      driverPodTemplateUri: uri("driver-pod.yaml"),
      executorPodTemplateUri: uri("executor-pod.yaml"),
      eventLogUri: uri("event-log/"),
    }).sparkSubmitParameters;
  };
  fc.assert(
    fc.property(prefixes, (prefix) => {
      const id = runIdOfAny(prefix);
      expect(id).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      expect(parametersOf(id)).toBe(parametersOf("plain").replaceAll("plain", id));
    }),
  );
});

test.each(hostile)("the file %j stays one argument of the engine, in ASCII, and takes the place of none", (name) => {
  const key = `study/${name}.vcf`;
  const labels = { labelsUri: "s3://runs/labels.csv", labelColumn: "label", outputUri: "s3://runs/importance.csv" };
  const request = { ...labels, analysis: defaults, variantsReported: 0 };
  const plain = importanceArguments({ ...request, inputs: [{ kind: "vcf", uri: "s3://inbox/study/a.vcf" }] });
  const odd = importanceArguments({ ...request, inputs: [{ kind: "vcf", uri: `s3://inbox/${key}` }] });
  expect(odd.map((_, at) => at).filter((at) => odd[at] !== plain[at])).toEqual([2]);
  expect(odd[2]).toMatch(/^\[\{"type":"vcf","inputFile":"s3:\/\/inbox\/study\/[ -~]*\}\]$/);
  // What stands first decides whether the engine's parser (args4j) takes an argument for an option or for a file of arguments.
  for (const argument of odd.slice(1)) expect(argument).toMatch(/^(-[a-z]+$|[[\w])/);
});

test.each(hostile)("the file %j is named by a number where it is run on the researcher's machine", (name) => {
  const run = runOf();
  const vcfs = (run.inspection?.vcfs ?? []).map((vcf) => ({ ...vcf, key: `study/${name}.vcf.gz` }));
  const command = localCommand({ ...run, ...(run.inspection && { inspection: { ...run.inspection, vcfs } }) });
  expect(command?.arguments[2]).toBe('[{"type":"vcf","inputFile":"input-1.vcf.gz"}]');
});

test("file names that are too long for an argument are told with the estimate, before nodes are paid for", () => {
  const inspection = inspectionOf(100, 10_000, Array(22).fill({ compression: "none" }));
  const vcfs = inspection.vcfs.map((vcf, at) => ({ ...vcf, key: `study/${"n".repeat(900)}${at}.vcf` }));
  const options = estimateStudy({ ...inspection, vcfs }, defaults, sizingData).options.filter(
    ({ prepare }) => !prepare,
  );
  expect(options.map(({ where, refusal }) => [where, refusal !== undefined])).toEqual([
    ["aws-spot", true],
    ["aws-on-demand", true],
    ["local", false],
  ]);
  expect(options[0]?.refusal).toMatch(/^The names of 22 files are longer together than EMR takes/);
  expect(MOST_ARGUMENT_CHARACTERS).toBe(10_280);
});

test("the name of a study adds nothing to pod templates, node groups, labels and tags", () => {
  fc.assert(
    fc.property(prefixes, (prefix) => {
      const runId = runIdOfAny(prefix);
      const run = labelValue(runId);
      expect(run).toMatch(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/);
      expect(nodeGroupName(runId)).toMatch(/^vs-[A-Za-z0-9_-]{1,60}$/);
      expect(parse(executorPodTemplate(run))).toEqual({
        apiVersion: "v1",
        kind: "Pod",
        spec: {
          nodeSelector: { "variantspark-pipeline/run": run },
          tolerations: [{ key: "variantspark-pipeline/run", operator: "Equal", value: run, effect: "NoSchedule" }],
          terminationGracePeriodSeconds: 120,
        },
      });
      const owner = { pipeline: "runs", runId };
      expect(ownerOf(tagsOf(owner))).toEqual(owner);
      for (const value of Object.values(tagsOf(owner))) expect(value).toMatch(/^[\w-]{1,80}$/);
    }),
  );
});

test("a template holds no more than where its pod goes, whatever its value", () => {
  fc.assert(
    fc.property(prefixes, (value) => {
      const { spec, ...rest } = parse(executorPodTemplate(value));
      expect(rest).toEqual({ apiVersion: "v1", kind: "Pod" });
      expect(Object.keys(spec)).toEqual(["nodeSelector", "tolerations", "terminationGracePeriodSeconds"]);
      expect(spec.nodeSelector).toEqual({ "variantspark-pipeline/run": value });
    }),
  );
  expect(Object.keys(parse(driverPodTemplate()).spec)).toEqual(["nodeSelector"]);
});
