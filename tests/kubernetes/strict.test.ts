/** What the API server is sent has no field that it does not know: EKS's would only warn, and drop what we meant. */
import { expect, inject as provided, test } from "vitest";
import { parse, stringify } from "yaml";
import { driverPodTemplate, executorPodTemplate } from "../../core/variantspark/podTemplates.ts";
import { followRun } from "../../local/followRun.ts";
import { runOf } from "../drills/drill.ts";
import { client, fewRecords } from "../end-to-end/support.ts";
import { namespace, token } from "./pods.ts";
import { askedThrough, rightsFor } from "./strictRelay.ts";

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

test("all that the endpoint, spark-submit and the driver write in a run is taken", async () => {
  const before = (await askedThrough(relay)).length;
  const few = { "chr22.vcf.gz": fewRecords(100) };
  const id = await runOf("strict", few, { where: "aws-spot", budgetUsd: 50, trees: 10 });
  const ended = await followRun(client, id, [], () => {}, 240);
  expect(ended.failure).toBeUndefined();
  // Of a container that has not begun, the log cannot be read yet: 400 too.
  const written = (await askedThrough(relay)).slice(before).filter(({ method }) => method !== "GET");
  expect(written.length).toBeGreaterThan(10);
  expect(written.filter(({ status }) => status === 400 || status >= 500)).toEqual([]);
  const pods = written.filter((one) => rightsFor(one).includes("create pods"));
  expect(pods.map(({ account }) => account)).toEqual(["variantspark-submitter", "variantspark-driver"]);
  for (const { body } of pods) {
    const { limits, requests } = JSON.parse(body?.text ?? "").spec.containers[0].resources;
    expect(limits.memory).toBe(requests.memory);
  }
});
