/** Each line was tried on htsjdk 2.21 out of VariantSpark's jar: what is unreadable made it throw, the rest did not. */
import { expect, test } from "vitest";
import { sampleFieldsTrouble } from "../../../core/vcf/sampleFields.ts";
import { siteTrouble } from "../../../core/vcf/siteTrouble.ts";

const NAMES = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"];
const SOUND = ["1", "100", "rs1", "C", "T", "50", "PASS", "AN=2", "GT:DP"];

function kindOf(column: string, value: string): string | undefined {
  return siteTrouble(SOUND.map((sound, index) => (NAMES[index] === column ? value : sound)))?.kind;
}

test.each([
  ["CHROM", ["1", "chr1", "<1>", "HLA-A*01:01:01:01", "chrUn_KI270302v1"]],
  ["POS", ["0", "007", "2147483647"]],
  ["ID", [".", "rs1;rs2"]],
  ["REF", ["n", "CN", "c"]],
  ["ALT", [".", "*", "<*>", "<NON_REF>", "<DEL:ME:ALU>", "NN", "t", "*,T", "A.", ".A"]],
  ["ALT", ["]1:5]A", "A]1:5]", "G[17:198983[", "]<ctg1>:5]A", "T<ctg1>", "<DEL>,<DUP>", "T,<*>"]],
  ["QUAL", [".", "Inf", "NaN", "1e3", ".5", "5.", "-0.0", "-1", "-10.0", " 5", "1d"]],
  ["FILTER", [".", "PASS", "q10;", "a=b", "a,b", "q;0"]],
  ["INFO", [".", "END=5", "END=-5", "XEND=x", "END;END=5", "AN=", "=5", ";;"]],
  ["FORMAT", ["GT", "GT:", "GT::DP", "GT:DP:DP"]],
])("%s of %j is sound", (column, values) => {
  for (const value of values) expect([value, kindOf(column, value)]).toEqual([value, undefined]);
});

test.each([
  ["CHROM", [""]],
  ["POS", ["2147483648"]],
  ["ID", [""]],
  ["REF", ["", ".", "R", "*", "C,A", "<DEL>", "C ", "-", "T"]],
  ["ALT", ["", "R", "A,,G", ",A", "G,G", "G,g", "C", "c", "A T", "-", "0", "I", "A*", "<DEL>,<DEL>", "*,*"]],
  ["QUAL", ["", "abc", "1,5", "-5", "-100", "-Inf", "-1e-9", "0x10", "1_0"]],
  ["FILTER", ["", "0", "q10;;s", "my filter", "PASS ", "é"]],
  ["INFO", ["", "A B", "END=", "END=.", "END=1,2", "X=1;END=x", "END=2147483648", "END"]],
  ["FORMAT", ["GT:GT", "GT:DP:GT"]],
])("%s of %j is unreadable", (column, values) => {
  for (const value of values) expect([value, kindOf(column, value)]).toEqual([value, "unreadable"]);
});

test.each([
  ["CHROM", ["chr 1", "1,2", "<1", " 1"]],
  ["ID", ["a b", ";a", "a;", "a;a"]],
  ["ALT", ["<INS>BLAH>", "[1:100[", "<DEL", "DEL>", "<>", "G,", "G,.", "A[1"]],
])("%s of %j is read, and is not what the specification says", (column, values) => {
  for (const value of values) expect([value, kindOf(column, value)]).toEqual([value, "malformed"]);
});

test.each([
  ["GT", ["0/1", "", "."]],
  ["GT:DP", ["0/1:3", "0/1", "0/1:.", "0/1:-1", "0/1:+5"]],
  ["GT:GQ", ["0/1:1.5", "0/1:nan", "0/1: 5"]],
  ["GT:GL", ["0/1:.", "0/1:.,.,.", "0/1:nan,0,0", "0/1:-1,-2"]],
  ["GT:FT", ["0/1:my f", "0/1:a;;b"]],
  ["GT:AD:PL:DS", ["0/1:x:1.5,2:y"]],
])("a sample of %s as in %j is read", (format, samples) => {
  for (const sample of samples) expect([sample, sampleFieldsTrouble(format)(sample)]).toEqual([sample, undefined]);
});

test.each([
  ["GT", ["0/1:", "0/1:3"], "more fields"],
  ["GT:DP", ["0/1:1.0", "0/1:", "0/1:x", "0/1:3,4", "0/1:99999999999", "0/1: 5"], "DP"],
  ["GT:DP:DP", ["0/1:3:x"], "DP"],
  ["GT:GQ", ["0/1:x", "0/1:3,4", "0/1:"], "GQ"],
  ["GT:GL", ["0/1:x", "0/1:", "0/1:-1,.,-2"], "GL"],
  ["GT:FT", ["0/1:", "0/1:0"], "FT"],
])("a sample of %s as in %j is unreadable", (format, samples, reason) => {
  for (const sample of samples) expect(sampleFieldsTrouble(format)(sample)).toContain(reason);
});
