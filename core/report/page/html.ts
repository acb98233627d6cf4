import { escaped } from "../figures/svg.ts";

/** HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Html[] | undefined;

/** HTML from a template: each value is escaped, unless it is HTML already. undefined stands for nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: parts.reduce((text, part, index) => text + inserted(values[index - 1]) + part) };
}

function inserted(value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escaped(value);
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}

/** Of text that is HTML and was escaped where it was made. */
export function trusted(text: string): Html {
  return { html: text };
}
