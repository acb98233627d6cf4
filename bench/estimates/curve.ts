/** What the model says far beyond what was measured: up to 10^13 genotypes and 1,024 cores. */

import type { EngineRun } from "../../core/sizing/engineRun.ts";
import { phaseSeconds, totalSeconds } from "../../core/sizing/phases.ts";
import type { EngineModel } from "../../core/sizing/sizingData.ts";

/** The run of 10^12 genotypes that the authors of VariantSpark published: 100 trees in 15 hours on 256 cores. */
export function publishedSeconds(model: EngineModel): number {
  return totalSeconds(phaseSeconds(biobankRun(10_000_000, 100_000, 256), model));
}

/** From the matrix, on executors of 8 cores with 1.5 times the memory that the genotypes take. */
export function biobankRun(variants: number, samples: number, cores: number): EngineRun {
  const coresPerExecutor = 8;
  const executors = cores / coresPerExecutor;
  const size = { samples, variants, uncompressedBytes: 0, partitions: 2 * cores };
  const heapMiB = (1.5 * variants * (samples + 200)) / executors / 0.6 / 2 ** 20 + 4_096;
  const forest = { trees: 100, mtryFraction: 1 / Math.sqrt(variants), batchSize: 100 };
  return { size, forest, executors, coresPerExecutor, executorMemoryMiB: heapMiB, startSeconds: 180, speed: 1 };
}

const cohorts = [
  { name: "10¹⁰", variants: 1_000_000, samples: 10_000, colour: "#4c9f70" },
  { name: "10¹¹", variants: 10_000_000, samples: 10_000, colour: "#3d7ea6" },
  { name: "10¹²", variants: 10_000_000, samples: 100_000, colour: "#8a4f9e" },
  { name: "10¹³", variants: 100_000_000, samples: 100_000, colour: "#c8553d" },
];
const coreCounts = [16, 32, 64, 128, 256, 512, 1_024];
const frame = { left: 70, right: 560, top: 30, bottom: 310 };
/** Of the vertical axis: from 2 minutes to 1,000 hours. */
const seconds = { least: 120, most: 3_600_000 };

/** Hours over cores, both logarithmic; a line for each number of genotypes. */
export function curveSvg(model: EngineModel): string {
  const lines = cohorts.map(({ name, variants, samples, colour }) => {
    const points = coreCounts.map((cores) => {
      const y = yOf(totalSeconds(phaseSeconds(biobankRun(variants, samples, cores), model)));
      return `${xOf(cores).toFixed(1)},${y.toFixed(1)}`;
    });
    const [, y = "0"] = points[0]?.split(",") ?? [];
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${frame.left + 6}" y="${Number(y) - 6}" fill="${colour}">${name} genotypes</text>`;
  });
  const hours = [0.1, 1, 10, 100, 1_000].map((hour) => {
    const y = yOf(hour * 3_600).toFixed(1);
    return `<line x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}" stroke="#ccc"/><text x="${frame.left - 8}" y="${Number(y) + 4}" text-anchor="end">${hour} h</text>`;
  });
  const cores = coreCounts.map(
    (count) => `<text x="${xOf(count).toFixed(1)}" y="${frame.bottom + 18}" text-anchor="middle">${count}</text>`,
  );
  const point = `<circle cx="${xOf(256).toFixed(1)}" cy="${yOf(15 * 3_600).toFixed(1)}" r="5" fill="none" stroke="#8a4f9e" stroke-width="2"/><text x="${xOf(256) + 10}" y="${yOf(15 * 3_600) - 8}" fill="#8a4f9e">published, 10¹²: 15 h</text>`;
  const title = `<text x="${frame.left}" y="18">100 trees from the matrix: hours by cores, as the model has it</text>`;
  const axis = `<text x="${(frame.left + frame.right) / 2}" y="${frame.bottom + 36}" text-anchor="middle">cores</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 350" font-family="sans-serif" font-size="12"><title>Hours by cores and data</title>`,
    `<rect width="620" height="350" fill="#fff"/>`,
    ...[title, ...hours, ...cores, axis, ...lines, point].map((line) => `  ${line}`),
    "</svg>\n",
  ].join("\n");
}

function xOf(cores: number): number {
  const share = Math.log(cores / 16) / Math.log(1_024 / 16);
  return frame.left + share * (frame.right - frame.left);
}

function yOf(value: number): number {
  const share = Math.log(value / seconds.least) / Math.log(seconds.most / seconds.least);
  return frame.bottom - share * (frame.bottom - frame.top);
}
