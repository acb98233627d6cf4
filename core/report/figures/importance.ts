/** Importance by place in the genome, as a Manhattan plot is drawn: contigs side by side, the top variants named. */
import { scaleLinear } from "d3-scale";
import { counted } from "../../findings/found.ts";
import type { RankedVariant } from "../rank.ts";
import { shortened } from "../shortened.ts";
import type { VariantSignificance } from "../significance.ts";
import { grid, type PlacedContig, type ThinnedImportance } from "../thinned.ts";
import { bottomAxis, leftAxis } from "./axes.ts";
import { placedLabels } from "./labels.ts";
import { at, escaped, type Figure } from "./svg.ts";

export type DrawnVariant = RankedVariant & Partial<VariantSignificance>;

const size = { width: 960, height: 420, left: 64, right: 20, top: 40, bottom: 52 };
const namedVariants = 10;
/** Variants that no name may cover. */
const keptClear = 60;

/** @param importanceAbove where variants pass the local false discovery rate */
export function importanceFigure(
  thinned: ThinnedImportance,
  ranked: readonly DrawnVariant[],
  importanceAbove: number | undefined,
): Figure {
  const x = scaleLinear([0, 1], [size.left, size.width - size.right]);
  const y = scaleLinear([thinned.lowest, thinned.highest || 1], [size.height - size.bottom, size.top]);
  const place = (variant: RankedVariant) => ({
    x: x(thinned.place(variant.contig, variant.pos)),
    y: y(variant.importance),
  });
  const [top] = ranked;
  const places = counted(thinned.contigs.length, "contig");
  return {
    name: "importance",
    width: size.width,
    height: size.height,
    title: "Importance by position in the genome",
    description: `${counted(thinned.variants, "variant")} on ${places}${top ? `; the highest is ${shortened(top.variant)} with an importance of ${top.importance.toPrecision(3)}` : ""}. The table of ranked variants has the figures.`,
    body: [
      leftAxis(y, size.left, size.width - size.right, "Importance"),
      contigAxis(thinned, x),
      ...dots(thinned, x),
      ranked.map((variant) => circle(place(variant), variant)).join(""),
      importanceAbove === undefined ? "" : cutLine(y(importanceAbove)),
      placedLabels(
        ranked.slice(0, namedVariants).map((variant) => ({ ...place(variant), text: shortName(variant) })),
        ranked.slice(0, keptClear).map(place),
        { left: size.left, right: size.width - size.right, top: size.top - 8, bottom: size.height - size.bottom },
      ),
    ].join(""),
  };
}

/** Names that fit below their contig; on a single one positions, in megabases. */
function contigAxis({ contigs }: ThinnedImportance, x: (share: number) => number): string {
  const y = size.height - size.bottom;
  const [only] = contigs;
  const base = `<path class="rule" d="M${size.left} ${y}H${size.width - size.right}"/>`;
  if (contigs.length === 1 && only !== undefined) return base + positionAxis(only, x, y);
  let free = 0;
  const names = contigs.flatMap(({ name, start, end }) => {
    const middle = (x(start) + x(end)) / 2;
    const bare = name.replace(/^chr/i, "");
    const text = bare.length > 12 ? `${bare.slice(0, 11)}…` : bare;
    const width = 7 * text.length;
    if (x(end) - x(start) < width * 0.6 || middle - width / 2 < free) return [];
    free = middle + width / 2 + 4;
    return [`<text class="quiet middle" x="${at(middle)}" y="${y + 19}">${escaped(text)}</text>`];
  });
  return `${base}${names.join("")}<text class="quiet middle" x="${at((size.left + size.width - size.right) / 2)}" y="${y + 38}">Contig</text>`;
}

function positionAxis({ name, first, last }: PlacedContig, x: (share: number) => number, y: number): string {
  const positions = scaleLinear([first, last], [x(0), x(1)]);
  const decimals = last - first < 2e6 ? 2 : 1;
  return bottomAxis(positions, y, `Position on contig ${name}, megabases`, (pos) => (pos / 1e6).toFixed(decimals));
}

/** Each run of occupied places is one stroke, in the colour of the contig that its column belongs to. */
function dots({ runs, contigs }: ThinnedImportance, x: (share: number) => number): string[] {
  const level = (size.height - size.bottom - size.top) / grid.levels;
  const strokes = { first: "", second: "" };
  let contig = 0;
  for (const { column, from, to } of runs) {
    const share = (column + 0.5) / grid.columns;
    while (contig + 1 < contigs.length && share >= (contigs[contig + 1]?.start ?? 1)) contig++;
    const bottom = size.height - size.bottom - (from + 0.5) * level;
    strokes[contig % 2 === 0 ? "first" : "second"] +=
      `M${at(x(share))} ${at(bottom)}v${at(-(to - from) * level - 0.1)}`;
  }
  return [`<path class="dots-first" d="${strokes.first}"/>`, `<path class="dots-second" d="${strokes.second}"/>`];
}

function circle({ x, y }: { x: number; y: number }, { passes, variant, importance }: DrawnVariant): string {
  const title = `<title>${escaped(shortened(variant))}: ${importance.toPrecision(4)}</title>`;
  return `<circle class="fill-${passes ? "accent" : "first"}" cx="${at(x)}" cy="${at(y)}" r="${passes ? 3.2 : 2.2}">${title}</circle>`;
}

function cutLine(y: number): string {
  return `<path class="cut" d="M${size.left} ${at(y)}H${size.width - size.right}"/><text class="name end" x="${size.width - size.right}" y="${at(y - 6)}">above: pass the local false discovery rate</text>`;
}

function shortName({ contig, pos, ref, alts }: RankedVariant): string {
  const short = (allele: string) => (allele.length > 8 ? `${allele.slice(0, 7)}…` : allele || "–");
  return `${contig}:${pos} ${short(ref)}>${short(alts.join("|"))}`;
}
