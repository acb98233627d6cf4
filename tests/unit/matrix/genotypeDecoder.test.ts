import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DecoderLayout, GenotypeDecoder } from "../../../core/matrix/genotypeDecoder.ts";
import { decodeCell } from "../../../core/matrix/genotypeDecoderCell.ts";

const ALT_COUNT = 12;

/**
 * What VariantSpark 0.5.5 makes of each genotype: one record per shape with twelve alternate alleles, FORMAT GT:DP:GQ:AD,
 * converted with `spark-submit --class au.csiro.variantspark.cli.VariantSparkApp variantspark.jar convert
 * -ij '{"type":"vcf","inputFile":"shapes.vcf"}' -ot csv -of shapes.csv` on Spark 3.5.9. The last column is bcftools 1.16's view of
 * whether the genotype is missing (`F_MISSING>0`), where it reads the shape at all.
 */
const SHAPES: readonly (readonly [genotype: string, dosage: number, isMissing: boolean])[] = [
  ["0|0", 0, false],
  ["0/0", 0, false],
  ["0|1", 1, false],
  ["1|0", 1, false],
  ["1|1", 2, false],
  ["1/2", 2, false],
  ["2|2", 2, false],
  ["0|2", 1, false],
  [".", 0, true],
  ["./.", 0, true],
  [".|.", 0, true],
  ["./1", 1, true],
  ["1/.", 1, true],
  [".|0", 1, true],
  ["0|.", 1, true],
  ["0", 0, false],
  ["1", 2, false],
  ["2", 2, false],
  ["10|11", 2, false],
  ["0/10", 1, false],
  ["10/10", 2, false],
  ["9|10", 2, false],
  ["0/0/0", 0, false],
  ["0/0/1", 1, false],
  ["0/1/1", 1, false],
  ["1/1/1", 2, false],
  ["1/1/0", 2, false],
  ["1/2/0", 2, false],
  ["1/0/2", 1, false],
  ["0/1/2", 1, false],
  ["1/2/3", 2, false],
  ["././1", 1, true],
  ["./1/1", 1, true],
  ["./0/0", 1, true],
  ["1/1/.", 1, true],
  ["././.", 0, true],
  ["0/1/1/1", 1, false],
  ["1/1/1/1", 2, false],
  ["|0|1", 1, false],
  ["/1/1", 2, false],
  ["|1", 2, false],
  ["/0", 0, false],
  ["0|1/1", 1, false],
  ["0\\1", 1, false],
  ["00|01", 1, false],
  ["0||1", 1, false],
  ["0/1/", 1, false],
  ["/", 0, true],
  ["0|1:7", 1, false],
  ["0/1:.", 1, false],
  [".:3", 0, true],
  ["./.:3:4", 0, true],
  ["1:2", 2, false],
  ["1/1:3:4:5", 2, false],
  ["", 0, true],
  [":5", 0, true],
];

describe("the general decoder", () => {
  test.each(SHAPES)("codes %j as %i, as VariantSpark does", (genotype, dosage, isMissing) => {
    const tally = { missingGenotypes: 0, alleleCounts: new Uint32Array(ALT_COUNT + 1) };
    const bytes = Buffer.from(genotype);
    const stop = genotype.includes(":") ? genotype.indexOf(":") : genotype.length;
    expect(decodeCell(bytes, 0, bytes.length, tally)).toEqual({ dosage, stop });
    expect(tally.missingGenotypes).toBe(isMissing ? 1 : 0);
  });

  test("counts called alleles only", () => {
    const tally = { missingGenotypes: 0, alleleCounts: new Uint32Array(3) };
    for (const genotype of ["0/1", "2", "././2", "0|0"]) decodeCell(Buffer.from(genotype), 0, genotype.length, tally);
    expect([...tally.alleleCounts]).toEqual([3, 1, 2]);
  });
});

