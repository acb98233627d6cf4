import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import { vcfSamples } from "../../../core/inspect/vcfSamples.ts";
import { writeBgzf } from "../bgzf/writeBgzf.ts";
import { codesOf, FIXED_COLUMNS, inspected, labelsText, recordLine, vcfText } from "./studyOf.ts";

const vcf = vcfText();
const labels = labelsText();
const bgzf = Buffer.from(writeBgzf(Buffer.from(vcf), 300));

describe("a sound VCF is accepted", () => {
  test.each([
    ["plain text", "a.vcf", vcf, "none", []],
    ["gzip", "a.vcf.gz", gzipSync(vcf), "gzip", ["gzip-is-one-partition"]],
    [
      "gzip of several members",
      "a.vcf.gz",
      Buffer.concat([gzipSync(vcf.slice(0, 500)), gzipSync(vcf.slice(500))]),
      "gzip",
      ["gzip-is-one-partition"],
    ],
    ["BGZF named .gz", "a.vcf.gz", bgzf, "bgzf", ["gzip-is-one-partition"]],
    ["BGZF named .bgz, with a warning", "a.vcf.bgz", bgzf, "bgzf", ["bgz-not-readable-on-aws"]],
    ["text with CRLF line ends", "a.vcf", vcf.replaceAll("\n", "\r\n"), "none", []],
    ["text with a byte order mark", "a.vcf", `\uFEFF${vcf}`, "none", []],
    ["a header line before the fileformat line", "a.vcf", `##source=x\n${vcf}`, "none", []],
    ["a tab at the end of each line", "a.vcf", vcf.replace(/^([^#\n][^\n]*|#C[^\n]*)$/gm, "$1\t"), "none", []],
    ["a second header among the records", "a.vcf", vcf + vcfText({ contig: "23" }), "none", []],
  ])("%s", async (_, name, content, compression, codes) => {
    const { inspection } = await inspected({ [name]: content, "labels.csv": labels });
    expect(inspection.findings.map(({ code }) => code)).toEqual(codes);
    expect(inspection.vcfs).toMatchObject([
      { file: name, compression, sampleCount: 4, fileFormat: "VCFv4.2", records: { exact: true } },
    ]);
    expect(inspection.samples).toBe(4);
    expect(inspection.variants.estimate % 20).toBe(0);
  });

  test("its summary counts records, header lines and bytes of text exactly", async () => {
    const content = gzipSync(vcf);
    const { inspection } = await inspected({ "a.vcf.gz": content, "labels.csv": labels });
    expect(inspection.vcfs).toEqual([
      {
        file: "a.vcf.gz",
        key: "cohort/a.vcf.gz",
        etag: "etag of cohort/a.vcf.gz",
        compressedBytes: content.length,
        compression: "gzip",
        engineReadable: true,
        fileFormat: "VCFv4.2",
        sampleCount: 4,
        headerLines: 2,
        records: { estimate: 20, exact: true },
        uncompressedBytes: vcf.length,
        contigs: [{ contig: "22", firstPos: 16_050_000, lastPos: 16_050_019 }],
        shape: { records: 20, multiAllelicShare: 0, missingShare: 0, haploidShare: 0, formatKeys: 1, genotypeBytes: 4 },
      },
    ]);
  });

  test("of 100,000 samples with a #CHROM line of more than 1 MiB, compressed or not", async () => {
    const samples = Array.from({ length: 100_000 }, (_, index) => `cohort-sample-${index}`);
    const text = vcfText({ samples, records: 3 });
    expect(text.indexOf("\n22\t")).toBeGreaterThan(2 ** 20);
    for (const [name, content] of [
      ["a.vcf", text],
      ["a.vcf.gz", gzipSync(text)],
      ["a.vcf.bgz", writeBgzf(Buffer.from(text))],
    ] as const) {
      const { inspection, normalizedLabels } = await inspected({ [name]: content, "labels.csv": labelsText(samples) });
      expect(inspection.samples).toBe(100_000);
      expect(normalizedLabels).toBe(labelsText(samples));
      expect(inspection.reads).toBeLessThanOrEqual(14);
    }
  });
});

describe("what is no VCF is named as what it is", () => {
  test.each([
    ["a PNG image", Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), deflateSync("pixels")])],
    ["a PDF document", Buffer.from("%PDF-1.7\n%âãÏÓ\n")],
    ["a ZIP archive", Buffer.from("PK\x03\x04\x14\0\0\0\x08\0")],
    ["a JPEG image", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ["BCF, the binary form of VCF", writeBgzf(Buffer.from("BCF\x02\x02\0\0\0"))],
    ["BAM (aligned reads)", writeBgzf(Buffer.from("BAM\x01\0\0\0\0"))],
    ["CRAM (aligned reads)", Buffer.from("CRAM\x03\0")],
    ["a tabix index", writeBgzf(Buffer.from("TBI\x01\0\0\0\0"))],
    ["UTF-16 text", Buffer.from(`\uFEFF${vcf}`, "utf16le")],
    ["UTF-16 text", Buffer.from(vcf, "utf16le")],
    ["UTF-16 text", Buffer.from(vcf, "utf16le").swap16()],
    ["an HTML page", Buffer.from("\n<!DOCTYPE html><html><body>404</body></html>")],
    ["an XML document", Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ["JSON", Buffer.from('{"message": "not found"}')],
    ["gzip-compressed data", gzipSync(gzipSync(vcf))],
    ["bzip2-compressed data", Buffer.from("BZh91AY&SY")],
    ["xz-compressed data", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ["zstd-compressed data", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])],
    ["an old Office document", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    ["SAM (aligned reads)", Buffer.from("@HD\tVN:1.6\n@SQ\tSN:22\tLN:5\n")],
    ["binary data of an unknown kind", Buffer.from([7, 1, 2, 3, 4, 5])],
  ])("%s", async (name, content) => {
    const { inspection } = await inspected({ "a.vcf.gz": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([
      { code: "not-a-vcf", severity: "error", file: "a.vcf.gz", message: expect.stringContaining(name) },
    ]);
    expect(inspection.vcfs).toEqual([]);
  });
});

describe("what is no VCF has a remedy of its own", () => {
  test.each([
    ["BCF", writeBgzf(Buffer.from("BCF\x02\x02\0\0\0")), "bcftools view -Oz"],
    ["BAM", writeBgzf(Buffer.from("BAM\x01\0\0\0\0")), "call variants"],
    ["CRAM", Buffer.from("CRAM\x03\0"), "call variants"],
    ["FASTA", Buffer.from(">chr1\nACGT\n"), "call variants"],
    ["PLINK's .bed", Buffer.from([0x6c, 0x1b, 1, 0xff]), "plink2 --bfile"],
    ["PLINK 2's .pgen", Buffer.from([0x6c, 0x1b, 0x10, 0xff]), "plink2 --bfile"],
    ["BGEN", Buffer.concat([Buffer.alloc(16, 1), Buffer.from("bgen")]), "plink2 --bgen"],
    ["a ZIP archive", Buffer.from("PK\x03\x04\x14\0\0\0\x08\0"), "Unpack"],
    ["UTF-16", Buffer.from(vcf, "utf16le"), "iconv"],
    ["gzip of gzip", gzipSync(gzipSync(vcf)), "decompress it once"],
    ["a web page", Buffer.from("<html></html>"), "download the VCF again"],
    ["a PDF document", Buffer.from("%PDF-1.7\n"), "Upload the VCF itself"],
  ])("%s", async (_, content, remedy) => {
    const { inspection } = await inspected({ "a.vcf": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ code: "not-a-vcf", remedy: expect.stringContaining(remedy) }]);
  });
});

describe("a study that is still being uploaded", () => {
  test.each(["b.vcf.gz.filepart", "b.vcf.gz.part", "x/b.vcf.crdownload", "labels.csv.tmp", "b.vcf.gz.a1B2c3.part"])(
    "is told by %s",
    async (name) => {
      const { inspection } = await inspected({ "a.vcf": vcf, "labels.csv": labels, [name]: "x" });
      expect(inspection.findings).toMatchObject([{ code: "upload-unfinished", severity: "error", file: name }]);
    },
  );

  test.each(["notes.tmp", "a.vcf.gz.tbi", "part.pdf"])("is not told by %s", async (name) => {
    expect(await codesOf({ "a.vcf": vcf, "labels.csv": labels, [name]: "x" })).toEqual([]);
  });
});

describe("a damaged VCF is refused with the place", () => {
  const plain = gzipSync(vcf);
  const noise = Buffer.concat([plain.subarray(0, 200), Buffer.alloc(60, 0xff), plain.subarray(260)]);

  test.each([
    ["an empty file", "a.vcf", "", ["empty-file"]],
    ["gzip of nothing", "a.vcf.gz", gzipSync(""), ["empty-file"]],
    ["BGZF of nothing", "a.vcf.gz", BGZF_EOF, ["empty-file"]],
    ["gzip that is cut off", "a.vcf.gz", plain.subarray(0, -20), ["gzip-is-one-partition", "truncated-gzip"]],
    [
      "gzip cut off within its first bytes",
      "a.vcf.gz",
      plain.subarray(0, 5),
      ["gzip-is-one-partition", "truncated-gzip"],
    ],
    ["gzip with changed bytes", "a.vcf.gz", noise, ["corrupt-gzip", "gzip-is-one-partition"]],
    [
      "gzip with text behind it",
      "a.vcf.gz",
      Buffer.concat([plain, Buffer.from("text")]),
      ["corrupt-gzip", "gzip-is-one-partition"],
    ],
    ["BGZF without its last block", "a.vcf.gz", bgzf.subarray(0, -28), ["bgzf-eof-missing", "gzip-is-one-partition"]],
    ["BGZF cut within a block", "a.vcf.gz", bgzf.subarray(0, -60), ["gzip-is-one-partition", "truncated-gzip"]],
    ["BGZF cut within its last block", "a.vcf.gz", bgzf.subarray(0, -5), ["gzip-is-one-partition", "truncated-gzip"]],
    ["gzip named .vcf", "a.vcf", plain, ["compression-differs-from-name"]],
    ["BGZF named .vcf", "a.vcf", bgzf, ["compression-differs-from-name"]],
    ["text named .vcf.gz", "a.vcf.gz", vcf, ["compression-differs-from-name"]],
    ["gzip named .vcf.bgz", "a.vcf.bgz", plain, ["compression-differs-from-name"]],
    ["gzip named .VCF.GZ", "a.VCF.GZ", plain, ["compression-differs-from-name"]],
    ["text named .vcf.bgz", "a.vcf.bgz", vcf, ["compression-differs-from-name"]],
  ])("%s", async (_, name, content, codes) => {
    expect(await codesOf({ [name]: content, "labels.csv": labels })).toEqual(codes);
  });

  test("a cut file names the byte of the member it was cut in and counts no records exactly", async () => {
    const cut = bgzf.subarray(0, -60);
    const { inspection } = await inspected({ "a.vcf.gz": cut, "labels.csv": labels });
    const [finding] = inspection.findings;
    expect(finding?.byteOffset).toBeGreaterThan(0);
    expect(finding?.message).toContain(
      `ends at byte ${cut.length}, within the BGZF block that starts at byte ${finding?.byteOffset}`,
    );
    expect(inspection.variants.exact).toBe(false);
  });
});

describe("what Spark cannot open by its name", () => {
  test.each([
    "a,b.vcf",
    "a{1}.vcf",
    "a[1].vcf",
    "a*.vcf",
    "a?.vcf",
    "a\\b.vcf",
    "12:30/a.vcf",
    "_a.vcf",
    ".a.vcf",
    "x//a.vcf",
  ])("%s is refused", async (name) => {
    const { inspection } = await inspected({ [name]: vcf, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ code: "unreadable-key", severity: "prepare", file: name }]);
    expect(inspection.vcfs).toMatchObject([{ engineReadable: false }]);
  });

  test.each(["a b.vcf", "a+b.vcf", "ü é 日本.vcf", "a#b%20&c='d'.vcf", "_x/a.vcf", "a(1)@home.vcf"])(
    "%s is accepted",
    async (name) => {
      expect(await codesOf({ [name]: vcf, "labels.csv": labels })).toEqual([]);
    },
  );
});

describe("trouble in the header", () => {
  const columns = FIXED_COLUMNS.join("\t");
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `##contig=<ID=c${index}>`);

  test.each([
    ["no fileformat line", vcfText({ fileFormat: "" }), "vcf-fileformat-missing", 1],
    ["a version that htsjdk refuses", vcfText({ fileFormat: "##fileformat=VCFv4.4" }), "vcf-version-unsupported", 1],
    ["no #CHROM line", vcf.replace(/^#C.*\n/m, ""), "vcf-columns-line-missing", 2],
    ["a header and nothing else", "##fileformat=VCFv4.2\n##source=x\n", "vcf-columns-line-missing", 2],
    ["text without any header", "name,age\nx,1\n", "vcf-columns-line-missing", 1],
    ["an empty line in the header", vcf.replace("\n", "\n\n"), "vcf-header-blank-line", 2],
    ["501 lines of header", vcfText({ meta: lines(499) }), "vcf-header-beyond-line-500", 501],
    [
      "a line of metadata that ends VariantSpark",
      vcfText({ meta: ["##contig=<ID=1>", "##INFO=<ID=A,Type=x>"] }),
      "vcf-meta-line-unreadable",
      3,
    ],
    ["spaces instead of tabs", vcf.replaceAll("\t", " "), "vcf-columns-wrong", 2],
    ["#chrom in small letters", vcf.replace("#CHROM", "#chrom"), "vcf-columns-wrong", 2],
    ["REF and ALT swapped", vcf.replace("REF\tALT", "ALT\tREF"), "vcf-columns-wrong", 2],
    ["no samples", vcfText({ samples: [] }), "vcf-no-samples", 2],
    [
      "neither FORMAT nor samples",
      vcfText({ samples: [] }).replace("\tFORMAT", "").replaceAll("\tGT", ""),
      "vcf-no-samples",
      2,
    ],
    ["samples without FORMAT", vcf.replace("\tFORMAT", "").replaceAll("\tGT", ""), "vcf-format-missing", 2],
    ["a sample without a name", vcfText({ samples: ["S1", "", "S3"] }), "vcf-sample-name-empty", 2],
    ["samples named twice", vcfText({ samples: ["S1", "S2", "S1", "S2"] }), "vcf-samples-duplicate", 2],
  ])("%s is found with its line", async (_, content, code, line) => {
    const { inspection } = await inspected({ "a.vcf": content });
    const ofVcf = inspection.findings.filter(({ code }) => code !== "no-labels");
    expect(ofVcf).toMatchObject([
      {
        code,
        severity: expect.stringMatching(/^(error|prepare)$/),
        line,
        file: "a.vcf",
        message: expect.stringContaining("a.vcf"),
      },
    ]);
  });

  test.each([
    ["VCFv4.4", vcfText({ fileFormat: "##fileformat=VCFv4.4" }), "prepare"],
    ["VCFv3.3", vcfText({ fileFormat: "##fileformat=VCFv3.3" }), "error"],
    ["a header of more than 500 lines", vcfText({ meta: lines(499) }), "prepare"],
    ["a line of the header that htsjdk refuses", vcfText({ meta: ["##INFO=<ID=A,Type=x>"] }), "prepare"],
  ])("%s has the severity of what can be done about it", async (_, content, severity) => {
    const { inspection } = await inspected({ "a.vcf": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ severity }]);
  });

  test("500 lines of header are searched", async () => {
    expect(await codesOf({ "a.vcf": vcfText({ meta: lines(498) }), "labels.csv": labels })).toEqual([]);
  });

  test("all that is wrong is said at once", async () => {
    const content = `##source=x\n${columns}\tS1\tS1\n${recordLine(1, 1)}\n`;
    expect(await codesOf({ "a.vcf": content })).toEqual([
      "no-labels",
      "vcf-fileformat-missing",
      "vcf-record-columns",
      "vcf-samples-duplicate",
    ]);
  });

  test("a header that never ends is given up after 8 MiB", async () => {
    const { inspection } = await inspected({
      "a.vcf": `##fileformat=VCFv4.2\n${"##x=y\n".repeat(2_000_000)}`,
      "labels.csv": labels,
    });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["vcf-header-too-long"]);
    expect(inspection.bytesRead).toBeLessThan(9 * 2 ** 20);
  });
});

describe("trouble in the records", () => {
  const withLine = (line: string) => `${vcf}${line}\n${recordLine(30, 4)}\n`;

  test.each([
    ["no records", vcfText({ records: 0 }), "vcf-no-records", undefined],
    ["fewer columns than the header", withLine(recordLine(1, 3)), "vcf-record-columns", 23],
    ["more columns than the header", withLine(recordLine(1, 5)), "vcf-record-columns", 23],
    ["a record cut within", vcf.slice(0, -12), "vcf-record-columns", 22],
    ["FORMAT without GT in all of them", vcfText({ format: "DP:AD" }), "vcf-genotypes-missing", 3],
    ["GT behind another key", withLine(recordLine(1, 4, "DP:GT")), "vcf-genotypes-not-first", 23],
    ["POS that is no number", withLine(recordLine(1, 4).replace("16050001", "1e6")), "vcf-record-position", 23],
    ["a genotype that is none", withLine(recordLine(25, 4).replace(/[01]\|[01]$/, "1|C")), "vcf-genotype-invalid", 23],
    [
      "an allele that is not there",
      withLine(recordLine(25, 4).replace(/[01]\|[01]$/, "0|2")),
      "vcf-genotype-invalid",
      23,
    ],
  ])("%s is an error with its line", async (_, content, code, line) => {
    const { inspection } = await inspected({ "a.vcf": content, "labels.csv": labels });
    const errors = inspection.findings.filter(({ severity }) => severity === "error");
    expect(errors).toMatchObject([{ code, file: "a.vcf", message: expect.stringContaining("a.vcf") }]);
    expect(errors[0]?.line).toBe(line);
  });

  const withColumn = (name: string, value: string) => {
    const columns = recordLine(25, 4).split("\t");
    columns[FIXED_COLUMNS.indexOf(name)] = value;
    return withLine(columns.join("\t"));
  };
  const withSamples = (format: string, sample: string) =>
    withColumn("FORMAT", format).replace(/\S+(?=\n[^\n]*\n$)/, sample);

  test.each([
    ["an empty line", withLine(""), "vcf-blank-line"],
    ["an empty line at the end", `${vcf}\n`, "vcf-blank-line"],
    ["a reference with other letters", withColumn("REF", "M"), "vcf-record-unreadable"],
    ["an alternate that is empty", withColumn("ALT", "C,,G"), "vcf-record-unreadable"],
    ["a QUAL that is a word", withColumn("QUAL", "high"), "vcf-record-unreadable"],
    ["a sample with more fields than keys", withSamples("GT:DP", "0|1:3:4"), "vcf-record-unreadable"],
    ["a depth that is no whole number", withSamples("GT:DP", "0|1:3.5"), "vcf-record-unreadable"],
  ])("%s has to be prepared", async (_, content, code) => {
    const { inspection } = await inspected({ "a.vcf": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ code, severity: "prepare", file: "a.vcf", line: 23 }]);
    expect(inspection.needsPreparing).toMatch(/^a\.vcf, line 23: \S.*\.$/);
  });

  test.each([
    ["an ID with a space", withColumn("ID", "rs 1"), "vcf-record-malformed"],
    ["an empty name in ID", withColumn("ID", "rs1;"), "vcf-record-malformed"],
    ["a genotype with an empty allele", withSamples("GT", "0||1"), "vcf-record-malformed"],
    ["FORMAT without GT in one of them", withLine(recordLine(25, 4, "DP:AD")), "vcf-genotypes-missing"],
  ])("%s is a warning", async (_, content, code) => {
    const { inspection } = await inspected({ "a.vcf": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ code, severity: "warning", file: "a.vcf", line: 23 }]);
  });

  test("a last line without a line end is a warning", async () => {
    expect(await codesOf({ "a.vcf": vcf.trimEnd(), "labels.csv": labels })).toEqual(["vcf-last-line-unterminated"]);
  });

  test("no message shows a genotype or more than three samples", async () => {
    const samples = Array.from({ length: 50 }, (_, index) => `NAME${index}NAME`);
    const content = `${vcfText({ samples: [...samples, ...samples] })}${recordLine(3, 2)}\n`;
    const { inspection } = await inspected({
      "a.vcf": content,
      "b.vcf": vcfText(),
      "labels.csv": labelsText(["X1", "X2", "X3", "X4", "X5"]),
    });
    expect(inspection.findings.length).toBeGreaterThan(4);
    for (const { message } of inspection.findings) {
      expect(message.match(/NAME\d+NAME|"X\d"|"S\d"/g)?.length ?? 0).toBeLessThanOrEqual(3);
      expect(message).not.toMatch(/[01][|/][01]/);
    }
  });
});

