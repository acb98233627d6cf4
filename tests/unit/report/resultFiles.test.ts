import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { pngRenderer } from "../../../core/report/png.ts";
import { chr22, finishedRun, forestOf, tableOf, textsOf } from "./resultRun.ts";

const { rows, splits } = chr22();
const analysis = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13, localFdr: true };

describe("importance.csv", () => {
  test("has all variants by rank, alleles joined as the engine joins them", async () => {
    const table = await tableOf(["HLA_Ä_1_9_A_|G,1e-7", "22_1_T_C,999.5", "22_30_TTA_<DEL>,-2"]);
    expect(textsOf(finishedRun(), table)["importance.csv"]).toBe(
      "rank,variant,contig,pos,ref,alt,importance\n" +
        "1,22_1_T_C,22,1,T,C,999.5\n" +
        "2,HLA_Ä_1_9_A_|G,HLA_Ä_1,9,A,|G,1e-7\n" +
        "3,22_30_TTA_<DEL>,22,30,TTA,<DEL>,-2\n",
    );
  });

  test("is whole however many pieces it comes in", async () => {
    const many = Array.from(
      { length: 40_000 },
      (_, index) => `1_${index + 1}_${"A".repeat(index === 7 ? 600_000 : 1)}_C,${40_000 - index}`,
    );
    const lines = (textsOf(finishedRun(), await tableOf(many))["importance.csv"] ?? "").trimEnd().split("\n").slice(1);
    expect(lines.map((line) => line.slice(line.indexOf(",") + 1).split(",")[0])).toEqual(
      many.map((line) => line.split(",")[0]),
    );
    expect(lines.map((line) => Number(line.split(",")[0]))).toEqual(many.map((_, index) => index + 1));
  });

  test("has splits and the local false discovery rate where that was asked for, of the variants that were judged", async () => {
    const csv = textsOf(finishedRun({ analysis }), await tableOf(rows), splits)["importance.csv"] ?? "";
    const [header, ...lines] = csv
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(header?.slice(-2)).toEqual(["splits", "localFdr"]);
    expect(lines.every((cells) => Number(cells[7]) < 2 === (cells[8] === ""))).toBe(true);
    expect(lines.filter((cells) => cells[8] !== "" && Number(cells[8]) < 0.1)).toHaveLength(14);
  });
});

describe("result.json", () => {
  test("has what the report shows, the ranked variants with what is said about each", async () => {
    const result = JSON.parse(textsOf(finishedRun({ analysis }), await tableOf(rows), splits)["result.json"] ?? "");
    expect(result).toMatchObject({
      formatVersion: 1,
      runId: "cohort-0123456789ab",
      study: { bucket: "inbox", prefix: "cohort/" },
      variants: 17_010,
      withImportance: 871,
      versions: { variantSpark: "0.5.5", spark: "3.5.9" },
      significance: { kind: "fitted", splitsAtLeast: 2, variants: 652, passing: 14 },
    });
    expect(result.ranked).toHaveLength(871);
    expect(result.ranked[0]).toMatchObject({ rank: 1, importance: 41.90319582219288, splits: 467, passes: true });
    expect(result.ranked.filter(({ passes }: { passes?: boolean }) => passes)).toHaveLength(14);
    expect(result.significanceBins).toHaveLength(120);
    expect(result.timeline.map(({ name }: { name: string }) => name)).toEqual([
      "Settle",
      "Ask",
      "Provision",
      "Launch",
      "Observe",
      "Report",
      "VariantSpark loads",
      "VariantSpark grows trees",
    ]);
  });
});

test("result.json has the chunks that the result rests on, and how stable their ranking is", async () => {
  const chunks = forestOf([0.5, 0.9], 5);
  const result = JSON.parse(textsOf(finishedRun({ chunks }), await tableOf(rows))["result.json"] ?? "");
  expect(result.chunks).toEqual({
    planned: 5,
    grown: [13, 1013, 2013].map((seed) => ({ trees: 200, seed })),
    stability: chunks.stability,
  });
});

test("every figure is an SVG that a strict reader draws, whatever the names", async () => {
  const require = createRequire(import.meta.url);
  const wasm = readFileSync(require.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  const font = readFileSync(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));
  const toPng = await pngRenderer(wasm, font);
  const named = await tableOf([...rows, "a&b<c>_5_A_C,60", "\u{1}\u{fffe}'_7_A_C,50"]);
  const texts = textsOf(finishedRun({ analysis, chunks: forestOf([0.5, 0.9, 0.95]) }), named, splits);
  const figures = Object.entries(texts).filter(([name]) => name.endsWith(".svg"));
  expect(figures.map(([name]) => name)).toEqual([
    "importance.svg",
    "timeline.svg",
    "stability.svg",
    "oob-error.svg",
    "significance.svg",
  ]);
  for (const [, svg] of figures) {
    const png = toPng(svg);
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(1_920);
  }
});
