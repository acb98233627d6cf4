import { gunzipSync } from "node:zlib";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import { analysis, client, cloud, cohort, executionOf, newStudy, nodeGroups, owner, uploadStudy } from "./support.ts";

const s3 = new S3Client({ ...owner, forcePathStyle: true });

async function fileOf(id: string, name: string): Promise<string> {
  const command = new GetObjectCommand({ Bucket: cloud.outputs.RunsBucketName, Key: `runs/${id}/${name}` });
  return (await (await s3.send(command)).Body?.transformToString()) ?? "";
}

/** Columns of a CSV with a header, by its first. */
function table(csv: string, key: string, value: string): Map<string, number> {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  return new Map(
    lines
      .map((line) => line.split(","))
      .map((cells) => [cells[names.indexOf(key)] ?? "", Number(cells[names.indexOf(value)])]),
  );
}

test("a forest in chunks is a job for each on the same nodes; the result is the mean of all their trees", async () => {
  const study = newStudy("chunks");
  const parameters = { trees: 250, mtryFraction: 0.1, chunks: 3, batchSize: 50, where: "aws-on-demand", budgetUsd: 50 };
  await uploadStudy(study, {
    "chr22.vcf": gunzipSync(cohort.vcfGz),
    "labels.csv": cohort.labels,
    "analysis.json": analysis(parameters),
  });
  const id = await runOfStudy(client, study, 30);
  const seen: { trees: number; done: number; total: number; first: string | undefined }[] = [];
  const ended = await followRun(
    client,
    id,
    [],
    ({ chunks, progress }) => {
      if (chunks?.ranking && progress)
        seen.push({
          trees: chunks.ranking.trees,
          done: progress.treesDone,
          total: progress.treesTotal,
          first: chunks.ranking.top[0]?.variant,
        });
    },
    250,
  );
  expect(ended.failure).toBeUndefined();
  const grown = ended.chunks?.grown ?? [];
  expect(grown.map(({ trees }) => trees)).toEqual([100, 100, 50]);
  expect(new Set(grown.map(({ seed }) => seed)).size).toBe(3);

  // While it grew, the ranking so far was there, and the trees were those of the whole forest.
  expect(new Set(seen.map(({ trees }) => trees))).toEqual(new Set([100, 200, 250]));
  expect(seen.every(({ trees, done, total }) => done >= trees && total === 250)).toBe(true);
  expect(seen.every(({ first }) => first === "22_16050408_T_C")).toBe(true);

  const { states } = await executionOf(id);
  const repeated = ["Launch", "Observe", "Merge"];
  expect(states.filter((state, at) => repeated.includes(state) && states[at - 1] !== "JobRunning")).toEqual([
    ...repeated,
    ...repeated,
    ...repeated,
  ]);
  expect(states.filter((state) => state === "Provision")).not.toHaveLength(0);
  expect(new Set(ended.attempts?.map(({ nodeGroup }) => nodeGroup)).size).toBe(1);
  expect(await nodeGroups()).toEqual([]);

  const result = table(await fileOf(id, "result/importance.csv"), "variant", "importance");
  const sums = new Map<string, number>();
  for (const { number, trees } of grown)
    for (const [variant, importance] of table(
      await fileOf(id, `chunk-${number}/importance.csv`),
      "variable",
      "importance",
    ))
      sums.set(variant, (sums.get(variant) ?? 0) + importance * trees);
  expect(result.size).toBe(sums.size);
  for (const [variant, sum] of sums) {
    const mean = sum / 250;
    expect(Math.abs((result.get(variant) ?? Number.NaN) - mean)).toBeLessThanOrEqual(1e-9 * Math.max(1, mean));
  }
  expect(ended.result?.chunks?.stability?.agreement).toBeGreaterThan(0);
  expect(ended.result?.notes.join(" ")).toContain("3 chunks");
});
