import { describe, expect, test } from "vitest";
import { hashed } from "../../../bench/inspect/virtualFile.ts";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import { csiOf, gziOf, tbiOf } from "../bgzf/indexBytes.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";
import { inspected, labelsText, vcfText } from "./studyOf.ts";

const RECORDS = 60_000;
const BLOCK_TEXT_BYTES = 60_000;
const text = Buffer.from(vcfText({ records: RECORDS }));
const { content, blockStarts } = bgzfOf(text);
const blocks = blockStarts.slice(1);
const study = { "a.vcf.gz": content, "labels.csv": labelsText() };

test("without an index the records are estimated, with an interval that holds their number", async () => {
  const { inspection } = await inspected(study);
  const [vcf] = inspection.vcfs;
  expect(vcf?.records.exact).toBe(false);
  expect(vcf?.records.low).toBeLessThan(RECORDS);
  expect(vcf?.records.high).toBeGreaterThan(RECORDS);
  expect(inspection.variants).toEqual(vcf?.records);
  expect(vcf?.countedBy).toBeUndefined();
});

describe("an index beside a file", () => {
  test.each([
    [".tbi", tbiOf],
    [".csi", csiOf],
  ])("%s counts the records exactly and names the contigs", async (extension, indexOf) => {
    const index = indexOf([
      { name: "22", records: RECORDS - 7, blocks },
      { name: "X", records: 7, blocks: blocks.slice(-1) },
      { name: "Y", records: 0, blocks: [] },
    ]);
    const { inspection } = await inspected({ ...study, [`a.vcf.gz${extension}`]: index });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["gzip-is-one-partition"]);
    expect(inspection.variants).toEqual({ estimate: RECORDS, exact: true });
    expect(inspection.vcfs).toMatchObject([
      { countedBy: `a.vcf.gz${extension}`, contigs: [{ contig: "22" }, { contig: "X" }] },
    ]);
    // The labels table is one of the reads.
    expect(inspection.reads).toBeLessThanOrEqual(25);
    expect(inspection.bytesRead).toBeLessThan(16 * 2 ** 20);
  });

  test.each([
    ["damaged", Buffer.from("TBI\x01"), "is damaged"],
    ["of an older version of the file", tbiOf([{ name: "22", records: RECORDS, blocks: [1_000] }]), "names byte 1000"],
    ["that counts far too few", tbiOf([{ name: "22", records: 500, blocks }]), "counts 500 records"],
    ["that counts far too many", tbiOf([{ name: "22", records: 9 * RECORDS, blocks }]), "counts 540,000 records"],
  ])("%s is ignored with a warning", async (_, index, words) => {
    const { inspection, normalizedLabels } = await inspected({ ...study, "a.vcf.gz.tbi": index });
    const ignored = inspection.findings.filter(({ code }) => code === "index-ignored");
    expect(ignored).toMatchObject([
      {
        severity: "warning",
        file: "a.vcf.gz",
        message: expect.stringContaining(`a.vcf.gz.tbi is not used: it ${words}`),
      },
    ]);
    expect(inspection.variants.exact).toBe(false);
    expect(normalizedLabels).toBeDefined();
  });

  test("of a file that is read whole is not read", async () => {
    const small = bgzfOf(Buffer.from(vcfText())).content;
    const whole = await inspected({ ...study, "a.vcf.gz": small, "a.vcf.gz.tbi": "x" });
    expect(whole.inspection.variants).toEqual({ estimate: 20, exact: true });
    expect(whole.inspection.reads).toBe(2);
  });
});

