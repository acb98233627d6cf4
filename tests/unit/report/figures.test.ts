import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inGenomeOrder } from "../../../core/report/contigOrder.ts";
import { placedLabels } from "../../../core/report/figures/labels.ts";
import { stabilityFigure } from "../../../core/report/figures/stability.ts";
import { durationInWords, timelineFigure } from "../../../core/report/figures/timeline.ts";
import { grid, thinned } from "../../../core/report/thinned.ts";
import { forestOf, tableOf } from "./resultRun.ts";

test("contigs stand as in the genome, with or without chr, the others after them", () => {
  const ordered = ["chr1", "2", "chr10", "21", "chrX", "Y", "MT", "chrUn_1", "GL000192.1", "GL000220.1", "HLA*01:01"];
  expect(inGenomeOrder(ordered.toReversed()).slice(0, 7)).toEqual(ordered.slice(0, 7));
  expect(new Set(inGenomeOrder(ordered).slice(7))).toEqual(new Set(ordered.slice(7)));
});

test("every variant lies in a place that is shown, and no place is shown without one", async () => {
  const variant = fc.record({
    contig: fc.constantFrom("1", "2", "X"),
    pos: fc.integer({ min: 1, max: 250_000_000 }),
    importance: fc.double({ min: -1, max: 40, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(variant, { minLength: 1, maxLength: 80 }), async (variants) => {
      const found = thinned(
        await tableOf(variants.map(({ contig, pos, importance }) => `${contig}_${pos}_A_C,${importance.toFixed(6)}`)),
      );
      const shown = found.runs.flatMap(({ column, from, to }) =>
        Array.from({ length: to - from + 1 }, (_, step) => `${column}:${from + step}`),
      );
      const wanted = variants.map(({ contig, pos, importance }) => {
        const share = (Number(importance.toFixed(6)) - found.lowest) / (found.highest - found.lowest || 1);
        const column = Math.min(Math.floor(found.place(contig, pos) * grid.columns), grid.columns - 1);
        return `${column}:${Math.min(Math.floor(share * grid.levels), grid.levels - 1)}`;
      });
      expect(shown.length).toBeLessThanOrEqual(variants.length);
      const near = (place: string) => {
        const [column = 0, level = 0] = place.split(":").map(Number);
        return (
          shown.includes(place) || shown.includes(`${column}:${level - 1}`) || shown.includes(`${column}:${level + 1}`)
        );
      };
      expect(wanted.every(near)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a single contig is drawn from its first variant on", async () => {
  const { contigs, place } = thinned(await tableOf(["22_16050408_A_C,1", "22_17000000_A_C,2"]));
  expect(contigs).toMatchObject([{ name: "22", first: 16_050_407, last: 17_000_000 }]);
  expect(place("22", 16_050_408)).toBeCloseTo(0, 5);
  expect(place("22", 17_000_000)).toBeCloseTo(1, 3);
});

test("names of points lie neither on each other nor on a point", () => {
  const within = { left: 0, right: 900, top: 0, bottom: 300 };
  const point = fc.record({
    x: fc.integer({ min: 0, max: 900 }),
    y: fc.integer({ min: 0, max: 300 }),
    text: fc.constantFrom("22:16050408 T>C", "X:5 A>G"),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 10 }), (points) => {
      const svg = placedLabels(points, points, within);
      const boxes = [...svg.matchAll(/<text class="name( end)?" x="([\d.-]+)" y="([\d.-]+)" dy=".32em">([^<]+)</g)].map(
        ([, end, x, y, text = ""]) => {
          const width = text.replaceAll("&gt;", ">").length * 7.2;
          return { left: Number(x) - (end ? width : 0), width, y: Number(y) };
        },
      );
      const covered = (box: (typeof boxes)[number]) =>
        points.some(({ x, y }) => x > box.left && x < box.left + box.width && Math.abs(y - box.y) < 7);
      expect(boxes.some(covered)).toBe(false);
      boxes.forEach((box, index) => {
        for (const other of boxes.slice(index + 1)) {
          const besides = box.left + box.width <= other.left + 0.2 || other.left + other.width <= box.left + 0.2;
          expect(besides || Math.abs(box.y - other.y) >= 14.8).toBe(true);
        }
      });
    }),
  );
});

describe("the timeline", () => {
  test("begins after the answer: waiting for it may take days", () => {
    const spans = [
      { name: "Ask", kind: "pipeline" as const, start: 0, end: 90_000 },
      { name: "Observe", kind: "pipeline" as const, start: 90_000, end: 90_100 },
    ];
    expect(timelineFigure(spans).description).toBe("Observe: 1 min 40 s");
  });

  test.each([
    [0.04, "0 s"],
    [3.21, "3.2 s"],
    [59.6, "1 min"],
    [278, "4 min 38 s"],
    [7_530, "2 h 6 min"],
    [86_400, "24 h"],
  ])("says %d seconds as %s", (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });
});

describe("the agreement of a forest's halves", () => {
  const drawn = (agreements: readonly number[]) => {
    const { stability } = forestOf(agreements);
    if (stability === undefined) throw new Error("there is nothing to draw");
    return stabilityFigure(stability);
  };
  const dots = (svg: string) =>
    [...svg.matchAll(/<circle class="fill-(\w+)" cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, colour, x, y]) => ({
      colour,
      x: Number(x),
      y: Number(y),
    }));

  test("has a dot for each look, higher for more, in another colour from where it is stable", () => {
    const found = dots(drawn([0.5, 0.7, 0.9, 0.95, 1]).body);
    expect(found.map(({ colour }) => colour)).toEqual(["first", "first", "first", "accent", "accent"]);
    expect(found.map(({ x }) => x)).toEqual(found.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(found.map(({ y }) => y)).toEqual(found.map(({ y }) => y).toSorted((a, b) => b - a));
  });

  test.each([
    [[0.5, 0.9, 0.95], "From 50 % after 400 trees to 95 % after 800 trees; stable from 800 trees on."],
    [[0.5, 0.9, 0.95, 0.6], "From 50 % after 400 trees to 60 % after 1,000 trees; not stable."],
    [[0.5], "50 % after 400 trees; not stable."],
  ])("says what there is to see: %j", (agreements, words) => {
    expect(drawn(agreements).description).toBe(words);
  });
});
