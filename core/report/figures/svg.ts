/**
 * Figures are SVG text whose marks carry classes instead of colours: in the report they follow its light or dark scheme,
 * on their own they bring the light one along. All text goes through `escaped`: names come from files.
 */

export interface Figure {
  /** Of the file, and unique in the report. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** In a few words; what a screen reader says first. */
  readonly title: string;
  /** What there is to see, for who cannot see it. */
  readonly description: string;
  /** Content of the svg element. */
  readonly body: string;
}

export function escaped(text: string | number): string {
  return String(text)
    .replace(NOT_OF_XML, "\u{fffd}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Characters that XML 1.0 has no place for, lone halves of surrogate pairs among them, and marks that turn the direction of writing. */
const NOT_OF_XML =
  /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|[\u{61c}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** As it stands in an HTML page, whose style sheet colours it. */
export function inlineSvg({ name, width, height, title, description, body }: Figure): string {
  const [titleId, descriptionId] = [`${name}-title`, `${name}-description`];
  return `<svg class="figure" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${titleId} ${descriptionId}"><title id="${titleId}">${escaped(title)}</title><desc id="${descriptionId}">${escaped(description)}</desc>${body}</svg>`;
}

/** As a file of its own. */
export function standaloneSvg({ width, height, title, description, body }: Figure): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${escaped(title)}</title><desc>${escaped(description)}</desc><style>${figureStyle(light)}</style><rect width="100%" height="100%" fill="${light.paper}"/>${body}</svg>
`;
}

export interface Scheme {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  /** Two that take turns, and one that stands out. */
  readonly first: string;
  readonly second: string;
  readonly accent: string;
}

/** Each colour of text reaches a contrast of 4.5 on its paper, each of marks 3 (WCAG 2.2, 1.4.3 and 1.4.11). */
export const light: Scheme = {
  paper: "#ffffff",
  ink: "#1b1f24",
  muted: "#57606a",
  rule: "#d8dee4",
  first: "#1f6feb",
  second: "#7289a8",
  accent: "#bf3989",
};
export const dark: Scheme = {
  paper: "#0f1419",
  ink: "#e6edf3",
  muted: "#9aa7b4",
  rule: "#2d353e",
  first: "#58a6ff",
  second: "#6e7f95",
  accent: "#f778ba",
};

/** Of the marks, in those colours (or in variables that stand for them). */
export function figureStyle({ paper, ink, muted, rule, first, second, accent }: Scheme): string {
  return [
    `text{font:12px "DejaVu Sans",system-ui,sans-serif;fill:${ink}}`,
    `.quiet{fill:${muted}}`,
    `.name{stroke:${paper};stroke-width:4;stroke-linejoin:round;paint-order:stroke}`,
    `.rule{stroke:${rule};stroke-width:1;fill:none}`,
    `.leader{stroke:${muted};stroke-width:.75;fill:none}`,
    `.cut{stroke:${accent};stroke-width:1;stroke-dasharray:5 4;fill:none}`,
    ...(
      [
        ["first", first],
        ["second", second],
        ["accent", accent],
      ] as const
    ).flatMap(([name, colour]) => [
      `.dots-${name}{stroke:${colour};stroke-width:2.4;stroke-linecap:round;fill:none}`,
      `.line-${name}{stroke:${colour};stroke-width:2;stroke-linejoin:round;fill:none}`,
      `.fill-${name}{fill:${colour}}`,
    ]),
    ".end{text-anchor:end}",
    ".middle{text-anchor:middle}",
  ].join("");
}

/** A coordinate: a tenth of a pixel is enough. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
