/** Out-of-bag error by the number of trees. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { OobError } from "../../variantspark/driverLog.ts";
import { bottomAxis, leftAxis } from "./axes.ts";
import { at, type Figure } from "./svg.ts";

const size = { width: 960, height: 300, left: 64, right: 20, top: 36, bottom: 52 };

export function oobErrorFigure(oobErrors: readonly OobError[]): Figure {
  const last = oobErrors.at(-1);
  const x = scaleLinear([0, last?.trees ?? 1], [size.left, size.width - size.right]);
  const most = Math.max(...oobErrors.map(({ error }) => error));
  const y = scaleLinear([0, most || 0.01], [size.height - size.bottom, size.top]).nice(4);
  const path = line<OobError>(
    ({ trees }) => x(trees),
    ({ error }) => y(error),
  ).digits(1);
  const points = oobErrors.map(
    ({ trees, error }) => `<circle class="fill-first" cx="${at(x(trees))}" cy="${at(y(error))}" r="2.5"/>`,
  );
  return {
    name: "oob-error",
    width: size.width,
    height: size.height,
    title: "Out-of-bag error by the number of trees",
    description: last
      ? `${percent(last.error)} of the samples are told wrong by the ${last.trees} trees that were grown without them.`
      : "",
    body: [
      leftAxis(y, size.left, size.width - size.right, "Samples told wrong", percent),
      bottomAxis(x, size.height - size.bottom, "Trees"),
      `<path class="line-first" d="${path(oobErrors) ?? ""}"/>`,
      ...points,
    ].join(""),
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
