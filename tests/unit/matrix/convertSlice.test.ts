import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertSlice } from "../../../core/matrix/convertSlice.ts";
import type { SliceLayout } from "../../../core/matrix/convertSliceRows.ts";
import { MatrixError } from "../../../core/matrix/matrixError.ts";
import { sliceText } from "../../../core/matrix/sliceText.ts";
import type { PlacedText } from "../../../core/matrix/sliceTextLines.ts";
import { bgzfOf, sourceOf } from "./blockBytes.ts";
import { KeptPart, rowsOf } from "./matrixPartRows.ts";
import { placed } from "./placedText.ts";

const SAMPLES = 5;
const RECORDS = [
  record("1", 10, "A", "C", "GT", ["0|0", "0|1", "1|1", ".|.", "1|0"]),
  record("1", 11, "A", "C,G", "GT:DP", ["0/0:3", "1/2", ".:.", "./1:9", "2/2:1"]),
  record("1", 12, "a", "<DEL>", "GT", ["0", "1", ".", "0/1", "1/1/0"]),
  record("1", 13, "AT", ".", "GT", ["0|0", "0|0", "0|0", "0|0", "0|0"]),
  record("1", 14, "A", "T", "DP", ["3", "4", ".", "6", "7"]),
  record("2", 15, "G", "C,T,A,AC,AG,AT,CC,CG,CT,GG", "GT", ["10|0", "9|10", "0|0", "1|0", "10|10"]),
];
const ROWS = [
  { label: "1_10_A_C", data: [0, 1, 2, 0, 1] },
  { label: "1_11_A_C|G", data: [0, 2, 0, 1, 2] },
  { label: "1_12_A_<DEL>", data: [0, 2, 0, 1, 2] },
  { label: "1_13_AT_", data: [0, 0, 0, 0, 0] },
  { label: "1_14_A_T", data: [0, 0, 0, 0, 0] },
  { label: "2_15_G_C|T|A|AC|AG|AT|CC|CG|CT|GG", data: [1, 2, 0, 1, 2] },
];

