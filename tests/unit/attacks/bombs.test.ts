/**
 * Files made to take the memory and the time of who reads them. Each case took more than ten seconds or a gigabyte, or goes on for as
 * long as somebody reads, where nothing stops it; here each must end within the test's time with a finding for its researcher.
 */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { tabixIndex } from "../../../core/bgzf/tabix.ts";
import type { Finding } from "../../../core/findings/finding.ts";
import { inspectLabels } from "../../../core/inspect/inspectLabels.ts";
import { convertSlice } from "../../../core/matrix/convertSlice.ts";
import type { Slice } from "../../../core/matrix/slicePlan.ts";
import { sliceText } from "../../../core/matrix/sliceText.ts";
import type { ByteSource } from "../../../core/study/byteSource.ts";
import { vcfColumns } from "../../../core/vcf/header.ts";
import { bgzfBlock, writeBgzf } from "../bgzf/writeBgzf.ts";
import { FIXED_COLUMNS, inspected, labelsText, recordLine, vcfText } from "../inspect/studyOf.ts";
import { sourceOf } from "../matrix/blockBytes.ts";

const MIB = 2 ** 20;
const start = "##fileformat=VCFv4.2\n";
const columns = FIXED_COLUMNS.join("\t");
const seconds = 1_000;

describe("inspection", () => {
  test.each([
    ["a line that never ends", [start, repeated("\0", 2_048)], "vcf-header-too-long"],
    ["header lines of two characters", [start, repeated("##\n", 300)], "vcf-header-too-long"],
    ["contig lines", [start, repeated("##contig=<ID=1,length=5>\n", 300)], "vcf-header-too-long"],
    ["a #CHROM line of samples", [start, columns, repeated("\ta", 60), "\n1\t2\n"], "vcf-too-many-samples"],
    ["empty lines behind the header", [start, columns, "\ta\n", repeated("\n", 300)], "vcf-blank-line"],
    ["records of one column", [start, columns, "\ta\n", repeated("1\n", 300)], "vcf-record-columns"],
    ["bytes that are no text", [start, "##", repeated(Buffer.of(0xff), 60), "\n", "x\n"], "vcf-columns-line-missing"],
  ] as const)(
    "of gzip that inflates a thousandfold ends in time: %s",
    async (_, parts, code) => {
      const { findings } = (await inspected({ "a.vcf.gz": gzipOf(parts), "l.csv": labelsText() })).inspection;
      expectNamed(findings, "a.vcf.gz", code);
    },
    20 * seconds,
  );

  test(
    "of BGZF that inflates a thousandfold ends in time",
    async () => {
      const head = writeBgzf(Buffer.from(vcfText())).subarray(0, -28);
      const block = bgzfBlock(Buffer.alloc(65_280, "\n"));
      const bomb = Buffer.concat([head, ...Array(100_000).fill(block), writeBgzf(new Uint8Array())]);
      const text = 100_000 * 65_280;
      expect(text / bomb.length).toBeGreaterThan(500);
      const { findings, bytesRead } = (await inspected({ "a.vcf.gz": bomb, "l.csv": labelsText() })).inspection;
      expectNamed(findings, "a.vcf.gz", "vcf-blank-line");
      expect(bytesRead).toBeLessThanOrEqual(16 * MIB + 100);
    },
    20 * seconds,
  );

  test(
    "of an index that inflates a thousandfold, or names a contig per byte, ends in time",
    () => {
      const block = bgzfBlock(Buffer.alloc(65_280));
      expect(tabixIndex(Buffer.concat(Array(1_100).fill(block)))).toBeUndefined();
      const names = Buffer.alloc(60 * MIB);
      const head = Buffer.alloc(36);
      head.write("TBI\x01", "latin1");
      head.writeInt32LE(names.length, 4);
      head.writeInt32LE(names.length, 32);
      expect(tabixIndex(writeBgzf(Buffer.concat([head, names])))).toBeUndefined();
    },
    20 * seconds,
  );

  test("of tabs with a letter behind them takes no longer than of other text", () => {
    const { samples } = vcfColumns(`${columns}${"\t".repeat(200_000)}x`);
    expect(samples).toHaveLength(200_000);
  });

  test.each([
    ["rows", ["s,l\n", repeated("a\n", 63)]],
    ["different rows", ["s,l\n", Array.from({ length: 3_000_000 }, (_, row) => `${row},1\n`).join("")]],
    ["columns", [repeated(",", 63)]],
    ["lines in a cell that is not closed", ['s,l\n"', repeated("a\n", 63)]],
  ])(
    "of a labels table within its 64 MiB, of nothing but %s, ends in time",
    async (_, parts) => {
      const table = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : bytesOf(part))));
      const { findings } = (await inspected({ "a.vcf": vcfText(), "l.csv": table })).inspection;
      expectNamed(findings, "l.csv", "labels-too-large");
    },
    20 * seconds,
  );

  test(
    "of a labels table with many columns of one name each looks at all of them once",
    async () => {
      const names = Array.from({ length: 99_000 }, (_, column) => `c${column}`);
      const { findings } = (await inspected({ "a.vcf": vcfText(), "l.csv": `s,${names.join(",")}\nS1,0\n` }))
        .inspection;
      expectNamed(findings, "l.csv", "label-column-not-chosen");
    },
    10 * seconds,
  );

  test("of a labels table of 5 GB reads nothing of it", async () => {
    const reads: number[] = [];
    const source: ByteSource = {
      byteLength: 5e9,
      slice: async (from, to) => {
        reads.push(to - from);
        return new Uint8Array();
      },
    };
    const { findings } = await inspectLabels("l.csv", source, undefined, undefined);
    expectNamed(findings, "l.csv", "labels-too-large");
    expect(reads).toEqual([]);
  });
});

