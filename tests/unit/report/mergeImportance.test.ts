import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImportanceTable, readImportance } from "../../../core/report/importanceTable.ts";
import { asOneForest, mergedImportance, mergeSummary, Top } from "../../../core/report/mergeImportance.ts";

type Importances = ReadonlyMap<string, number>;

function csvOf(importances: Importances): string {
  return `variable,importance\n${[...importances].map(([variant, value]) => `${variant},${value}\n`).join("")}`;
}

async function tableOf(importances: Importances): Promise<ImportanceTable> {
  const reading = await readImportance(Readable.from([Buffer.from(csvOf(importances))]));
  if (reading.kind === "malformed") throw new Error(`line ${reading.line}`);
  return reading.table;
}

async function text(pieces: AsyncIterable<string | Uint8Array>): Promise<string> {
  let all = "";
  for await (const piece of pieces) all += Buffer.from(piece).toString();
  return all;
}

/** @param cut bytes of each piece in which the CSV before is read */
async function mergedAll(chunks: readonly { trees: number; importances: Importances }[], cut = 7) {
  let csv: string | undefined;
  let summary = mergeSummary(20);
  for (const [at, { trees, importances }] of chunks.entries()) {
    summary = mergeSummary(20);
    const bytes = csv === undefined ? undefined : Buffer.from(csv);
    const previous =
      bytes &&
      Readable.from(
        Array.from({ length: Math.ceil(bytes.length / cut) }, (_, piece) =>
          bytes.subarray(piece * cut, (piece + 1) * cut),
        ),
      );
    csv = await text(mergedImportance(previous, { number: at + 1, trees, table: await tableOf(importances) }, summary));
  }
  const trees = chunks.reduce((sum, chunk) => sum + chunk.trees, 0);
  const forest = await text(asOneForest(Readable.from([Buffer.from(csv ?? "")]), trees));
  const rows = forest
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",") as [string, string]);
  return { csv: csv ?? "", rows, summary, trees };
}

const contig = fc.constantFrom("1", "2", "10", "X", "chrUn_KI270742v1", "HLA-A*01:01");
const allele = fc.constantFrom("A", "C", "GT", "<DEL>", "");
const variant = fc
  .tuple(contig, fc.integer({ min: 1, max: 30 }), allele, fc.array(allele, { minLength: 1, maxLength: 2 }))
  .map(([name, pos, ref, alts]) => `${name}_${pos}_${ref}_${alts.join("|")}`);
const importances = fc
  .array(fc.tuple(variant, fc.double({ min: 1e-9, max: 1e3, noNaN: true })), { maxLength: 40 })
  .map((rows) => new Map(rows));
const chunk = fc.record({ trees: fc.integer({ min: 1, max: 500 }), importances });

test("importances of chunks are merged to their mean weighted by trees; what a chunk does not list counts as 0", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (chunks, cut) => {
        const { rows, summary, trees } = await mergedAll(chunks, cut);
        const expected = new Map<string, number>();
        for (const one of chunks)
          for (const [name, value] of one.importances)
            expected.set(name, (expected.get(name) ?? 0) + (value * one.trees) / trees);
        expect(new Set(rows.map(([name]) => name))).toEqual(new Set(expected.keys()));
        expect(rows.length).toBe(expected.size);
        for (const [name, value] of rows)
          expect(Math.abs(Number(value) - (expected.get(name) ?? Number.NaN))).toBeLessThanOrEqual(
            1e-9 * Math.max(1, Number(value)),
          );
        expect(summary.variants).toBe(expected.size);
        const highest = [...expected.values()]
          .filter((value) => value > 0)
          .sort((a, b) => b - a)
          .slice(0, 20);
        const top = summary.top.rows().map(({ value }) => value / trees);
        expect(top.length).toBe(highest.length);
        for (const [at, value] of top.entries()) expect(value).toBeCloseTo(highest[at] ?? Number.NaN, 6);
      },
    ),
  );
});

test("the halves are the chunks of odd and of even number", async () => {
  const of = (name: string) => ({ trees: 10, importances: new Map([[name, 1]]) });
  const { csv, summary } = await mergedAll([of("1_5_A_C"), of("1_7_A_C"), of("1_5_A_C")]);
  expect(csv).toBe("variable,odd,even\n1_5_A_C,20,0\n1_7_A_C,0,10\n");
  expect(summary.odd.rows()).toEqual([{ variant: "1_5_A_C", value: 20 }]);
  expect(summary.even.rows()).toEqual([{ variant: "1_7_A_C", value: 10 }]);
});

test("variants of one name become one row", async () => {
  const reading = await readImportance(
    Readable.from([Buffer.from("variable,importance\n1_5_A_C,1\n1_5_A_G,4\n1_5_A_C,2\n")]),
  );
  if (reading.kind === "malformed") throw new Error();
  const csv = await text(mergedImportance(undefined, { number: 1, trees: 2, table: reading.table }, mergeSummary(20)));
  expect(csv).toBe("variable,odd,even\n1_5_A_C,6,0\n1_5_A_G,8,0\n");
});

describe("a CSV that no merge wrote is refused at its line", () => {
  test.each([
    ["variable,importance\n1_5_A_C,1\n", 1],
    ["variable,odd,even\n1_5_A_C,1\n", 2],
    ["variable,odd,even\n1_5_A_C,1,x\n", 2],
    ["variable,odd,even\n1_5_A_C,1,0\nA_C,1,1\n", 3],
  ])("%j", async (csv, line) => {
    await expect(text(asOneForest(Readable.from([Buffer.from(csv)]), 1))).rejects.toThrow(`line ${line}`);
  });
});

test("the top keeps the highest, the first of equal ones, and nothing that is 0", () => {
  const top = new Top(2);
  for (const [name, value] of [
    ["a", 1],
    ["b", 3],
    ["c", 3],
    ["d", 0],
    ["e", 2],
  ] as const)
    top.add(name, value);
  expect(top.rows()).toEqual([
    { variant: "b", value: 3 },
    { variant: "c", value: 3 },
  ]);
});
