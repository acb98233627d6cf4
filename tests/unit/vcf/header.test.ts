import { describe, expect, test } from "vitest";
import { duplicates, vcfColumns } from "../../../core/vcf/header.ts";
import { metaLineTrouble } from "../../../core/vcf/metaLine.ts";
import { columnCount, recordTroubles } from "../../../core/vcf/records.ts";
import { RecordTally } from "../../../core/vcf/recordTally.ts";

const fixed = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

describe("the #CHROM line", () => {
  test.each([
    ["samples follow FORMAT", `${fixed}\tFORMAT\tb\ta`, { samples: ["b", "a"], hasFormat: true }],
    ["samples keep their spaces", `${fixed}\tFORMAT\t b \tc d`, { samples: [" b ", "c d"] }],
    ["tabs at its end name no sample", `${fixed}\tFORMAT\ta\t\t`, { samples: ["a"] }],
    ["an empty name in between is kept", `${fixed}\tFORMAT\ta\t\tb`, { samples: ["a", "", "b"] }],
    ["without FORMAT the samples follow INFO", `${fixed}\ta\tb`, { samples: ["a", "b"], hasFormat: false }],
    ["without samples there are none", fixed, { samples: [], hasFormat: false }],
    [
      "a wrong column is named",
      fixed.replace("QUAL", "Qual"),
      { wrongColumn: { index: 5, expected: "QUAL", found: "Qual" } },
    ],
    ["a missing column is named", "#CHROM\tPOS", { wrongColumn: { index: 2, expected: "ID", found: "" } }],
  ])("%s", (_, line, expected) => {
    expect(vcfColumns(line)).toMatchObject(expected);
  });

  test("names that occur twice are given once each", () => {
    expect(duplicates(["a", "b", "a", "c", "a", "b"])).toEqual(["a", "b"]);
  });
});

describe("a line of metadata", () => {
  test.each([
    "##INFO=<ID=A,Number=1,Type=String>",
    '##INFO=<ID=A,Number=R,Type=Integer,Description="a, b=c>",Source="x">',
    '##INFO=<ID=A,Number=.,Type=Float,Description="a \\"q\\" b">',
    '##INFO=<ID=A,Number=1,Type=String,Description="x"',
    '##INFO=<ID=A,Number=1,Type=Flag,Description="x">',
    "##FILTER=<ID=q10>",
    "##contig=<ID=1,length=x>",
    "##contig=<length=1,ID=1>",
    "##ALT=<ID=DEL>",
    '##ALT=<ID=DEL,Description="x",Source=y>',
    "##ALT=<ID=DEL,>",
    '##INFO=<ID=A, Number=1, Type=Integer, Description="x">',
    "##INFO=<ID=A,Number=1,Type=Integer,Description=x,y>",
    "##INFO=<ID=A,Number=0,Type=Flag>",
    "##SAMPLE=<Assay=x,ID=a>",
    "##META=<ID=a,Values=[b, c]>",
    "##PEDIGREE=<Child=a,Mother=b>",
    '##foo=<a="b>',
    "##foo=<b>",
    "##",
  ])("%s is read", (line) => {
    expect(metaLineTrouble(line)).toBeUndefined();
  });

  test.each([
    ['##INFO=<ID=A,Number=1,Type=string,Description="x">', "Type"],
    ['##INFO=<ID=A,Number=1,Description="x">', "in this order"],
    ['##INFO=<ID=A,Type=String,Number=1,Description="x">', "in this order"],
    ['##INFO=<Number=1,Type=String,Description="x">', "in this order"],
    ['##INFO=<ID=A,Number=X,Type=String,Description="x">', "Number"],
    ['##INFO=<ID=A,Number=-1,Type=String,Description="x">', "Number"],
    ['##INFO=<ID=A,Number=1,Type=String,Description="x', "quote"],
    ["##INFO=A", "in this order"],
    ['##FORMAT=<ID=A,Number=0,Type=Flag,Description="x">', "Flag"],
    ['##FILTER=<Description="x">', "FILTER"],
    ["##FILTER=q10", "FILTER"],
    ["##contig=<length=5>", "contig"],
    ["##contig=1", "contig"],
    ['##contig=<assembly="ID=x">', "no ID"],
    ['##contig=<ID=1,url="x>', "quote"],
    ["##INFO=<ID=A,Number=0,Type=Integer>", "Number=0"],
    ["##FORMAT=<ID=A,Number=0,Type=String>", "Number=0"],
    ["##INFO=<ID=A,Number=99999999999,Type=Integer>", "Number"],
    ['##INFO=<ID=A,Number=1,Type=Integer,Source="x",Description="y">', "in this order"],
    ['##FILTER=<ID=q10,Number=1,Description="x">', "in this order"],
    ['##ALT=<ID=DEL,Number=1,Description="x">', "in this order"],
    ['##ALT=<ID=a"b,Description="x">', "quote"],
    ["##ALT=DEL", "in this order"],
    ["##ALT=<DEL>", "in this order"],
    ["##SAMPLE=<Assay=x>", "no ID"],
    ["##META=x", "no ID"],
  ])("%s is refused, as htsjdk refuses it", (line, reason) => {
    expect(metaLineTrouble(line)).toContain(reason);
  });

  test("of a pedigree needs an ID in VCF 4.3 only", () => {
    expect(metaLineTrouble("##PEDIGREE=<Child=a,Mother=b>", "VCFv4.2")).toBeUndefined();
    expect(metaLineTrouble("##PEDIGREE=<Child=a,Mother=b>", "VCFv4.3")).toContain("no ID");
  });
});

describe("a record's shape", () => {
  const record = "22\t5\t.\tA\tC\t.\t.\t.\tGT:DP\t0|1:3\t1|1:4";

  test.each([
    ["is sound", record, []],
    ["may end with tabs", `${record}\t\t`, []],
    ["may have missing genotypes at its end", record.replace(/\t[^\t]*$/, "\t."), []],
    ["is blank", "", [{ kind: "blank", columns: 0 }]],
    ["has a column too few", record.replace(/\t[^\t]*$/, ""), [{ kind: "columns", columns: 10 }]],
    ["has a column too many", `${record}\t0`, [{ kind: "columns", columns: 12 }]],
    ["has no number in POS", record.replace("\t5\t", "\t5.0\t"), [{ kind: "position", columns: 11 }]],
    ["has an empty POS", record.replace("\t5\t", "\t\t"), [{ kind: "position", columns: 11 }]],
    ["has no GT", record.replace("GT:DP", "DP:AGT"), [{ kind: "no-genotypes", columns: 11 }]],
    ["has GT last", record.replace("GT:DP", "DP:GT"), [{ kind: "genotypes-not-first", columns: 11 }]],
  ])("%s", (_, line, expected) => {
    expect(recordTroubles(Buffer.from(line), 11, new RecordTally())).toEqual(expected);
  });

  test("its columns are counted without empty ones at the end", () => {
    expect(["", "a", "a\tb", "a\t\tb\t\t"].map((line) => columnCount(Buffer.from(line)))).toEqual([1, 1, 2, 3]);
  });
});