describe("a slice", () => {
  test("counts allele 1 where ALT is missing, for it is not the reference", async () => {
    const record1 = record("1", 10, "A", ".", "GT", ["0|0", "0|1", "1|1", ".|.", "1"]);
    const record2 = record("1", 11, "A", ".", "GT:DP", ["0|0:3", "0|1:3", "1|1:3", ".|.:3", "1:3"]);
    const data = [0, 1, 2, 0, 2];
    expect((await converted(record1 + record2)).rows).toEqual([
      { label: "1_10_A_", data },
      { label: "1_11_A_", data },
    ]);
    await expect(converted(record1.replace("1|1", "0|2"))).rejects.toMatchObject({ code: "vcf-genotype-invalid" });
  });

  test("passes over empty lines", async () => {
    const { rows, counts } = await converted(`\n${RECORDS.join("\r\n\n")}\n\r\n`);
    expect(rows).toEqual(ROWS);
    expect(counts.recordsIn).toBe(RECORDS.length);
  });

  test("becomes one row per record, and everything is counted", async () => {
    const { rows, counts } = await converted(RECORDS.join(""));
    expect(rows).toEqual(ROWS);
    expect(counts).toEqual({
      recordsIn: 6,
      rowsOut: 6,
      droppedBy: { region: 0, "not-biallelic": 0, missing: 0, maf: 0 },
      genotypes: 30,
      missing: 1 + 2 + 1 + 5,
    });
  });

  test("without records is a part without rows", async () => {
    const { rows, counts } = await converted("");
    expect(rows).toEqual([]);
    expect(counts).toMatchObject({ recordsIn: 0, rowsOut: 0, genotypes: 0 });
  });

  test("takes the columns asked for in the order asked for", async () => {
    const { rows, counts } = await converted(RECORDS.join(""), { columnOrder: Uint32Array.of(3, 1) });
    expect(rows).toEqual(ROWS.map(({ label, data }) => ({ label, data: [data[3], data[1]] })));
    expect(counts).toMatchObject({ genotypes: 12, missing: 1 + 1 + 0 + 2 });
  });

  test("counts what each filter drops, and the genotypes of what is left", async () => {
    const filters = { regions: [{ contig: "1" }], biallelicOnly: true, maxMissing: 0.5, minMaf: 0.4 };
    const { rows, counts } = await converted(RECORDS.join(""), { filters });
    expect(rows.map(({ label }) => label)).toEqual(["1_10_A_C", "1_12_A_<DEL>"]);
    expect(counts).toEqual({
      recordsIn: 6,
      rowsOut: 2,
      droppedBy: { region: 1, "not-biallelic": 2, missing: 1, maf: 0 },
      genotypes: 10,
      missing: 2,
    });
  });

  test("tells the alleles of a record of plain cells apart where the frequency of each counts", async () => {
    const three = record("1", 1, "A", "C,G", "GT", ["1|2", "1|2", "0|1", "0|2", "0|0"]);
    const two = record("1", 2, "A", "C", "GT", ["1|1", "1|1", "0|1", "0|1", "0|0"]);
    const { rows } = await converted(three + two, { filters: { minMaf: 0.5 } });
    expect(rows.map(({ label }) => label)).toEqual(["1_1_A_C|G"]);
  });

  test("may have CRs before its line feeds, header lines, and no line end at the end of the file", async () => {
    const text = `##x\n#CHROM\tPOS\n${RECORDS.join("")}#\n`
      .replaceAll("\n", "\r\n")
      .replace(/#\r\n$/, "")
      .slice(0, -2);
    const { rows, counts } = await converted(text, { endsFile: true });
    expect(rows).toEqual(ROWS);
    expect(counts.recordsIn).toBe(6);
  });

  test("cut anywhere into pieces makes the same bytes, though a piece is overwritten after use", async () => {
    const text = Buffer.from(RECORDS.join(""));
    const whole = await converted(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 12 }), async (cuts) => {
        const cut = await converted(piecesOf(text, cuts));
        expect(cut.bytes.equals(whole.bytes)).toBe(true);
        expect(cut.counts).toEqual(whole.counts);
      }),
      { numRuns: 200 },
    );
  });

  test("of records larger than the window, and of many pages, keeps every row", async () => {
    const samples = 70_000;
    const genotypes = Array.from({ length: samples }, (_, sample) => ["0|0", "0|1", "1|1"][sample % 3] ?? "");
    const wide = genotypes.map((genotype) => `${genotype}:12,9`);
    const lines = Array.from({ length: 40 }, (_, index) =>
      record("1", index + 1, "A", "C", index % 2 ? "GT" : "GT:AD", index % 2 ? genotypes : wide),
    );
    const kept = new KeptPart();
    const pieces = piecesOf(Buffer.from(lines.join("")), [1000, 500_000, 900_000, 900_001, 3_000_000]);
    const counts = await convertSlice(pieces, { sampleCount: samples, filters: {} }, kept);
    expect(counts).toMatchObject({ recordsIn: 40, rowsOut: 40, genotypes: 40 * samples, missing: 0 });
    const rows = await rowsOf(kept);
    const data = genotypes.map((_, sample) => sample % 3);
    expect(rows.map(({ label }) => label)).toEqual(lines.map((_, index) => `1_${index + 1}_A_C`));
    for (const row of rows) expect(Buffer.from(row.data).equals(Buffer.from(data))).toBe(true);
  });

  test("of many samples hands the file on in pieces before it has ended", async () => {
    const line = record("1", 7, "A", "C", "GT", Array(100_000).fill("0|1"));
    const kept = new KeptPart();
    let piecesBeforeEnd = 0;
    async function* text() {
      for (let index = 0; index < 400; index += 1) yield placed(line);
      piecesBeforeEnd = kept.pieces.length;
    }
    await convertSlice(text(), { sampleCount: 100_000, filters: {} }, kept);
    expect(piecesBeforeEnd).toBe(4); // 40 MB of rows are four row groups of 8 MiB and a rest
  });
});

