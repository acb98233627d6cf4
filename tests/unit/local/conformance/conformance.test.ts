import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectAll, type Outcome } from "../../../../local/conformance/inspectAll.ts";
import { reportLines, reportOf } from "../../../../local/conformance/report.ts";
import { ruleOf } from "../../../../local/conformance/rules.ts";
import { expectedOf } from "../../../../local/conformance/verdict.ts";
import { recordLine, vcfText } from "../../inspect/studyOf.ts";

describe("what a suite expects of a file", () => {
  test.each([
    ["test/vcf/4.3/passed/passed_body_alt.vcf", "valid"],
    ["test/vcf/4.3/failed/failed_body_alt_000.vcf", "invalid"],
    ["compressed/passed_compressed_gz/passed_compressed_gz.vcf.gz", "valid"],
    ["readable/failed/failed_compressed.vcf.gz", "invalid"],
    ["compressed_files/non_readable/compressed.vcf.z", "invalid"],
    ["vcfexample.vcf.truncated.gz", "invalid"],
    ["passed/mangledBaseVariants.vcf", "invalid"],
    ["test/tabix/vcf_file.vcf", "unlabelled"],
  ])("%s: %s", (path, expected) => {
    expect(expectedOf(path)).toBe(expected);
  });

  test("a rule is told by the name", () => {
    expect(ruleOf("failed/failed_body_samples_ploidy_000.vcf")?.outside).toContain("PL");
    expect(ruleOf("failed/failed_body_info_001.vcf")?.outside).toContain("INFO");
    expect(ruleOf("failed/failed_body_pos_001.vcf")?.outside).toBeUndefined();
    expect(ruleOf("failed/failed_of_tomorrow.vcf")).toBeUndefined();
  });
});

describe("a suite's files", () => {
  let folder = "";
  const files = {
    "passed_sound.vcf": vcfText(),
    "passed_sites.vcf": vcfText({ samples: [], columnsLine: "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO" }),
    "passed_text.vcf": "not a VCF at all\n",
    "passed_bzip2.vcf.bz2": "BZh91AY&SY",
    "failed_body_pos_000.vcf": vcfText().replace("16050001", "x"),
    "failed_body_pos_001.vcf": vcfText(),
    "failed_body_info_000.vcf": vcfText(),
    "failed_of_tomorrow.vcf": vcfText(),
    "other.vcf": `${vcfText()}${recordLine(30, 3)}\n`,
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "conformance-"));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("are counted by what inspection says of them, and each failure is named", { timeout: 60_000 }, async () => {
    const report = await reportOf(inspectAll(Object.keys(files).map((name) => join(folder, name))));
    expect(report.files).toEqual({ valid: 4, invalid: 4, unlabelled: 1 });
    expect(report.verdicts).toEqual({
      valid: { accepted: 1, "without-data": 1, refused: 1, "other-form": 1 },
      invalid: { reported: 1, missed: 2, outside: 1 },
      unlabelled: { refused: 1 },
    });
    expect([...report.outside.values()]).toEqual([1]);
    const failed = ["passed_text", "failed_body_pos_001", "failed_of_tomorrow"];
    expect(report.failures.map((line) => /\w+(?=\.vcf)/.exec(line)?.[0])).toEqual(failed);
    expect(report.refusedUnlabelled).toEqual([expect.stringContaining("vcf-record-columns")]);
    expect(report.maxBytes).toBeGreaterThanOrEqual(vcfText().length);
    expect(reportLines("suite", report).filter((line) => line.includes("FAILED"))).toHaveLength(3);
  });

  test("that crash or hang do not keep the next ones", { timeout: 60_000 }, async () => {
    const worker = new URL("./worker.mjs", import.meta.url);
    const outcomes: Outcome["kind"][] = [];
    for await (const { outcome } of inspectAll(["sound", "crash", "sound", "hang", "sound"], worker, 2_000))
      outcomes.push(outcome.kind);
    expect(outcomes).toEqual(["inspected", "crashed", "inspected", "hung", "inspected"]);
  });

  test("that read too much are failures", async () => {
    const outcome = { kind: "inspected", seconds: 1, findings: [], reads: 25, bytesRead: 1 } as const;
    const report = await reportOf(
      (async function* () {
        yield { path: "passed/a.vcf", outcome };
        yield { path: "passed/b.vcf", outcome: { ...outcome, reads: 24, bytesRead: 2 ** 24 + 1 } };
        yield { path: "passed/c.vcf", outcome: { ...outcome, reads: 24, bytesRead: 2 ** 24 } };
      })(),
    );
    expect(report.failures.map((line) => line.slice(0, 12))).toEqual(["passed/a.vcf", "passed/b.vcf"]);
  });
});
