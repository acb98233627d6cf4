import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isReadyToRun, runIdOf, studyDigest } from "../../../core/study/identity.ts";
import { type StudyObject, studyFolder } from "../../../core/study/study.ts";

const prefix = "cohort/";
const vcf: StudyObject = { key: "cohort/chr1.vcf.gz", size: 100, etag: "e1" };
const labels: StudyObject = { key: "cohort/labels.csv", size: 10, etag: "e2" };
const analysis: StudyObject = { key: "cohort/analysis.json", size: 2, etag: "e3" };
const picture: StudyObject = { key: "cohort/plot.png", size: 7, etag: "e4" };

const object = fc.record({
  key: fc
    .tuple(fc.string({ unit: "grapheme" }), fc.constantFrom(".vcf", ".vcf.gz", ".csv", ".txt"))
    .map(([stem, extension]) => `${prefix}${stem}${extension}`),
  size: fc.nat(),
  etag: fc.string({ unit: fc.constantFrom(..."0123456789abcdef-"), minLength: 1 }),
});
const objects = fc.uniqueArray(object, { selector: ({ key }) => key, minLength: 1, maxLength: 12 });

describe("the digest of a study", () => {
  test("does not depend on the order in which its objects are listed", () => {
    fc.assert(
      fc.property(objects, fc.func(fc.nat()), (listed, rank) => {
        const shuffled = listed.toSorted((a, b) => rank(a.key) - rank(b.key));
        expect(digestOf(shuffled)).toBe(digestOf(listed));
      }),
    );
  });

  test("does not depend on the order within a folder that nobody sorted", () => {
    const vcfs = [vcf, { ...vcf, key: "cohort/chr2.vcf.gz" }];
    const digests = [vcfs, vcfs.toReversed()].map((some) => studyDigest({ vcfs: some, labelTables: [], others: [] }));
    expect(digests[1]).toBe(digests[0]);
  });

  test("is 64 hexadecimal digits for any names", () => {
    fc.assert(
      fc.property(objects, (listed) => {
        expect(digestOf(listed)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  test.each([
    { case: "another key", changed: [{ ...vcf, key: "cohort/chr2.vcf.gz" }, labels] },
    { case: "another size", changed: [{ ...vcf, size: 101 }, labels] },
    { case: "another ETag", changed: [{ ...vcf, etag: "e9" }, labels] },
    { case: "labels of another ETag", changed: [vcf, { ...labels, etag: "e9" }] },
    { case: "one VCF more", changed: [vcf, { ...vcf, key: "cohort/chr2.vcf.gz" }, labels] },
    { case: "no labels", changed: [vcf] },
    { case: "an analysis.json", changed: [vcf, labels, analysis] },
    { case: "figures that read the same when joined", changed: [{ ...vcf, size: 10, etag: "0e1" }, labels] },
  ])("changes with $case", ({ changed }) => {
    expect(digestOf(changed)).not.toBe(digestOf([vcf, labels]));
  });

  test("changes with the ETag of any single object", () => {
    fc.assert(
      fc.property(objects, fc.nat(), (listed, index) => {
        const place = index % listed.length;
        const changed = listed.map((one, i) => (i === place ? { ...one, etag: `${one.etag}0` } : one));
        expect(digestOf(changed)).not.toBe(digestOf(listed));
      }),
    );
  });

  test("does not change with what takes no part in the run", () => {
    expect(digestOf([vcf, labels, picture])).toBe(digestOf([vcf, labels]));
  });

  test("changes with parameters given through the API", () => {
    const folder = studyFolder([vcf, labels], prefix);
    const digests = [{}, { trees: 100 }, { trees: 200 }].map((parameters) => studyDigest(folder, parameters));
    expect(new Set(digests).size).toBe(3);
    expect(studyDigest(folder)).toBe(digests[0]);
    expect(studyDigest(folder, { trees: 7, seed: 1 })).toBe(studyDigest(folder, { seed: 1, trees: 7 }));
  });
});

describe("the id of a run", () => {
  const digests = [digestOf([vcf, labels]), digestOf([vcf, { ...labels, size: 11 }])] as const;

  test("is a legal execution name for any folder", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1024 }), (folder) => {
        expect(runIdOf(`${folder}/`, digests[0])).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      }),
    );
  });

  test("differs with the digest, whatever the folder is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (folder) => {
        expect(runIdOf(`${folder}/`, digests[0])).not.toBe(runIdOf(`${folder}/`, digests[1]));
      }),
    );
  });

  test.each([
    ["cohort/", "cohort"],
    ["My Cohort (v2)/", "my-cohort-v2"],
    ["a/b/", "a-b"],
    ["Größe/", "gro-e"],
    ["naïve/", "nai-ve"],
    ["データ/", "study"],
    ["---/", "study"],
    [`${"x".repeat(100)}/`, "x".repeat(60)],
  ])("shows the folder as far as a name can: %j becomes %s", (folder, name) => {
    expect(runIdOf(folder, digests[0])).toBe(`${name}-${digests[0].slice(0, 12)}`);
  });
});

test.each([
  { case: "nothing", folder: [], ready: false },
  { case: "a VCF", folder: [vcf], ready: false },
  { case: "labels", folder: [labels], ready: false },
  { case: "analysis.json", folder: [analysis], ready: false },
  { case: "a VCF and labels", folder: [vcf, labels], ready: true },
  { case: "a VCF and analysis.json", folder: [vcf, analysis], ready: true },
  { case: "labels and analysis.json", folder: [labels, analysis], ready: true },
  { case: "all three", folder: [vcf, labels, analysis], ready: true },
  { case: "a VCF and a picture", folder: [vcf, picture], ready: false },
  { case: "two VCFs", folder: [vcf, { ...vcf, key: "cohort/chr2.vcf" }], ready: false },
  { case: "two tables", folder: [labels, { ...labels, key: "cohort/more.tsv" }], ready: false },
])("a folder with $case is ready to run: $ready", ({ folder, ready }) => {
  expect(isReadyToRun(studyFolder(folder, prefix))).toBe(ready);
});

function digestOf(listed: readonly StudyObject[]): string {
  return studyDigest(studyFolder(listed, prefix));
}
