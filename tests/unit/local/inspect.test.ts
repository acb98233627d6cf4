import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseCommandLine, UsageError } from "../../../local/inspect/commandLine.ts";
import { inspectFiles } from "../../../local/inspect/inspectFiles.ts";
import { localStudy } from "../../../local/inspect/localStudy.ts";
import { inWords, lintLines, studyLines, verdictLine } from "../../../local/inspect/screen.ts";
import { writeBgzf } from "../bgzf/writeBgzf.ts";
import { labelsText, vcfText } from "../inspect/studyOf.ts";

const command = join(import.meta.dirname, "../../../local/inspect/command.ts");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inspect-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a folder is inspected as the study that it would be after an upload", () => {
  test("with its labels, its analysis.json and folders within it", async () => {
    files({ "vcfs/a.vcf": vcfText(), "labels.csv": wideLabels(), "analysis.json": '{"labelColumn":"status"}' });
    const { inspection } = await inspectFiles({ paths: [folder], json: false });
    expect(inspection.findings).toEqual([]);
    expect(inspection).toMatchObject({
      samples: 4,
      variants: { estimate: 20, exact: true },
      labels: { column: "status" },
    });
    expect(inspection.vcfs.map(({ file }) => file)).toEqual(["vcfs/a.vcf"]);
  });

  test.each([
    ["is no JSON", "{", "analysis-unreadable"],
    ["has a labelColumn of another kind", '{"labelColumn": 3}', "analysis-unreadable"],
    ["names unknown samples", '{"labelColumn":"status","filters":{"samples":["S1","X"]}}', "filter-samples-unknown"],
  ])("with a finding if its analysis.json %s", async (_, analysis, code) => {
    files({ "a.vcf": vcfText(), "labels.csv": wideLabels(), "analysis.json": analysis });
    const { inspection } = await inspectFiles({ paths: [folder], json: false });
    expect(inspection.findings.map((finding) => finding.code)).toContain(code);
  });

  test("and what is not in it is missing", async () => {
    files({ "a.vcf": vcfText() });
    const { inspection } = await inspectFiles({ paths: [folder], json: false });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["no-labels"]);
  });
});

describe("files are inspected alone", () => {
  test("a VCF without labels is no error", async () => {
    files({ "a.vcf": vcfText() });
    const { inspection } = await inspectFiles({ paths: [join(folder, "a.vcf")], json: false });
    expect(inspection.findings).toEqual([]);
  });

  test("one with another extension is named as what it is", async () => {
    files({ "a.bcf": writeBgzf(Buffer.from("BCF\x02\x02\0\0\0")) });
    const { inspection } = await inspectFiles({ paths: [join(folder, "a.bcf")], json: false });
    expect(inspection.findings).toMatchObject([{ code: "not-a-vcf", file: "a.bcf" }]);
  });

  test("an index beside one is part of the study", async () => {
    files({ "x/a.vcf.gz": "", "x/a.vcf.gz.tbi": "", "x/b.vcf.gz.tbi": "", "y/l.csv": "" });
    const study = await localStudy([join(folder, "x/a.vcf.gz"), join(folder, "y/l.csv")]);
    expect(study.folder).toBe(folder);
    expect(study.files.vcfs.map(({ key }) => key)).toEqual(["x/a.vcf.gz"]);
    expect(study.files.others.map(({ key }) => key)).toEqual(["x/a.vcf.gz.tbi"]);
  });
});

describe("a call that cannot be understood is a usage error", () => {
  test.each([[[]], [["--no-such-option", "x"]]])("%j", (argv) => {
    expect(() => parseCommandLine(argv)).toThrow(UsageError);
  });

  test("a path that does not exist, or a folder beside files", async () => {
    files({ "a.vcf": vcfText() });
    await expect(localStudy([join(folder, "b.vcf")])).rejects.toThrow(UsageError);
    await expect(localStudy([folder, join(folder, "a.vcf")])).rejects.toThrow("name it alone");
  });
});

