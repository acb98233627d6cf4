import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CohortShape } from "../../../local/calibrate/cohort.ts";
import { cohortIn } from "../../../local/calibrate/cohort.ts";
import { drawRow, labelsOf } from "../../../local/calibrate/genotypes.ts";
import { benchGrid, calibrationGrid } from "../../../local/calibrate/grid.ts";
import { keyOf } from "../../../local/calibrate/measureGrid.ts";
import { modelText } from "../../../local/calibrate/modelText.ts";
import { shuffled } from "../../../local/calibrate/random.ts";
import { runsLine } from "../../../local/calibrate/runsBar.ts";
import { KeptPart, rowsOf } from "../matrix/matrixPartRows.ts";
import { roundModel } from "../sizing/engineRuns.ts";

const samples = 40;
const shapeOf = (format: CohortShape["format"]): CohortShape => ({ variants: 30, samples, format, parts: 3, seed: 7 });
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "calibrate-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a made cohort", () => {
  test.each(["vcf", "wide-vcf"] as const)(
    "as %s has in all its parts the genotypes that were drawn",
    async (format) => {
      const { input, textBytes, largestPartBytes } = await cohortIn(folder, shapeOf(format));
      const names = (await readdir(input)).toSorted();
      const texts = await Promise.all(names.map((name) => readFile(join(input, name), "utf8")));
      expect(textBytes).toBe(texts.join("").length);
      expect(largestPartBytes).toBe(Math.max(...texts.map((text) => text.length)));
      const records = texts.flatMap((text) => text.trim().split("\n")).filter((line) => !line.startsWith("#"));
      expect(records.map((record) => record.split("\t").slice(9).map(dosageOf))).toEqual(drawn(30));
    },
  );

  test("as a matrix has the same genotypes, a part after the other", async () => {
    const { input } = await cohortIn(folder, shapeOf("matrix"));
    const names = (await readdir(input)).filter((name) => name.endsWith(".parquet")).toSorted();
    const parts = await Promise.all(names.map(async (name) => rowsOfFile(join(input, name))));
    expect(parts.map((rows) => rows.length)).toEqual([10, 10, 10]);
    expect(parts.flat().map(({ data }) => data)).toEqual(drawn(30));
  });

  test("has the same labels in each format, and as many cases as its columns say", async () => {
    const tables = await Promise.all(
      (["vcf", "matrix"] as const).map(async (format) =>
        readFile((await cohortIn(folder, shapeOf(format))).labels, "utf8"),
      ),
    );
    expect(tables[0]).toBe(tables[1]);
    const [header, ...rows] = (tables[0] ?? "").trim().split("\n");
    expect(header).toBe("sample,balanced,unbalanced");
    const cases = [1, 2].map((column) => rows.filter((row) => row.split(",")[column] === "1").length);
    expect(cases).toEqual([20, 6]);
  });

  test("is made once", async () => {
    const first = await cohortIn(folder, shapeOf("matrix"));
    expect(await cohortIn(folder, shapeOf("matrix"))).toEqual(first);
    expect(first.textBytes).toBe(0);
  });
});

test("the label goes with the causal variants: cases carry more of them", () => {
  const labels = labelsOf(1, 2_000, 0.5);
  const dosages = new Uint8Array(2_000);
  drawRow(1, 101, dosages);
  const carried = (label: number) =>
    dosages.reduce((sum, dosage, index) => sum + (labels[index] === label ? dosage : 0), 0);
  expect(carried(1)).toBeGreaterThan(1.1 * carried(0));
});

test("every run of the grids is another", () => {
  const keys = [...benchGrid, ...calibrationGrid(2)].map(keyOf);
  expect(new Set(benchGrid.map(keyOf)).size).toBe(benchGrid.length);
  expect(keys.length).toBeGreaterThan(40);
});

test("the shuffle keeps all, and is the same for the same seed", () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  expect(shuffled(items, 3)).toEqual(shuffled(items, 3));
  expect(shuffled(items, 3)).not.toEqual(shuffled(items, 4));
  expect(shuffled(items, 3).toSorted((a, b) => a - b)).toEqual(items);
});

test("the model is exchanged, and nothing else of the sizing data", () => {
  const text = '{\n  "prices": { "date": "x", "model": 1 },\n  "model": {\n    "old": 1\n  }\n}\n';
  const changed = modelText(text, { ...roundModel, coreEfficiency: 0.123456789 });
  expect(changed.startsWith('{\n  "prices": { "date": "x", "model": 1 },\n  "model": {\n')).toBe(true);
  expect(JSON.parse(changed)).toEqual({
    prices: { date: "x", model: 1 },
    model: { ...roundModel, coreEfficiency: 0.1235 },
  });
});

test("the bar tells what is left", () => {
  expect(runsLine(5, 20, 100)).toBe(`  [${"█".repeat(8)}${"·".repeat(22)}] 5 of 20 runs, 5 min left`);
  expect(runsLine(20, 20, 100)).toBe(`  [${"█".repeat(30)}] 20 of 20 runs`);
});

async function rowsOfFile(path: string) {
  const part = new KeptPart();
  part.write(await readFile(path));
  return rowsOf(part);
}

function drawn(variants: number): number[][] {
  return Array.from({ length: variants }, (_, row) => {
    const dosages = new Uint8Array(samples);
    drawRow(7, row, dosages);
    return [...dosages];
  });
}

function dosageOf(cell: string): number {
  return [...cell.slice(0, 3)].filter((character) => character === "1").length;
}
