import { describe, expect, test } from "vitest";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import { csiOf, tbiOf } from "../bgzf/indexBytes.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";
import { inspected, labelsText, vcfText } from "./studyOf.ts";

const RECORDS = 60_000;
const BLOCK_TEXT_BYTES = 60_000;
const { content, blockStarts } = storedBgzf(Buffer.from(vcfText({ records: RECORDS })));
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

  test("bgzip's, which counts nothing, and that of a file that is read whole are not read", async () => {
    const { inspection } = await inspected({ ...study, "a.vcf.gz.gzi": "x" });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["gzip-is-one-partition"]);
    const small = storedBgzf(Buffer.from(vcfText())).content;
    const whole = await inspected({ ...study, "a.vcf.gz": small, "a.vcf.gz.tbi": "x" });
    expect(whole.inspection.variants).toEqual({ estimate: 20, exact: true });
    expect(whole.inspection.reads).toBe(2);
  });
});

test("memory in Spark's cache is a byte per genotype and a hundred or so per variant", async () => {
  const { inspection } = await inspected({ "a.vcf": vcfText(), "labels.csv": labelsText() });
  expect(inspection.cachedBytes).toBe(20 * (8 + 108));
});

/** Blocks that are stored, not deflated: as large as their text, and quickly made. */
function storedBgzf(text: Buffer): { content: Buffer; blockStarts: number[] } {
  const made: Buffer[] = [];
  const starts: number[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += BLOCK_TEXT_BYTES) {
    const block = bgzfBlock(text.subarray(at, at + BLOCK_TEXT_BYTES), 0);
    made.push(block);
    starts.push(start);
    start += block.length;
  }
  return { content: Buffer.concat([...made, BGZF_EOF]), blockStarts: starts };
}