describe("conversion", () => {
  const layout = { sampleCount: 4, columnOrder: undefined, filters: {} };

  test.each([
    ["BGZF", "bgzf", writeBgzf(bytesOf(repeated(`${recordLine(1, 4)}\n`, 20)))],
    ["gzip", "gzip", gzipOf([repeated(`${recordLine(1, 4)}\n`, 20)])],
  ] as const)("of %s that inflates beyond what a slice may hold ends there, and says where", async (_, kind, bytes) => {
    const text = sliceText(sourceOf(bytes), wholeFile(bytes, kind), 4 * MIB);
    await expect(convertSlice(text, layout, { write: async () => {} })).rejects.toMatchObject({
      code: "text-too-large",
      message: expect.stringMatching(/4,194,304 bytes of text/),
    });
  });

  test.each([
    ["BGZF", "bgzf", Buffer.concat(Array(33_000).fill(bgzfBlock(Buffer.alloc(65_280, "#"))))],
    ["gzip", "gzip", gzipOf([repeated("#", 2_048)])],
  ] as const)(
    "of one line of 2 GB in %s ends after 256 MiB",
    async (_, kind, bytes) => {
      const text = sliceText(sourceOf(bytes), wholeFile(bytes, kind));
      await expect(convertSlice(text, layout, { write: async () => {} })).rejects.toMatchObject({
        code: "line-too-long",
      });
    },
    20 * seconds,
  );
});

interface Repeated {
  readonly text: string | Uint8Array;
  readonly mebibytes: number;
}

function repeated(text: string | Uint8Array, mebibytes: number): Repeated {
  return { text, mebibytes };
}

function bytesOf({ text, mebibytes }: Repeated): Buffer {
  return Buffer.alloc(mebibytes * MIB, text);
}

/** Of each mebibyte that is repeated one gzip member, so that gigabytes are packed in milliseconds. */
function gzipOf(parts: readonly (string | Repeated)[]): Buffer {
  const members = parts.flatMap((part) => {
    if (typeof part === "string") return [gzipSync(part)];
    const whole = Math.floor(MIB / part.text.length) * part.text.length;
    return Array<Buffer>(part.mebibytes).fill(gzipSync(Buffer.alloc(whole, part.text)));
  });
  return Buffer.concat(members);
}

function wholeFile({ length }: Uint8Array, kind: Slice["kind"]): Slice {
  return { file: 0, start: 0, end: length, kind };
}

function expectNamed(findings: readonly Finding[], file: string, code: Finding["code"]): void {
  expect(findings.map((finding) => finding.code)).toContain(code);
  for (const { message, remedy } of findings.filter((finding) => finding.code === code)) {
    expect(message).toContain(file);
    expect(remedy).toMatch(/\w{3}/);
  }
}