describe("records that stand where they should not are a warning", () => {
  test.each([
    ["a lower position", `${vcf}${recordLine(3, 4)}\n`, "vcf-records-unsorted", 23],
    [
      "a contig that was left",
      `${vcf}${recordLine(1, 4, "GT", "X")}\n${recordLine(30, 4)}\n`,
      "vcf-records-unsorted",
      24,
    ],
    ["the same variant again", `${vcf}${recordLine(19, 4)}\n`, "vcf-variants-duplicate", 23],
  ])("%s", async (_, content, code, line) => {
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": content, "labels.csv": labels });
    expect(inspection.findings).toMatchObject([{ code, severity: "warning", file: "a.vcf", line }]);
    expect(normalizedLabels).toBeDefined();
  });

  test("the same variant with more bases around it, too", async () => {
    const pos = 16_050_040;
    const at = (offset: number, ref: string, alt: string) =>
      recordLine(19, 4).replace(/\t\d+\t(\S+)\tA\tC\t/, `\t${pos + offset}\t$1\t${ref}\t${alt}\t`);
    const content = `${vcf}${at(0, "TATG", "TGTG,T")}\n${at(1, "A", "G")}\n`;
    expect(await codesOf({ "a.vcf": content, "labels.csv": labels })).toEqual(["vcf-variants-duplicate"]);
  });

  test("another ALT at the same position is none", async () => {
    const other = recordLine(19, 4).replace("\tA\tC\t", "\tA\tG\t");
    expect(await codesOf({ "a.vcf": `${vcf}${other}\n`, "labels.csv": labels })).toEqual([]);
  });
});

