import { test } from "vitest";
import { followRun } from "../../local/followRun.ts";
import { analysis, client, cohort, executionOf, fewRecords, newStudy, nodeGroups, uploadStudy } from "./support.ts";

const vcf = fewRecords(20);
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82]);
const withoutLastSample = cohort.labels.trimEnd().split("\n").slice(0, -1).join("\n");
const wordForLabel = cohort.labels.replace(/^(HG00096),0,/m, "$1,case,");
const withoutHeaderLine = "##fileformat=VCFv4.2\n22\t16050408\t.\tT\tC\t100\tPASS\t.\tGT\t0|0\n";

const badStudies = [
  [
    "a label missing for a sample",
    { "a.vcf.gz": vcf, "labels.csv": withoutLastSample },
    "labels.csv",
    "samples-without-label",
  ],
  [
    "a label that is not an integer",
    { "a.vcf.gz": vcf, "labels.csv": wordForLabel },
    "labels.csv",
    "label-not-integer",
  ],
  ["a PNG named .vcf.gz", { "a.vcf.gz": png, "labels.csv": cohort.labels }, "a.vcf.gz", "not-a-vcf"],
  ["an empty file", { "a.vcf.gz": "", "labels.csv": cohort.labels }, "a.vcf.gz", "empty-file"],
  ["no labels", { "a.vcf.gz": vcf }, undefined, "no-labels"],
  [
    "a header without #CHROM",
    { "a.vcf": withoutHeaderLine, "labels.csv": cohort.labels },
    "a.vcf",
    "vcf-columns-line-missing",
  ],
  [
    "a label column that does not exist",
    { "a.vcf.gz": vcf, "labels.csv": cohort.labels },
    "labels.csv",
    "label-column-unknown",
  ],
] as const;

test.concurrent.for(badStudies)(
  "%s ends the run as FAILED with the place and the remedy",
  async ([name, files, file, code], { expect }) => {
    const study = newStudy("bad");
    const labelColumn = name.includes("column") ? "no_such_column" : "22_16050408";
    const parameters = analysis({ labelColumn, trees: 10, where: "aws-spot", budgetUsd: 5 });
    await uploadStudy(study, { "analysis.json": parameters, ...files });
    const { id } = (await client.startRun({ prefix: `${study}/` })).body;
    const ended = await followRun(client, id, [], () => {}, 60);

    expect(ended).toMatchObject({ state: "Failed", failure: { code: "rejected" } });
    const finding = ended.findings?.find((candidate) => candidate.code === code);
    expect(finding).toMatchObject({
      severity: "error",
      message: expect.stringMatching(/\w{3}/),
      remedy: expect.stringMatching(/\w{3}/),
    });
    expect(finding?.file).toBe(file);
    await expect.poll(() => executionOf(id).then(({ status }) => status), { timeout: 10_000 }).toBe("FAILED");
    expect((await executionOf(id)).states).not.toContain("Provision");
    expect(await nodeGroups()).not.toContainEqual(expect.stringContaining(id));
  },
);
