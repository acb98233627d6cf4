import fc from "fast-check";
import { expect, test } from "vitest";
import { readImportance } from "../../../core/report/importanceTable.ts";
import { descending } from "../../../core/report/order.ts";
import { rankingOf } from "../../../core/report/rank.ts";

const header = "variable,importance\n";

test.each([
  { name: "22_16050408_T_C", contig: "22", pos: 16050408, ref: "T", alts: ["C"] },
  { name: "22_16050408_T_C|G", contig: "22", pos: 16050408, ref: "T", alts: ["C", "G"] },
  { name: "HLA_A_1_100_A_T", contig: "HLA_A_1", pos: 100, ref: "A", alts: ["T"] },
  { name: "chrUn_KI270742v1_7_A_T", contig: "chrUn_KI270742v1", pos: 7, ref: "A", alts: ["T"] },
  { name: "HLA*01:01_7_A_T", contig: "HLA*01:01", pos: 7, ref: "A", alts: ["T"] },
  { name: "22_100_A_", contig: "22", pos: 100, ref: "A", alts: [""] },
  { name: "22_100_A_|", contig: "22", pos: 100, ref: "A", alts: ["", ""] },
  { name: "22_100_A_<DEL>", contig: "22", pos: 100, ref: "A", alts: ["<DEL>"] },
  { name: "22_100_A_*", contig: "22", pos: 100, ref: "A", alts: ["*"] },
])("takes the name $name apart from the right", async ({ name, ...parts }) => {
  expect(await rank(`${header}${name},1.5\n`, 1)).toEqual({
    ranked: [{ rank: 1, variant: name, ...parts, importance: 1.5 }],
    variants: 1,
    withImportance: 1,
    symbolic: name.includes("<") ? 1 : 0,
  });
});

test("reads exponents, negative importance (AIR) and CRLF, and counts rows with and without importance", async () => {
  const csv = "variable,importance\r\n1_1_A_C,8.0E-4\r\n1_2_A_C,-2.5\r\n1_3_A_C,0.0\r\n1_4_A_C,31";
  expect(await rank(csv, 9)).toMatchObject({
    ranked: [{ pos: 4 }, { pos: 1, importance: 0.0008 }, { pos: 3 }, { pos: 2 }],
    variants: 4,
    withImportance: 3,
  });
});

test("keeps the order of the file for equal importance", async () => {
  const ranking = await rank(`${header}1_9_A_C,1\n1_3_A_C,2\n1_5_A_C,1\n1_1_A_C,1\n`, 3);
  expect(ranking).toMatchObject({ ranked: [{ pos: 3 }, { pos: 9 }, { pos: 5 }] });
});

test("a result without rows is a ranking of nothing", async () => {
  expect(await rank(header, 5)).toEqual({ ranked: [], variants: 0, withImportance: 0, symbolic: 0 });
});

test.each([
  { case: "an empty file", csv: "", line: 1 },
  { case: "another header", csv: "variant,importance\n", line: 1 },
  { case: "an XML error page", csv: "<Error>\n</Error>", line: 1 },
  { case: "a missing column", csv: `${header}1_1_A_C,1\n1_2_A_C\n`, line: 3 },
  { case: "a third column", csv: `${header}1_1_A_C,1,2\n`, line: 2 },
  { case: "an importance that is no number", csv: `${header}1_1_A_C,NaN\n`, line: 2 },
  { case: "a name that is no variant", csv: `${header}height,1\n`, line: 2 },
  { case: "an empty line between", csv: `${header}\n1_1_A_C,1\n`, line: 2 },
])("says at which line $case is not VariantSpark's", async ({ csv, line }) => {
  expect(await rank(csv, 5)).toEqual({ kind: "malformed", line });
});

const row = fc.record({
  contig: fc.constantFrom("22", "chrUn_KI270742v1", "HLA_Ä_1"),
  pos: fc.integer({ min: 1, max: 250_000_000 }),
  importance: fc.constantFrom(0, 0.5, 1, 8.0081e-4, 77),
});

test("is the head of the sorted file, however the bytes are cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.nat({ max: 20 }),
      fc.array(fc.nat({ max: 999 })),
      async (rows, top, cuts) => {
        const csv = header + rows.map(({ contig, pos, importance }) => `${contig}_${pos}_A_C,${importance}\n`).join("");
        const ranking = await rank(csv, top, cuts);
        const expected = rows
          .toSorted((a, b) => b.importance - a.importance)
          .slice(0, top)
          .map((variant, index) => expect.objectContaining({ rank: index + 1, ...variant }));
        const withImportance = rows.filter(({ importance }) => importance > 0).length;
        expect(ranking).toEqual({ ranked: expected, variants: rows.length, withImportance, symbolic: 0 });
      },
    ),
  );
});

test("any bytes give a ranking or the line that is malformed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.boolean(), async (bytes, withHeader) => {
      const csv = Buffer.concat([Buffer.from(withHeader ? header : ""), bytes]);
      const reading = await readImportance(chunks(csv, []));
      expect(reading.kind === "table" ? reading.table.variants === 0 : reading.line >= 1).toBe(true);
    }),
  );
});

test("gives up the less important half when there are more rows than fit, and still knows how many there were", async () => {
  const rows = Array.from(
    { length: 1_000 },
    (_, index) => `1_${index + 1}_A_${"C".repeat(index % 7)},${(index * 337) % 1_000}`,
  );
  const reading = await readImportance(chunks(Buffer.from(`${header}${rows.join("\n")}`), []), 64);
  if (reading.kind !== "table") throw new Error("malformed");
  const { table } = reading;
  expect(table.rows).toBeLessThanOrEqual(64);
  const ranking = rankingOf(table, descending(table.importances), 20);
  const best = rows.toSorted((a, b) => Number(b.split(",")[1]) - Number(a.split(",")[1])).slice(0, 20);
  expect(ranking.ranked.map(({ variant, importance }) => `${variant},${importance}`)).toEqual(best);
  expect(ranking).toMatchObject({ variants: 1_000, withImportance: 999 });
});

test("orders numbers of any size and sign, the same ones as they came", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true })), (numbers) => {
      const importances = Float64Array.from(numbers, (number) => number + 0);
      const expected = numbers
        .map((_, row) => row)
        .toSorted((a, b) => (importances[b] ?? 0) - (importances[a] ?? 0) || a - b);
      expect([...descending(importances)]).toEqual(expected);
    }),
  );
});

async function rank(csv: string, top: number, cuts: readonly number[] = []) {
  const reading = await readImportance(chunks(Buffer.from(csv), cuts));
  if (reading.kind === "malformed") return reading;
  return rankingOf(reading.table, descending(reading.table.importances), top);
}

async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bounds = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, end] of bounds.entries()) yield bytes.subarray(bounds[index - 1] ?? 0, end);
}