describe("a record that cannot be read ends the slice", () => {
  const good = RECORDS[0] ?? "";

  test.each([
    ["too few columns", record("1", 1, "A", "C", "GT", ["0|0", "0|0", "0|0", "0|0"]), "vcf-record-columns"],
    ["too few wide columns", record("1", 1, "A", "C", "GT:DP", ["0|0:1", "0|0"]), "vcf-record-columns"],
    ["too many columns", record("1", 1, "A", "C", "GT", Array(6).fill("0|0")), "vcf-record-columns"],
    ["too few columns and no GT", record("1", 1, "A", "C", "DP", ["1", "2"]), "vcf-record-columns"],
    ["too many columns and no GT", record("1", 1, "A", "C", "DP", Array(6).fill("1")), "vcf-record-columns"],
    ["no genotypes at all", "1\t1\t.\tA\tC\t.\t.\t.\n", "vcf-record-columns"],
    ["a position that is no number", record("1", "x1", "A", "C", "GT", Array(5).fill("0|0")), "vcf-record-position"],
    ["no position", record("1", "", "A", "C", "GT", Array(5).fill("0|0")), "vcf-record-position"],
    ["an allele that is not there", record("1", 1, "A", "C", "GT", Array(5).fill("0|2")), "vcf-genotype-invalid"],
    ["a letter as every separator", record("1", 1, "A", "C", "GT", Array(5).fill("0x0")), "vcf-genotype-invalid"],
    ["a line feed as every separator", record("1", 1, "A", "C", "GT", Array(5).fill("0\n0")), "vcf-record-columns"],
    ["twice as many haploid columns", record("1", 1, "A", "C", "GT", Array(10).fill("0")), "vcf-record-columns"],
    ["a genotype that is none", record("1", 1, "A", "C", "GT", Array(5).fill("x")), "vcf-genotype-invalid"],
    ["GT behind another key", record("1", 1, "A", "C", "DP:GT", Array(5).fill("3:0|1")), "vcf-genotypes-not-first"],
  ])("%s", async (_, bad, code) => {
    const failure = await converted(good + bad + good).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MatrixError);
    expect(failure).toMatchObject({ code, byteOffset: good.length });
  });

  test("in BGZF with the block that it starts in, in plain text with its first byte", async () => {
    const bad = record("1", 1, "A", "C", "GT", Array(5).fill("x"));
    const text = Buffer.from(`##x\n#CHROM\n${good.repeat(5_000)}${bad}${good.repeat(3_000)}`);
    const textOffset = text.indexOf(bad);
    const { bytes, starts } = bgzfOf(text, [{ textBytes: 9_000, level: 6 }]);
    const places = [
      [bytes, "bgzf", starts[Math.floor(textOffset / 9_000)]],
      [text, "plain", textOffset],
    ] as const;
    for (const [file, kind, byteOffset] of places) {
      for (const start of [0, Math.floor(file.length / 3)]) {
        const slice = { file: 0, start, end: file.length, kind };
        const converting = convertSlice(
          sliceText(sourceOf(file), slice),
          { sampleCount: SAMPLES, filters: {} },
          new KeptPart(),
        );
        await expect(converting).rejects.toMatchObject({ code: "vcf-genotype-invalid", byteOffset });
      }
    }
  });

  test.each([0, 3, 30, RECORDS.join("").length - 1])(
    "a text that ends within a record, cut to %i bytes",
    async (length) => {
      const text = RECORDS.join("").slice(0, length);
      if (length === 0) return expect((await converted(text)).rows).toEqual([]);
      await expect(converted(text)).rejects.toMatchObject({ code: "short-read" });
    },
  );

  test("a file that ends within a record", async () => {
    const text = RECORDS.join("").slice(0, -" 10|10\n".length);
    await expect(converted(text, { endsFile: true })).rejects.toMatchObject({ code: "vcf-record-columns" });
  });
});