describe("bgzip's .gzi beside a file", () => {
  // Larger than what is read. Stretches of blocks are deflated and others stored: the ratio of compression differs, the length of lines does not.
  const line = (index: number) =>
    `22\t${100_000 + index}\t.\tA\tC\t.\tPASS\tN=${"x".repeat(900)}\tGT${"\t0|1".repeat(4)}\n`;
  const mixed = Buffer.from(
    vcfText({ records: 0 }) + Array.from({ length: 60_000 }, (_, index) => line(index)).join(""),
  );
  const packed = bgzfOf(mixed, (block) => (hashed(Math.floor(block / 15)) < 0.6 ? 0 : 1));
  const files = { "a.vcf.gz": packed.content, "labels.csv": labelsText() };

  test("tells the size of the text exactly, and the estimate of the records is the better for it", async () => {
    const without = await inspected(files);
    const { inspection } = await inspected({ ...files, "a.vcf.gz.gzi": gziOf(packed.blockStarts.slice(1)) });
    expect(inspection.findings).toEqual(without.inspection.findings);
    expect(inspection.vcfs[0]?.uncompressedBytes).toBe(mixed.length);
    expect(without.inspection.vcfs[0]?.uncompressedBytes).not.toBe(mixed.length);
    const widthOf = ({ low = 0, high = 0 }) => high - low;
    const { variants } = inspection;
    expect(Math.abs(variants.estimate / 60_000 - 1)).toBeLessThan(0.002);
    expect(variants.low).toBeLessThanOrEqual(60_000);
    expect(variants.high).toBeGreaterThanOrEqual(60_000);
    expect(widthOf(variants)).toBeLessThan(widthOf(without.inspection.variants) / 4);
    expect(inspection.reads).toBeLessThanOrEqual(25);
    expect(inspection.bytesRead).toBeLessThan(16 * 2 ** 20);
  });

  test.each([
    ["damaged", "x", "is damaged"],
    ["of a file with less behind it", gziOf(packed.blockStarts.slice(1, 9)), "for the last block of a file that has"],
    ["that names no block", gziOf([packed.content.length - 1_000]), "no BGZF blocks lead to the file's end"],
    ["of another text", gziOf(packed.blockStarts.slice(1), 20_000), "tells of"],
  ])("%s is ignored with a warning", async (_, index, words) => {
    const { inspection, normalizedLabels } = await inspected({ ...files, "a.vcf.gz.gzi": index });
    const message = expect.stringMatching(`a.vcf.gz.gzi is not used: it .*${words}`);
    expect(inspection.findings).toMatchObject([
      { code: "gzip-is-one-partition" },
      { code: "index-ignored", severity: "warning", message, remedy: expect.stringContaining("bgzip -r") },
    ]);
    expect(normalizedLabels).toBeDefined();
  });

  test("is not read where another index counts the records, or beside plain text", async () => {
    const tbi = tbiOf([{ name: "22", records: RECORDS, blocks }]);
    const both = await inspected({ ...study, "a.vcf.gz.tbi": tbi, "a.vcf.gz.gzi": "x" });
    expect(both.inspection.variants).toEqual({ estimate: RECORDS, exact: true });
    expect(both.inspection.findings.map(({ code }) => code)).toEqual(["gzip-is-one-partition"]);
    const plain = await inspected({ "a.vcf": text, "a.vcf.gzi": "x", "labels.csv": labelsText() });
    expect(plain.inspection.findings).toEqual([]);
  });
});

test("memory in Spark's cache is a byte per genotype and a hundred or so per variant", async () => {
  const { inspection } = await inspected({ "a.vcf": vcfText(), "labels.csv": labelsText() });
  expect(inspection.cachedBytes).toBe(20 * (8 + 108));
});

/** @param levelOf a block; 0: stored, as large as its text, and quickly made */
function bgzfOf(
  text: Buffer,
  levelOf: (block: number) => number = () => 0,
): { content: Buffer; blockStarts: number[] } {
  const made: Buffer[] = [];
  const starts: number[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += BLOCK_TEXT_BYTES) {
    const block = bgzfBlock(text.subarray(at, at + BLOCK_TEXT_BYTES), levelOf(made.length));
    made.push(block);
    starts.push(start);
    start += block.length;
  }
  return { content: Buffer.concat([...made, BGZF_EOF]), blockStarts: starts };
}
