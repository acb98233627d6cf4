import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localCommand, localNames } from "../../../core/run/localRun.ts";
import { labelValue, nodeGroupName, shortName } from "../../../core/run/names.ts";
import { runIdOf } from "../../../core/study/identity.ts";
import { runOf, vcfOf } from "./runOf.ts";

const executionName = fc.string({
  unit: fc.constantFrom(..."ABCXYZabcxyz0189-_"),
  minLength: 1,
  maxLength: 80,
});
const longName = executionName.map((name) => name.padEnd(64, "-x")).filter(({ length }) => length <= 80);

describe("the name of a run's node group", () => {
  test("is one that EKS takes, for any execution name: 63 of letters, digits, - and _, beginning with a letter", () => {
    fc.assert(
      fc.property(executionName, (id) => {
        expect(nodeGroupName(id)).toMatch(/^vs-[A-Za-z0-9_-]{1,60}$/);
        expect(nodeGroupName(id, 10)).toMatch(/^vs-[A-Za-z0-9_-]{1,57}_10$/);
      }),
    );
  });

  test("is never that of another run whose id is long too", () => {
    fc.assert(
      fc.property(longName, longName, (one, other) => {
        fc.pre(one !== other);
        expect(nodeGroupName(one)).not.toBe(nodeGroupName(other));
      }),
    );
  });
});

describe("the label of a run's nodes", () => {
  // Kubernetes, "Labels and Selectors", syntax and character set.
  const legal = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

  test("is a legal value for any execution name", () => {
    fc.assert(
      fc.property(executionName, (id) => {
        expect(labelValue(id)).toMatch(legal);
      }),
    );
  });

  test("is a legal value and not empty for any study, and differs where only the end of the id does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (folder) => {
        const [one, other] = [runIdOf(`${folder}/`, "a".repeat(64)), runIdOf(`${folder}/`, "b".repeat(64))];
        expect(labelValue(one)).toMatch(legal);
        expect(labelValue(one)).not.toBe("");
        expect(labelValue(one)).not.toBe(labelValue(other));
      }),
    );
  });
});

describe("a short name", () => {
  test.each([
    ["abc", 3, "abc"],
    ["abcdefghijkl", 12, "abcdefghijkl"],
    // The digits are those of sha256("abcdefghijklm").
    ["abcdefghijklm", 12, "abc-ff10304f"],
  ])("of %s in %i characters is %s", (id, maxLength, name) => {
    expect(shortName(id, maxLength)).toBe(name);
  });

  test("keeps within its length and is the same every time", () => {
    fc.assert(
      fc.property(executionName, fc.integer({ min: 10, max: 80 }), (id, maxLength) => {
        expect(shortName(id, maxLength).length).toBeLessThanOrEqual(maxLength);
        expect(shortName(id, maxLength)).toBe(shortName(id, maxLength));
      }),
    );
  });
});

describe("the files of a local run", () => {
  test.each([
    ["cohort/chr22.vcf", "input-1.vcf"],
    ["cohort/CHR22.VCF.GZ", "input-1.vcf.gz"],
    ["cohort/chr22.vcf.bgz", "input-1.vcf.bgz"],
    ["cohort/a.vcf.gz/Größe +λ.vcf", "input-1.vcf"],
  ])("keep the extension, by which the engine picks the codec: %s is %s", (key, name) => {
    expect(localNames(runOf({ inspection: inspectionOf([key]) })).vcfs).toEqual([{ name, key }]);
  });

  test("are numbered, so that equal names of different folders do not meet", () => {
    const names = localNames(runOf({ inspection: inspectionOf(["cohort/a/1.vcf", "cohort/b/1.vcf"]) }));
    expect(names).toEqual({
      vcfs: [
        { name: "input-1.vcf", key: "cohort/a/1.vcf" },
        { name: "input-2.vcf", key: "cohort/b/1.vcf" },
      ],
      matrix: "matrix",
      labels: "labels.csv",
      importance: "importance.csv",
    });
  });

  test("are no VCFs before the run was inspected", () => {
    const { inspection: _, ...fresh } = runOf();
    expect(localNames(fresh).vcfs).toEqual([]);
  });
});

describe("the command of a local run", () => {
  test("names each file as the run's files are named", () => {
    const run = runOf({ inspection: inspectionOf(["cohort/a/1.vcf", "cohort/b/1.vcf.gz"]) });
    const words = localCommand(run)?.arguments ?? [];
    const { vcfs, labels, importance } = localNames(run);
    const inputs: unknown = JSON.parse(words[words.indexOf("-ij") + 1] ?? "");
    expect(inputs).toMatchObject(vcfs.map(({ name }) => ({ inputFile: name })));
    expect(words[words.indexOf("-ff") + 1]).toBe(labels);
    expect(words[words.indexOf("-of") + 1]).toBe(importance);
  });

  test("is not known before the run was inspected", () => {
    const { analysis: _, ...fresh } = runOf();
    expect(localCommand(fresh)).toBeUndefined();
  });
});

function inspectionOf(keys: readonly string[]) {
  return { vcfs: keys.map(vcfOf), samples: 1, variants: { estimate: 1, exact: true }, reads: 1, bytesRead: 1 };
}
