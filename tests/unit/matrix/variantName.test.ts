import { describe, expect, test } from "vitest";
import { variantName } from "../../../core/matrix/variantName.ts";
import { countAlternates } from "../../../core/vcf/alternates.ts";

/** The last column is what VariantSpark 0.5.5 `convert` names the variable, where it reads the record. */
const NAMES: readonly (readonly [
  chrom: string,
  pos: string,
  ref: string,
  alt: string,
  name: string,
  variantSpark: string,
])[] = [
  ["1", "100", "A", "C", "1_100_A_C", "1_100_A_C"],
  ["1", "101", "A", "C,G", "1_101_A_C|G", "1_101_A_C|G"],
  ["1", "102", "a", "c", "1_102_A_C", "1_102_A_C"],
  ["1", "118", "ACGT", "A", "1_118_ACGT_A", "1_118_ACGT_A"],
  ["1", "119", "AcgT", "a,acg", "1_119_ACGT_A|ACG", "1_119_ACGT_A|ACG"],
  ["1", "108", "A", "*", "1_108_A_*", "1_108_A_*"],
  ["1", "109", "A", "C,*", "1_109_A_C|*", "1_109_A_C|*"],
  ["1", "10", "A", ".", "1_10_A_", "1_10_A_"],
  ["1", "21", "A", "C,", "1_21_A_C", "1_21_A_C"],
  ["1", "24", "A", "C,.", "1_24_A_C", "1_24_A_C"],
  ["chr1", "0", "A", "C", "chr1_0_A_C", "chr1_0_A_C"],
  ["HLA-A*01:01", "007", "A", "C", "HLA-A*01:01_7_A_C", "HLA-A*01:01_7_A_C"],
  ["1_b", "5", "A", "C", "1_b_5_A_C", "1_b_5_A_C"],
  ["1", "103", "A", "<DEL>", "1_103_A_<DEL>", "1_103_A_"],
  ["1", "104", "A", "<DUP>", "1_104_A_<DUP>", "1_104_A_"],
  ["1", "105", "A", "<DEL>,C", "1_105_A_<DEL>|C", "1_105_A_|C"],
  ["1", "106", "A", "C,<DEL>", "1_106_A_C|<DEL>", "1_106_A_C|"],
  ["1", "107", "A", "<DEL>,<DUP>", "1_107_A_<DEL>|<DUP>", "1_107_A_|"],
  ["1", "18", "A", "<del>", "1_18_A_<del>", "1_18_A_"],
  ["1", "120", "A", "<INS:ME:ALU>", "1_120_A_<INS:ME:ALU>", "1_120_A_"],
  ["1", "112", "A", "<*>", "1_112_A_<*>", "1_112_A_"],
  ["1", "114", "N", "N[1:500[", "1_114_N_N[1:500[", "1_114_N_"],
  ["1", "19", "A", "n[chr1:5[", "1_19_A_n[chr1:5[", "1_19_A_"],
  ["1", "116", "N", ".A", "1_116_N_.A", "1_116_N_"],
  ["1", "33", "A", "C.,G", "1_33_A_C.|G", "1_33_A_|G"],
];

describe("the name of a variable", () => {
  test.each(NAMES)("%s %s %s %s is %s, where VariantSpark says %s", (chrom, pos, ref, alt, name, variantSpark) => {
    expect(nameOf(chrom, pos, ref, alt)).toBe(name);
    const isSymbolic = /[<[\]]|[^,]\.|\.[^,]/.test(alt.replace(/,\.$/, ""));
    expect(name === variantSpark).toBe(!isSymbolic);
  });

  test("a deletion and a duplication at one place have different names", () => {
    expect(nameOf("1", "100", "A", "<DEL>")).not.toBe(nameOf("1", "100", "A", "<DUP>"));
  });
});

test.each([
  ["C", 1],
  ["C,G", 2],
  ["<DEL>,*,T", 3],
  [".", 0],
  ["", 0],
  ["C,.", 1],
  ["C,", 1],
])("ALT %j names %i alternate alleles", (alt, count) => {
  expect(countAlternates(Buffer.from(alt), 0, alt.length)).toBe(count);
});

function nameOf(chrom: string, pos: string, ref: string, alt: string): string {
  const bytes = Buffer.from([chrom, pos, "rs1", ref, alt, "."].join("\t"));
  const posStart = chrom.length + 1;
  const refStart = posStart + pos.length + "\trs1\t".length;
  const altStart = refStart + ref.length + 1;
  const site = {
    ...{ chromStart: 0, chromEnd: chrom.length, posStart, posEnd: posStart + pos.length },
    ...{ refStart, refEnd: refStart + ref.length, altStart, altEnd: altStart + alt.length },
  };
  return Buffer.from(variantName(bytes, site)).toString();
}
