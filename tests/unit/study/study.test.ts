import { describe, expect, test } from "vitest";
import { type StudyObject, studyFolder, studyPrefixOf } from "../../../core/study/study.ts";

const prefix = "cohort/";

describe("the part that an object plays", () => {
  test.each([
    "chr1.vcf",
    "chr1.vcf.gz",
    "chr1.vcf.bgz",
    "CHR1.VCF.GZ",
    "chr 1 (final).vcf",
    "Größe+λ.vcf.gz",
    "by chromosome/chr1.vcf.gz",
    ".vcf",
  ])("is a VCF for %j", (name) => {
    expect(partsOf([name])).toEqual({ vcfs: [name], labelTables: [], others: [] });
  });

  test.each(["labels.csv", "labels.tsv", "labels.txt", "LABELS.CSV", "phenotypes/2024 (1).Csv"])(
    "is a labels table for %j",
    (name) => {
      expect(partsOf([name])).toEqual({ vcfs: [], labelTables: [name], others: [] });
    },
  );

  test.each(["analysis.json", "Analysis.JSON"])("is the analysis for %j", (name) => {
    expect(partsOf([name])).toEqual({ vcfs: [], labelTables: [], others: [], analysis: name });
  });

  test.each([
    "chr1.vcf.gz.tbi",
    "chr1.vcf.xz",
    "chr1.bcf",
    "chr1vcf",
    "labels.csv.gz",
    "labels.xlsx",
    "analysis.json.bak",
    "other-analysis.json",
    "old/analysis.json",
    "README.md",
  ])("is none for %j", (name) => {
    expect(partsOf([name])).toEqual({ vcfs: [], labelTables: [], others: [name] });
  });

  test("comes from the name below the folder, not from the folder's own name", () => {
    const { vcfs, others } = studyFolder([objectOf("my.vcf/notes")], "my.vcf/");
    expect({ vcfs, others: others.map(({ key }) => key) }).toEqual({ vcfs: [], others: ["my.vcf/notes"] });
  });
});

test("a folder keeps all its VCFs and all its tables, in key order, whatever order they were listed in", () => {
  const names = ["chr2.vcf.gz", "chr10.vcf.gz", "b.tsv", "chr1.vcf.gz", "a.csv", "z.png", "analysis.json"];
  const expected = {
    vcfs: ["chr1.vcf.gz", "chr10.vcf.gz", "chr2.vcf.gz"],
    labelTables: ["a.csv", "b.tsv"],
    others: ["z.png"],
    analysis: "analysis.json",
  };
  expect(partsOf(names)).toEqual(expected);
  expect(partsOf(names.toReversed())).toEqual(expected);
});

test("a folder without anything plays no part", () => {
  expect(studyFolder([], prefix)).toEqual({ vcfs: [], labelTables: [], others: [] });
});

describe("the study of a key", () => {
  test.each([
    ["cohort/chr1.vcf", "cohort/"],
    ["cohort/by chromosome/chr1.vcf", "cohort/"],
    ["cohort/", "cohort/"],
    ["Studie Größe+λ/labels.csv", "Studie Größe+λ/"],
    ["a//b.vcf", "a/"],
  ])("is the first folder: %j belongs to %j", (key, study) => {
    expect(studyPrefixOf(key)).toBe(study);
  });

  test.each(["chr1.vcf", "", "/chr1.vcf", "/", "//chr1.vcf"])(
    "is none for %j, which lies in no named folder",
    (key) => {
      expect(studyPrefixOf(key)).toBeUndefined();
    },
  );
});

function partsOf(names: readonly string[]) {
  const { vcfs, labelTables, others, analysis } = studyFolder(
    names.map((name) => objectOf(prefix + name)),
    prefix,
  );
  const nameOf = ({ key }: StudyObject) => key.slice(prefix.length);
  return {
    vcfs: vcfs.map(nameOf),
    labelTables: labelTables.map(nameOf),
    others: others.map(nameOf),
    ...(analysis && { analysis: nameOf(analysis) }),
  };
}

function objectOf(key: string): StudyObject {
  return { key, size: 1, etag: "e" };
}