test("lines name file and line as a linter does, with the remedy below", () => {
  const findings = [
    { code: "vcf-blank-line", severity: "error", file: "a.vcf", line: 7, message: "a.vcf, line 7: …", remedy: "Do." },
    { code: "corrupt-gzip", severity: "error", file: "b.vcf", byteOffset: 9, message: "b.vcf: …", remedy: "" },
    { code: "no-labels", severity: "warning", message: "None.", remedy: "" },
  ] as const;
  const at = (file: string) => join(folder, file);
  const lines = lintLines({ findings }, process.cwd()).map(stripVTControlCharacters);
  expect(lines).toEqual([
    "a.vcf:7: error: a.vcf, line 7: … [vcf-blank-line]",
    "    → Do.",
    "b.vcf: byte 9: error: b.vcf: … [corrupt-gzip]",
    "warning: None. [no-labels]",
  ]);
  expect(stripVTControlCharacters(lintLines({ findings }, folder)[0] ?? "")).toContain(`${at("a.vcf").slice(-12)}:7:`);
  expect(stripVTControlCharacters(verdictLine(findings))).toBe("2 errors, 1 warning");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_500, "1.5 KB"],
  [2 ** 40, "1.1 TB"],
  [3e16, "30,000 TB"],
])("%i bytes are %s", (bytes, words) => {
  expect(inWords(bytes)).toBe(words);
});

test("the study is told in a few lines", async () => {
  files({ "a.vcf": vcfText(), "labels.csv": labelsText() });
  const { inspection } = await inspectFiles({ paths: [folder], json: false });
  const text = studyLines(inspection).join("\n");
  expect(text).toContain("a.vcf  VCFv4.2, plain");
  expect(text).toContain("contigs 22");
  expect(text).toContain("1.0 FORMAT keys, 4.0 B per genotype");
  expect(text).toContain("0 % of the records multi-allelic; 0 % of the genotypes missing, 0 % haploid");
  expect(text).toContain("2.3 KB when all genotypes are cached");
  expect(text).toContain("4 samples × 20 variants");
  expect(text).toContain("column label: 2 of class 0, 2 of class 1");
});

test("an estimate is told with its interval, a build with its names, an index as what counted", async () => {
  files({ "a.vcf": vcfText({ meta: ["##contig=<ID=chr22,length=50818468>"] }) });
  const { inspection } = await inspectFiles({ paths: [folder], json: false });
  const [vcf] = inspection.vcfs;
  if (vcf === undefined) throw new Error("no VCF was inspected");
  const records = { estimate: 2000, exact: false, low: 1900, high: 2100 };
  const text = studyLines({
    ...inspection,
    vcfs: [{ ...vcf, records, countedBy: "a.vcf.tbi" }],
    variants: records,
  }).join("\n");
  expect(text).toContain("about 2,000 (1,900 – 2,100) records (counted by a.vcf.tbi)");
  expect(text).toContain("about 2,000 (1,900 – 2,100) variants");
  expect(text).toContain("GRCh38, with chr");
});

test("the command prints, and ends with 0, 1 or 2", () => {
  files({ "a.vcf": vcfText(), "labels.csv": wideLabels() });
  const run = (...argv: string[]) => spawnSync(process.execPath, [command, ...argv], { encoding: "utf8" });
  const clean = run(folder, "--label-column", "status", "--json");
  expect(clean.status).toBe(0);
  expect(JSON.parse(clean.stdout)).toMatchObject({ samples: 4, labels: { column: "status" } });
  const asked = run(folder);
  expect(asked.status).toBe(0);
  expect(asked.stdout).toContain("labels.csv:1: warning:");
  const refused = run(folder, "--label-column", "none");
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain("labels.csv:1: error:");
  const misused = run();
  expect(misused.status).toBe(2);
  expect(misused.stderr).toContain("npm run inspect");
}, 30_000);

function files(contents: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Two columns besides the sample. */
function wideLabels(): string {
  return "sample,code,status\nS1,0,0\nS2,1,1\nS3,0,0\nS4,1,1\n";
}
