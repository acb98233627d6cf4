/** What both halves of a forest in chunks have in common of their first variants, by the number of trees. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { counted } from "../../findings/found.ts";
import { convergedAgreement, type Stability, stableFrom } from "../stability.ts";
import { bottomAxis, leftAxis } from "./axes.ts";
import { at, type Figure } from "./svg.ts";

type Look = Stability["history"][number];

const size = { width: 960, height: 300, left: 64, right: 20, top: 40, bottom: 52 };

export function stabilityFigure({ history }: Stability): Figure {
  const x = scaleLinear([0, history.at(-1)?.trees ?? 1], [size.left, size.width - size.right]);
  const y = scaleLinear([0, 1], [size.height - size.bottom, size.top]);
  const from = stableFrom(history) ?? Number.POSITIVE_INFINITY;
  const path = line<Look>(
    ({ trees }) => x(trees),
    ({ agreement }) => y(agreement),
  ).digits(1);
  const points = history.map(
    ({ trees, agreement }) =>
      `<circle class="fill-${trees < from ? "first" : "accent"}" cx="${at(x(trees))}" cy="${at(y(agreement))}" r="4"><title>${counted(trees, "tree")}: ${percent(agreement)}</title></circle>`,
  );
  return {
    name: "stability",
    width: size.width,
    height: size.height,
    title: "Agreement of the forest's halves by the number of trees",
    description: described(history),
    body: [
      leftAxis(y, size.left, size.width - size.right, "First variants that both halves have", percent),
      bottomAxis(x, size.height - size.bottom, "Trees of both halves together"),
      limit(y(convergedAgreement)),
      `<path class="line-first" d="${path(history) ?? ""}"/>`,
      ...points,
    ].join(""),
  };
}

/** Its words lie below it, for a forest that has converged is above it at the end. */
function limit(y: number): string {
  const words = `${percent(convergedAgreement)} twice, from the fourth chunk on: stable`;
  return `<path class="cut" d="M${size.left} ${at(y)}H${size.width - size.right}"/><text class="name end" x="${size.width - size.right}" y="${at(y + 18)}">${words}</text>`;
}

function described(history: readonly Look[]): string {
  const [first, last, from] = [history[0], history.at(-1), stableFrom(history)];
  if (first === undefined || last === undefined) return "";
  const words = ({ trees, agreement }: Look) => `${percent(agreement)} after ${counted(trees, "tree")}`;
  const way = history.length > 1 ? `From ${words(first)} to ${words(last)}` : words(first);
  return `${way}; ${from === undefined ? "not stable" : `stable from ${counted(from, "tree")} on`}.`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