describe("any text at all", () => {
  test("is converted or refused with our error, the same wherever it is cut", async () => {
    const text = RECORDS.join("");
    const noise = fc.constantFrom(..."\t\n\r0129./|:,GTACx<>#".split(""), "\0", "ÿ", "0|0\t", "\t\t");
    const change = fc.tuple(fc.nat(text.length), fc.nat(4), noise);
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.array(fc.nat(text.length), { maxLength: 4 }),
        async (changes, cuts) => {
          let changed = text;
          for (const [at, removed, added] of changes)
            changed = changed.slice(0, at) + added + changed.slice(at + removed);
          const whole = await outcome([placed(changed)]);
          expect(await outcome(piecesOf(Buffer.from(changed), cuts))).toEqual(whole);
        },
      ),
      // A change may leave all records whole and yet make the text shorter than the cut.
      { numRuns: 1000, examples: [[[[273, 2, "G"]], [text.length]]] },
    );
  });

  test("has one outcome, decoded the fast way or not, if all its cells have the same separator", async () => {
    const separators = fc.constantFrom(..."\t\n\r0./|:,x\\".split(""), "\0");
    await fc.assert(
      fc.asyncProperty(
        separators,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(200),
        async (separator, sampleCount, cut) => {
          const text = Buffer.from(record("1", 1, "A", "C,G", "GT", Array(sampleCount).fill(`0${separator}0`)));
          const fast = await outcome([placed(text)], { sampleCount });
          expect(await outcome(piecesOf(text, [cut]), { sampleCount })).toEqual(fast);
          expect(await outcome([placed(text)], { sampleCount, filters: { minMaf: 0 } })).toEqual(fast);
          expect("rows" in fast).toBe("/|\\0:".includes(separator));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("does not lose the line behind a line feed between two alleles, wherever it is cut", async () => {
    const text = Buffer.from(record("1", 1, "A", "C", "GT", ["0\n0"]));
    const refused = { code: "vcf-record-columns", byteOffset: text.length - "0\n".length };
    for (let cut = 0; cut <= text.length; cut += 1)
      expect(await outcome(piecesOf(text, [cut]), { sampleCount: 1 })).toEqual(refused);
  });

  async function outcome(pieces: Iterable<PlacedText>, layout: Partial<SliceLayout> = {}) {
    try {
      const { counts, rows } = await converted(pieces, { endsFile: true, ...layout });
      expect(rows).toHaveLength(counts.rowsOut);
      for (const { data } of rows) expect(data.every((dosage) => dosage >= 0 && dosage <= 2)).toBe(true);
      return { counts, rows };
    } catch (error) {
      if (error instanceof MatrixError) return { code: error.code, byteOffset: error.byteOffset };
      throw error;
    }
  }
});

async function converted(text: string | Buffer | Iterable<PlacedText>, layout: Partial<SliceLayout> = {}) {
  const pieces = typeof text === "string" || Buffer.isBuffer(text) ? [placed(text)] : text;
  const kept = new KeptPart();
  const counts = await convertSlice(pieces, { sampleCount: SAMPLES, filters: {}, ...layout }, kept);
  return { counts, bytes: kept.bytes, rows: await rowsOf(kept) };
}

/** Pieces in one buffer that is used again, as an inflater's is. Cuts behind the text's end are none. */
function* piecesOf(text: Buffer, cuts: readonly number[]): Generator<PlacedText> {
  const buffer = Buffer.alloc(text.length);
  const ends = [...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    text.copy(buffer, 0, start, end);
    const byteOffset = start;
    yield { text: buffer.subarray(0, end - start), byteOffsetAt: (textOffset) => byteOffset + textOffset };
    buffer.fill(0xff);
    start = end;
  }
}

function record(
  chrom: string,
  pos: number | string,
  ref: string,
  alt: string,
  format: string,
  genotypes: readonly string[],
): string {
  return `${[chrom, pos, ".", ref, alt, "50", "PASS", "AC=1", format, ...genotypes].join("\t")}\n`;
}
