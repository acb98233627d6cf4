import type { ScaleContinuousNumeric } from "d3-scale";
import { at, escaped } from "./svg.ts";

type Scale = ScaleContinuousNumeric<number, number>;

/** Rules across the plot with their figures to the left, and the axis' name above. */
export function leftAxis(
  scale: Scale,
  left: number,
  right: number,
  name: string,
  format?: (value: number) => string,
): string {
  const [bottom = 0, top = 0] = scale.range();
  const ticks = scale.ticks(Math.max(2, Math.round((bottom - top) / 55)));
  const text = format ?? scale.tickFormat(ticks.length);
  const rules = ticks.map((tick) => {
    const y = at(scale(tick));
    return `<path class="rule" d="M${at(left)} ${y}H${at(right)}"/><text class="quiet end" x="${at(left - 8)}" y="${y}" dy=".32em">${escaped(text(tick))}</text>`;
  });
  return `${rules.join("")}<text class="quiet" x="${at(left)}" y="${at(top - 12)}">${escaped(name)}</text>`;
}

/** Figures below the plot, and the axis' name below them. */
export function bottomAxis(
  scale: Scale,
  y: number,
  name: string,
  format?: (value: number) => string,
  ticks: readonly number[] = scale.ticks(8),
): string {
  const [left = 0, right = 0] = scale.range();
  const text = format ?? scale.tickFormat(8);
  const labels = ticks.map((tick) => {
    const x = at(scale(tick));
    return `<path class="rule" d="M${x} ${at(y)}v5"/><text class="quiet middle" x="${x}" y="${at(y + 19)}">${escaped(text(tick))}</text>`;
  });
  return `${labels.join("")}<text class="quiet middle" x="${at((left + right) / 2)}" y="${at(y + 38)}">${escaped(name)}</text>`;
}