describe("the decoder of a record", () => {
  test("codes every shape in one record as the general decoder does", () => {
    const decoder = decoderOf(SHAPES.length);
    expect(
      decodedWide(
        decoder,
        SHAPES.map(([genotype]) => genotype),
        ALT_COUNT,
      ),
    ).toEqual({
      trouble: undefined,
      row: SHAPES.map(([, dosage]) => dosage),
    });
    expect(decoder.missingGenotypes).toBe(SHAPES.filter(([, , isMissing]) => isMissing).length);
  });

  const narrow = SHAPES.filter(([genotype]) => /^[\d.][/|][\d.]$/.test(genotype));
  test("the narrow kernel takes every cell of two single characters", () => {
    const decoder = decoderOf(narrow.length);
    const genotypes = narrow.map(([genotype]) => genotype);
    expect(decodedNarrow(decoder, genotypes, ALT_COUNT)).toEqual(narrow.map(([, dosage]) => dosage));
  });

  test.each(SHAPES.filter((shape) => !narrow.includes(shape)))("the narrow kernel leaves %j alone", (genotype) => {
    for (const place of [0, 3, 16, 20]) {
      const genotypes = Array(21).fill("0|0").with(place, genotype);
      expect(decodedNarrow(decoderOf(21), genotypes, ALT_COUNT)).toBeUndefined();
    }
  });

  test.each([
    ["an allele that ALT does not name", "0|2", 1],
    ["an allele of two digits that ALT does not name", "0|13", 12],
    ["a letter", "a/b", 1],
    ["a space", "0 /1", 1],
    ["a sign", "-1/0", 1],
    ["a dot with a digit", ".1/0", 1],
    ["a number beyond reason", "99999999999999999999", 1],
  ])("refuses %s", (_, genotype, altCount) => {
    const genotypes = ["0|0", "0|1", genotype, "1|1"];
    expect(decodedNarrow(decoderOf(4), genotypes, altCount)).toBeUndefined();
    expect(decodedWide(decoderOf(4), genotypes, altCount).trouble).toBe("bad-genotype");
  });

  test.each([
    [1, "too-many-columns"],
    [2, undefined],
    [3, "too-few-columns"],
  ])("for two cells and %i samples says %s", (samples, trouble) => {
    for (const genotypes of [
      ["0|0", "0|1"],
      ["0", "1/1:3"],
      ["0/1/1", "0"],
    ])
      expect(decodedWide(decoderOf(samples), genotypes, 1).trouble).toBe(trouble);
  });

  test("tabs behind the last cell make no column, as in htsjdk", () => {
    expect(decodedWide(decoderOf(2), ["0|1", "1|1", "", ""], 1)).toEqual({ trouble: undefined, row: [1, 2] });
  });

  test("a row holds the samples asked for in the order asked for, and counts only them", () => {
    const genotypes = ["0|1", "1|1", "./.", "0|0", "1|0"];
    const columnOrder = Uint32Array.of(4, 2, 1);
    const fast = decoderOf(5, columnOrder);
    expect(decodedNarrow(fast, genotypes, 1)).toEqual([1, 0, 2]);
    const slow = decoderOf(5, columnOrder);
    expect(decodedWide(slow, genotypes.with(0, "0/1/1"), 1).row).toEqual([1, 0, 2]);
    for (const decoder of [fast, slow]) {
      expect(decoder.missingGenotypes).toBe(1);
      expect([...decoder.alleleCounts]).toEqual([1, 3]);
    }
  });

  test.each([
    ["a sample that the file has not", Uint32Array.of(5)],
    ["a sample twice", Uint32Array.of(1, 1)],
  ])("an order with %s is refused", (_, columnOrder) => {
    expect(() => decoderOf(5, columnOrder)).toThrow(RangeError);
  });

  test("the narrow kernel, the wide kernel and the general decoder agree on random genotypes", () => {
    const allele = fc.oneof(fc.constantFrom("0", "0", "0", "1", "."), fc.constantFrom("2", "3", "9", "10", "12"));
    const genotype = fc
      .tuple(fc.constantFrom(1, 2, 2, 2, 2, 3), fc.constantFrom("/", "|"), allele, allele, allele)
      .map(([ploidy, mark, ...alleles]) => alleles.slice(0, ploidy).join(mark));
    const plain = fc.tuple(allele, allele).map((alleles) => alleles.map((text) => text.slice(0, 1)).join("|"));
    const cell = fc
      .tuple(genotype, fc.constantFrom("", "", ":7", ":12,30:42:99:0,120,1500"))
      .map((parts) => parts.join(""));
    const record = fc.oneof(
      fc.array(plain, { minLength: 1, maxLength: 70 }),
      fc.array(cell, { minLength: 1, maxLength: 70 }),
    );
    const orderOf = (samples: number) =>
      fc.option(
        fc.uniqueArray(fc.nat(samples - 1), { minLength: 1 }).map((order) => Uint32Array.from(order)),
        { nil: undefined },
      );
    fc.assert(
      fc.property(
        record.chain((genotypes) => fc.tuple(fc.constant(genotypes), orderOf(genotypes.length))),
        ([genotypes, order]) => {
          const tally = { missingGenotypes: 0, alleleCounts: new Uint32Array(ALT_COUNT + 1) };
          const samples = order ?? genotypes.keys();
          const row = [...samples].map((sample) => {
            const bytes = Buffer.from(genotypes[sample] ?? "");
            return decodeCell(bytes, 0, bytes.length, tally)?.dosage;
          });
          const wide = decoderOf(genotypes.length, order);
          expect(decodedWide(wide, genotypes, ALT_COUNT)).toEqual({ trouble: undefined, row });
          expect(wide.missingGenotypes).toBe(tally.missingGenotypes);
          expect(wide.alleleCounts).toEqual(tally.alleleCounts);

          const narrowDecoder = decoderOf(genotypes.length, order);
          const fastRow = decodedNarrow(narrowDecoder, genotypes, ALT_COUNT);
          const isNarrow = genotypes.every((text) => /^[\d.][/|][\d.]$/.test(text));
          expect(fastRow).toEqual(isNarrow ? row : undefined);
          if (!isNarrow) return;
          const [reference = 0, ...alternates] = tally.alleleCounts;
          expect(narrowDecoder.missingGenotypes).toBe(tally.missingGenotypes);
          expect([...narrowDecoder.alleleCounts]).toEqual([
            reference,
            alternates.reduce((sum, count) => sum + count, 0),
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("counts stay right over many samples", () => {
    const genotypes = Array.from({ length: 10_001 }, (_, sample) => ["0|1", "1|1", ".|.", "0|0"][sample % 4] ?? "");
    const decoder = decoderOf(genotypes.length);
    expect(decodedNarrow(decoder, genotypes, 1)?.reduce((sum, dosage) => sum + dosage, 0)).toBe(2501 + 2 * 2500);
    expect(decoder.missingGenotypes).toBe(2500);
    expect([...decoder.alleleCounts]).toEqual([2501 + 2 * 2500, 2501 + 2 * 2500]);
  });
});

function decoderOf(sampleCount: number, columnOrder?: Uint32Array): GenotypeDecoder {
  const layout: DecoderLayout = { sampleCount, columnOrder, rowCapacity: 1, textCapacity: 200_000 };
  return new GenotypeDecoder(layout);
}

function decodedNarrow(decoder: GenotypeDecoder, genotypes: readonly string[], altCount: number): number[] | undefined {
  const { start, end } = place(decoder, genotypes);
  const next = decoder.decodeNarrow(start, end + 1, 0, altCount);
  if (next === undefined) return undefined;
  expect(next).toBe(end + 1);
  return rowOf(decoder);
}

function decodedWide(decoder: GenotypeDecoder, genotypes: readonly string[], altCount: number) {
  const { start, end } = place(decoder, genotypes);
  const trouble = decoder.decode(start, end, 0, altCount);
  return { trouble, row: trouble ? undefined : rowOf(decoder) };
}

/** Puts the genotypes where a record would have them: behind the tab that ends FORMAT. */
function place(decoder: GenotypeDecoder, genotypes: readonly string[]) {
  const text = Buffer.from(`\t${genotypes.join("\t")}\n`);
  decoder.bytes.set(text, decoder.textStart);
  return { start: decoder.textStart + 1, end: decoder.textStart + text.length - 1 };
}

function rowOf(decoder: GenotypeDecoder): number[] {
  const row = decoder.plainRows(1);
  expect(row.readUInt32LE(0)).toBe(decoder.columns);
  return [...row.subarray(4)];
}
