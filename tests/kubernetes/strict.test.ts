/** What the API server is sent has no field that it does not know: EKS's would only warn, and drop what we meant. */
import { expect, inject as provided, test } from "vitest";
import { parse, stringify } from "yaml";
import { driverPodTemplate, executorPodTemplate } from "../../core/variantspark/podTemplates.ts";
import { followRun } from "../../local/followRun.ts";
import { runOf } from "../drills/drill.ts";
import { client, fewRecords } from "../end-to-end/support.ts";
import { namespace, token } from "./pods.ts";
import { sentThrough } from "./strictRelay.ts";

const { relay } = provided("kubernetes");

async function strictDryRun(template: string): Promise<{ status: number; message: string }> {
  const { apiVersion, kind, spec } = parse(template);
  const pod = {
    ...{ apiVersion, kind, metadata: { name: "template" } },
    spec: { ...spec, containers: [{ name: "spark", image: "spark" }] },
  };
  const url = `${relay}/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(pod) });
  const { message = "" } = (await answer.json()) as { message?: string };
  return { status: answer.status, message };
}

test.each([
  ["driver", driverPodTemplate()],
  ["executor", executorPodTemplate("run-1")],
])("the %s's pod template is taken as it is, and refused with a misspelt field", async (_, template) => {
  expect(await strictDryRun(template)).toEqual({ status: 201, message: "" });
  const { spec, ...rest } = parse(template);
  const misspelt = stringify({ ...rest, spec: { ...spec, nodeSelektor: {} } });
  expect(await strictDryRun(misspelt)).toEqual({
    status: 400,
    message: expect.stringContaining('unknown field "spec.nodeSelektor"'),
  });
});

test("all that the endpoint and spark-submit write is taken by strict validation", async () => {
  const before = (await sentThrough(relay)).length;
  const id = await runOf(
    "strict",
    { "chr22.vcf.gz": fewRecords(100) },
    { where: "aws-spot", budgetUsd: 50, trees: 10 },
  );
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  const sent = (await sentThrough(relay)).slice(before);
  const kinds = sent.map(({ method, path }) => `${method} ${path.replace(/^\/api\/v1\/(namespaces\/\w+\/)?/, "")}`);
  expect(kinds).toEqual(expect.arrayContaining(["POST secrets", "POST pods", "PATCH nodes/node2"]));
  expect(kinds.some((kind) => /^\w+ configmaps/.test(kind))).toBe(true);
  expect(kinds.some((kind) => /^\w+ services/.test(kind))).toBe(true);
  expect(sent.filter(({ status }) => status >= 400)).toEqual([]);
  const [driver] = sent.flatMap(({ body }) => (body ? [JSON.parse(body)] : []));
  expect(driver.metadata.labels["emr-containers.amazonaws.com/component"]).toBe("driver");
  expect(driver.spec.containers[0].resources.limits.memory).toBe(driver.spec.containers[0].resources.requests.memory);
});