describe("several VCFs are one cohort", () => {
  test("one part of a contig in two files is a warning, two parts of it are none", async () => {
    const first = { "1.vcf": vcf, "labels.csv": labels };
    const { inspection } = await inspected({ ...first, "2.vcf": vcfText({ records: 3 }) });
    expect(inspection.findings).toMatchObject([
      { code: "vcfs-contig-twice", severity: "warning", file: "2.vcf", message: expect.stringContaining('"22"') },
    ]);
    const behind = vcf.replaceAll("\t160500", "\t170500");
    expect(await codesOf({ ...first, "2.vcf": behind })).toEqual([]);
  });

  test("different genome builds are a warning, and one is told", async () => {
    const on = (contig: string, length: number) =>
      vcfText({ contig, meta: [`##contig=<ID=${contig},length=${length}>`] });
    const first = { "1.vcf": on("chr1", 248_956_422), "labels.csv": labels };
    const same = await inspected({ ...first, "2.vcf": on("chr2", 242_193_529) });
    expect(same.inspection.findings).toEqual([]);
    expect(same.inspection.build).toEqual({ name: "GRCh38", chrPrefix: true });
    const other = await inspected({ ...first, "2.vcf": on("2", 243_199_373) });
    expect(other.inspection.findings).toMatchObject([{ code: "vcfs-builds-differ", file: "2.vcf" }]);
    expect(other.inspection.build).toBeUndefined();
  });

  test("their records add up", async () => {
    const second = vcfText({ records: 7, contig: "23" });
    const { inspection } = await inspected({ "1.vcf": vcf, "2.vcf": second, "labels.csv": labels });
    expect(inspection.findings).toEqual([]);
    expect(inspection.variants).toEqual({ estimate: 27, exact: true });
    expect(inspection.samples).toBe(4);
  });

  test.each([
    ["missing samples", ["S1", "S2", "S3"], "vcfs-samples-differ", 'lacks 1 sample of 1.vcf: "S4"'],
    [
      "additional samples",
      ["S1", "S2", "S3", "S4", "S5"],
      "vcfs-samples-differ",
      'has 1 sample that 1.vcf has not: "S5"',
    ],
  ])("%s in the second are an error", async (_, samples, code, words) => {
    const { inspection } = await inspected({
      "1.vcf": vcf,
      "2.vcf": vcfText({ samples, contig: "23" }),
      "labels.csv": labels,
    });
    expect(inspection.findings).toMatchObject([
      { code, severity: "error", file: "2.vcf", message: expect.stringContaining(words) },
    ]);
  });

  test("samples in another order in the second need preparing, which puts them in order", async () => {
    const second = vcfText({ samples: ["S1", "S3", "S2", "S4"], contig: "23" });
    const { inspection, normalizedLabels } = await inspected({ "1.vcf": vcf, "2.vcf": second, "labels.csv": labels });
    const message = '2.vcf: sample 2 is "S3", in 1.vcf it is "S2".';
    expect(inspection.findings).toMatchObject([
      { code: "vcfs-sample-order-differs", severity: "prepare", file: "2.vcf", message },
    ]);
    expect(inspection.needsPreparing).toBe("2.vcf: The VCF files hold their samples in different orders.");
    expect(normalizedLabels).toBeDefined();
  });

  test("each file's own trouble is reported", async () => {
    const codes = await codesOf({
      "1.vcf": "",
      "2.vcf.gz": vcf,
      "3.vcf": vcfText({ records: 0 }),
      "labels.csv": labels,
    });
    expect(codes).toEqual(["compression-differs-from-name", "empty-file", "vcf-no-records"]);
  });
});

test("the samples alone cost no more than the head, however large the file", async () => {
  const samples = ["S1", "S2", "S3", "S4"];
  const bytes = Buffer.from(vcfText({ samples, records: 60_000 }));
  let reads = 0;
  const source = {
    byteLength: bytes.length,
    slice: async (start: number, end: number) => {
      reads++;
      return bytes.subarray(start, end);
    },
  };
  expect(bytes.length).toBeGreaterThan(3 * 2 ** 20);
  expect(await vcfSamples(source)).toEqual(samples);
  expect(reads).toBe(1);
  const headless = Buffer.from("##fileformat=VCFv4.2\n");
  expect(await vcfSamples({ byteLength: headless.length, slice: async () => headless })).toEqual([]);
});
