import { at, escaped } from "./svg.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Labelled extends Point {
  readonly text: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const lineHeight = 15;
/** Of the font at 12 px, on average. */
const characterWidth = 7.2;
const distance = 8;

/** Names beside their points, each where neither another name nor one of `clear` lies; one that finds no place is left out. */
export function placedLabels(points: readonly Labelled[], clear: readonly Point[], within: Box): string {
  const taken = clear.map(({ x, y }) => ({ left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 }));
  return points
    .map((point) => {
      const box = candidates(point, within).find((candidate) => !taken.some((other) => overlap(candidate, other)));
      if (box === undefined) return "";
      taken.push(box);
      return label(point, box);
    })
    .join("");
}

/** To the right, to the left, then both further and further down and up. */
function candidates({ x, y, text }: Labelled, within: Box): Box[] {
  const width = text.length * characterWidth;
  const shifts = Array.from({ length: 16 }, (_, step) => Math.ceil(step / 2) * (step % 2 === 0 ? -1 : 1) * lineHeight);
  return shifts
    .flatMap((shift) =>
      [x + distance, x - distance - width].map((left) => ({
        left,
        right: left + width,
        top: y + shift - lineHeight / 2,
        bottom: y + shift + lineHeight / 2,
      })),
    )
    .filter(
      (box) =>
        box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom,
    );
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function label({ x, y, text }: Labelled, box: Box): string {
  const middle = (box.top + box.bottom) / 2;
  const isRight = box.left > x;
  const edge = isRight ? box.left - 2 : box.right + 2;
  const leader =
    Math.abs(middle - y) > 1 ? `<path class="leader" d="M${at(x)} ${at(y)}L${at(edge)} ${at(middle)}"/>` : "";
  return `${leader}<text class="name${isRight ? "" : " end"}" x="${at(isRight ? box.left : box.right)}" y="${at(middle)}" dy=".32em">${escaped(text)}</text>`;
}
