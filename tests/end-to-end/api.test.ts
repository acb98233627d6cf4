import { expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { analysis, client, cloud, cohort, fewRecords, newStudy, uploadStudy } from "./support.ts";

test("a call without a signature is refused", async () => {
  expect((await fetch(`${cloud.apiUrl}/runs`)).status).toBe(403);
});

test.each([
  ["an unknown run", "GET", "/runs/no-such-run", undefined, 404, "run-not-found"],
  ["a run id that cannot be one", "GET", "/runs/..%20etc", undefined, 400, "invalid-request"],
  ["a folder with nothing in it", "POST", "/runs", { prefix: "nothing-here/" }, 404, "study-not-found"],
  ["a folder name without its slash", "POST", "/runs", { prefix: "nothing-here" }, 400, "invalid-request"],
  ["a foreign bucket", "POST", "/runs", { bucket: "somebody-elses", prefix: "x/" }, 403, "bucket-not-allowed"],
  ["too many trees", "POST", "/runs", { prefix: "x/", analysis: { trees: 20_000 } }, 400, "invalid-request"],
  ["an option that does not exist", "POST", "/runs/x/choice", { option: "azure" }, 400, "invalid-request"],
  ["a choice for an unknown run", "POST", "/runs/x/choice", { option: "local" }, 404, "run-not-found"],
  ["a cancellation of an unknown run", "DELETE", "/runs/x", undefined, 404, "run-not-found"],
])("%s is answered with problem+json that names the remedy", async (_, method, path, body, status, code) => {
  const reply = await client.call(method, path, body);
  expect(reply).toMatchObject({ status, body: { type: `urn:variantspark-pipeline:${code}`, status } });
  expect(reply.body).toMatchObject({ detail: expect.any(String), remedy: expect.stringMatching(/\w{3}/) });
});

test("a run started through POST /runs takes its parameters from there, asks once and takes one answer", async () => {
  const study = newStudy("posted");
  await uploadStudy(study, { "a.vcf.gz": fewRecords(20) });
  await uploadStudy(study, { "labels.csv": cohort.labels });
  const started = await client.startRun({ prefix: `${study}/`, analysis: { labelColumn: "22_16050408", trees: 7 } });
  expect(started).toMatchObject({ status: 202, body: { started: true } });
  const { id } = started.body;
  const asked = await followRun(client, id, ["Ask"], () => {}, 60);
  expect(asked).toMatchObject({ state: "Ask", analysis: { trees: 7, labelColumn: "22_16050408" } });
  expect(JSON.stringify(asked)).not.toMatch(/taskToken|logPosition|HG00096/);

  const [first, second] = await Promise.all([client.choose(id, "aws-spot"), client.choose(id, "local")]);
  expect([first.status, second.status].sort()).toEqual([202, 409]);
  expect((await client.listRuns("?limit=1")).body.runs).toHaveLength(1);
  await client.cancel(id);
  await expect.poll(async () => (await client.cancel(id)).body.released, { timeout: 30_000 }).toBe(true);
});

test("a .vcf.bgz is not offered on AWS as it is, with the reason, but prepared and locally", async () => {
  const { readFile } = await import("node:fs/promises");
  const study = newStudy("bgz");
  const bgz = await readFile(`${cloud.engine.exampleCohort}/chr22_1000.vcf.bgz`);
  await uploadStudy(study, { "a.vcf.bgz": bgz, "labels.csv": cohort.labels, "analysis.json": analysis({ trees: 10 }) });
  const { body } = await client.startRun({ prefix: `${study}/` });
  const asked = await followRun(client, body.id, ["Ask"], () => {}, 60);
  expect(asked.estimate?.options.map(({ where, prepare, refusal }) => [where, prepare, refusal !== undefined])).toEqual(
    [
      ["aws-spot", false, true],
      ["aws-spot", true, false],
      ["aws-on-demand", false, true],
      ["aws-on-demand", true, false],
      ["local", false, false],
      ["local", true, false],
    ],
  );
  expect(await client.choose(body.id, "aws-spot")).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining(".vcf.bgz") },
  });
  await client.cancel(body.id);
});
