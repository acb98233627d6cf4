/** When what went on, one bar for each state of the pipeline and each phase of the engine. */
import { scaleLinear } from "d3-scale";
import type { Span } from "../result.ts";
import { bottomAxis } from "./axes.ts";
import { at, escaped, type Figure } from "./svg.ts";

const width = 960;
const left = 210;
const right = 90;
const rowHeight = 24;

export function timelineFigure(spans: readonly Span[]): Figure {
  const shown = afterTheChoice(spans);
  const [begun, ended] = [Math.min(...shown.map(({ start }) => start)), Math.max(...shown.map(({ end }) => end))];
  const x = scaleLinear([0, Math.max(ended - begun, 1)], [left, width - right]);
  const bottom = 16 + shown.length * rowHeight;
  const bars = shown.map(({ name, kind, start, end }, row) => {
    const y = 16 + row * rowHeight;
    const [from, to] = [x(start - begun), x(end - begun)];
    return (
      `<text class="end${kind === "engine" ? " quiet" : ""}" x="${left - 10}" y="${y + 11}" dy=".32em">${escaped(name)}</text>` +
      `<rect class="fill-${kind === "engine" ? "second" : "first"}" x="${at(from)}" y="${y + 3}" width="${at(Math.max(to - from, 2))}" height="${rowHeight - 8}" rx="2"/>` +
      `<text class="quiet" x="${at(Math.max(to, from + 2) + 6)}" y="${y + 11}" dy=".32em">${durationInWords(end - start)}</text>`
    );
  });
  return {
    name: "timeline",
    width,
    height: bottom + 52,
    title: "What went on when",
    description: shown.map(({ name, start, end }) => `${name}: ${durationInWords(end - start)}`).join("; "),
    body: `${bottomAxis(x, bottom, "Since the choice was made", durationInWords, timeTicks(ended - begun))}${bars.join("")}`,
  };
}

/** Waiting for the answer may take days, beside which nothing else would be seen. */
function afterTheChoice(spans: readonly Span[]): readonly Span[] {
  const asked = spans.findLastIndex(({ name }) => name === "Ask");
  const after = spans.slice(asked + 1);
  return after.length === 0 ? spans : after;
}

const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** On whole seconds, minutes or hours: at most ten. */
function timeTicks(seconds: number): number[] {
  const step = steps.find((candidate) => seconds / candidate <= 10) ?? Math.ceil(seconds / 864_000) * 86_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, tick) => tick * step);
}

/** "3.2 s", "45 s", "4 min 38 s", "2 h 5 min". */
export function durationInWords(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = seconds < 3600 ? Math.round(seconds) : 60 * Math.round(seconds / 60);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60] as const;
  return parts.flatMap((part, index) => (part === 0 ? [] : [`${part} ${["h", "min", "s"][index]}`])).join(" ");
}
