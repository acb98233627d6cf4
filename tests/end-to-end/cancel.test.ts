import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import type { PipelineClient } from "../../local/pipelineClient.ts";
import { writeBgzf } from "../unit/bgzf/writeBgzf.ts";
import { analysis, client, cohort, executionOf, newStudy, nodeGroups, uploadStudy } from "./support.ts";

type Way = Parameters<PipelineClient["choose"]> extends [string, ...infer Answer] ? Answer : never;

/** Large enough to be many slices. */
const lines = gunzipSync(cohort.vcfGz).toString().trimEnd().split("\n");
const header = lines.filter((line) => line.startsWith("#")).join("\n");
const records = lines.filter((line) => !line.startsWith("#")).join("\n");
const sixfold = writeBgzf(Buffer.from(`${header}\n${`${records}\n`.repeat(6)}`));

test.each<[string, string, Way | undefined, Uint8Array]>([
  ["settles", "Settle", undefined, cohort.vcfGz],
  ["asks", "Ask", undefined, cohort.vcfGz],
  ["waits for a local result", "AwaitLocal", ["local", false], cohort.vcfGz],
  ["converts", "Convert", ["aws-spot", true], sixfold],
])("a run that %s is cancelled, holds nothing more and takes no answer", async (_, state, way, vcf) => {
  const study = newStudy(`cancel-${state}`);
  const parameters = analysis({ trees: 10 });
  const name = vcf === sixfold ? "a.vcf.bgz" : "a.vcf.gz";
  await uploadStudy(study, { [name]: vcf, "labels.csv": cohort.labels, "analysis.json": parameters });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  if (way) {
    await followRun(client, id, ["Ask"], () => {}, 60);
    expect((await client.choose(id, ...way)).status).toBe(202);
  }
  await expect
    .poll(async () => (await client.getRun(id)).body.history?.at(-1)?.state, { timeout: 120_000 })
    .toBe(state);

  expect((await client.cancel(id)).status).toBeLessThan(300);
  await expect.poll(async () => (await client.cancel(id)).body.released, { timeout: 60_000 }).toBe(true);
  expect((await client.getRun(id)).body).toMatchObject({ state: "Cancelled", failure: { code: "cancelled" } });
  expect((await executionOf(id)).status).toBe("ABORTED");
  expect(await nodeGroups()).not.toContainEqual(expect.stringContaining(id));
  expect(await client.choose(id, "aws-spot")).toMatchObject({ status: 409, body: { state: "Cancelled" } });
});

test("a run that has ended cannot be cancelled, and says how it ended", async () => {
  const study = newStudy("cancel-ended");
  await uploadStudy(study, { "a.vcf.gz": "", "labels.csv": cohort.labels, "analysis.json": analysis({}) });
  const { id } = (await client.startRun({ prefix: `${study}/` })).body;
  await followRun(client, id, [], () => {}, 60);
  expect(await client.cancel(id)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("FAILED") } });
});
