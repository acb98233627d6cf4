/** How the local false discovery rate was found: the importances' distribution against that of chance, and the rate. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { LocalFdrBin } from "../localFdr.ts";
import { bottomAxis, leftAxis } from "./axes.ts";
import { at, type Figure } from "./svg.ts";

const size = { width: 960, height: 430, left: 64, right: 20, top: 36, middle: 250, lower: 290, bottom: 52 };

export function significanceFigure(
  bins: readonly LocalFdrBin[],
  threshold: number,
  importanceAbove: number | undefined,
): Figure {
  const logs = bins.map(({ logImportance }) => logImportance);
  const half = ((logs[1] ?? 1) - (logs[0] ?? 0)) / 2;
  const x = scaleLinear([Math.min(...logs) - half, Math.max(...logs) + half], [size.left, size.width - size.right]);
  const densest = Math.max(...bins.flatMap(({ observed, smoothed, chance }) => [observed, smoothed, chance]));
  const y = scaleLinear([0, densest], [size.middle, size.top]);
  const rate = scaleLinear([0, 1], [size.height - size.bottom, size.lower]);
  const curve = (value: (bin: LocalFdrBin) => number) =>
    line<LocalFdrBin>(({ logImportance }) => x(logImportance), value).digits(1)(bins) ?? "";
  const bars = bins.map(
    ({ logImportance, observed }) =>
      `M${at(x(logImportance - half))} ${size.middle}V${at(y(observed))}H${at(x(logImportance + half))}V${size.middle}z`,
  );
  const cut =
    importanceAbove === undefined
      ? ""
      : `<path class="cut" d="M${at(x(Math.log(importanceAbove)))} ${size.top}V${size.height - size.bottom}"/>`;
  return {
    name: "significance",
    width: size.width,
    height: size.height,
    title: "Importances against chance",
    description: `Above, the distribution of the importances' logarithms and the skew-normal of variants without an effect; below, the local false discovery rate, which ${importanceAbove === undefined ? `nowhere falls to ${threshold}` : `falls to ${threshold} at an importance of ${importanceAbove.toPrecision(3)}`}.`,
    body: [
      leftAxis(
        y,
        size.left,
        size.width - size.right,
        "Density of variants (bars), smoothed (pink), of variants without an effect (blue)",
      ),
      `<path class="fill-second" fill-opacity=".45" d="${bars.join("")}"/>`,
      `<path class="line-accent" d="${curve(({ smoothed }) => y(Math.min(smoothed, densest)))}"/>`,
      `<path class="line-first" d="${curve(({ chance }) => y(chance))}"/>`,
      leftAxis(rate, size.left, size.width - size.right, "Local false discovery rate"),
      `<path class="line-first" d="${curve(({ localFdr }) => rate(localFdr))}"/>`,
      cut,
      bottomAxis(x, size.height - size.bottom, "Importance (logarithmic)", (log) =>
        Number(Math.exp(log).toPrecision(2)).toString(),
      ),
    ].join(""),
  };
}
