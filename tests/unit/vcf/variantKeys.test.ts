import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { variantKeys } from "../../../core/vcf/variantKeys.ts";

const keys = (pos: number, ref: string, alternates: string) => [...variantKeys(pos, ref, alternates).keys()];

describe("what makes records hold the same variant", () => {
  test.each([
    ["a base in its context", 123, "TAT", "TGT", ["124 A G"]],
    ["each alternate of its own", 5, "A", "C,G", ["5 A C", "5 A G"]],
    ["small letters", 5, "a", "c", ["5 A C"]],
    ["a deletion keeps a base", 5, "TAT", "T", ["5 TAT T"]],
    ["symbolic alleles as they are", 5, "A", "<DEL>", ["5 A <DEL>"]],
    ["what stands for other alleles only if alone", 5, "A", "C,*,<NON_REF>", ["5 A C"]],
    ["no alternate", 5, "A", ".", ["5 A ."]],
  ])("%s", (_, pos, ref, alternates, expected) => {
    expect(keys(pos, ref, alternates)).toEqual(expected);
  });

  test("stays the same with any bases before and behind it", () => {
    const bases = fc.string({ unit: fc.constantFrom("A", "C", "G", "T"), maxLength: 6 });
    fc.assert(
      fc.property(bases, bases, fc.constantFrom("AC", "GT", "TA"), (before, behind, [ref = "", alt = ""]) => {
        expect(keys(50 - before.length, before + ref + behind, before + alt + behind)).toEqual([`50 ${ref} ${alt}`]);
      }),
    );
  });
});
