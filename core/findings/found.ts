import { type FindingCode, findingCatalogue } from "./catalogue.ts";
import type { Finding } from "./finding.ts";
import { printable } from "./printable.ts";

type Where = Pick<Finding, "file" | "line" | "byteOffset">;

/** A finding with the severity and remedy of the catalogue, unless this case has its own. */
export function found(
  code: FindingCode,
  where: Where,
  message: string,
  own: Partial<Pick<Finding, "severity" | "remedy">> = {},
): Finding {
  const { severity, remedy } = findingCatalogue[code];
  return { code, severity, ...where, message: printable(message), remedy, ...own };
}

/**
 * What a finding is about by place and title alone, "labels.csv, line 3: A label is no whole number": for mails, and for the history of an
 * execution, where the names of samples that its message may give have no place.
 */
export function titleOf({ code, file, line }: Finding): string {
  const place = [file, line && `line ${line}`].filter(Boolean).join(", ");
  const { title } = findingCatalogue[code];
  return place === "" ? title : `${place}: ${title}`;
}

/** "HG00096", "HG00097", "HG00099" and 12 more; never more than three names, each of bounded length. */
export function someNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(quoted).join(", ");
  return names.length > 3 ? `${shown} and ${thousands(names.length - 3)} more` : shown;
}

/** Of a name or value from a file. */
export const SHOWN_LENGTH = 60;

/** A name or value from a file, safe to show in a message: "a genotype" where it is one, "…" for those within it. */
export function quoted(text: string): string {
  if (isGenotype(text)) return "a genotype";
  const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
  return printable(JSON.stringify(shown.replace(GENOTYPE, "…")));
}

/** GT of two alleles or more (VCF 4.3, §1.6.2), in a text that other separators part: a date with a year of four digits is none. */
const GENOTYPE = /(?<![\p{L}\p{N}./])(?:\d{1,3}|\.)(?:[/|](?:\d{1,3}|\.))+(?![\p{L}\p{N}/])/gu;

/** Whether one stands in it, as in "Grade 1/2" too. */
export function holdsGenotype(text: string): boolean {
  return text.search(GENOTYPE) !== -1;
}

/** Whether it is one, alone or with the fields that FORMAT has behind GT. */
export function isGenotype(text: string): boolean {
  const [gt = ""] = text.trim().split(":", 1);
  return gt !== "" && gt.replace(GENOTYPE, "") === "";
}

/** "1 sample", "2,504 samples". */
export function counted(count: number, thing: string): string {
  return `${thousands(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** 2,504; without Intl, whose first call takes a tenth of a second of a small Lambda. */
export function thousands(count: number): string {
  let text = String(count);
  for (let at = text.length - 3; at > 0; at -= 3) text = `${text.slice(0, at)},${text.slice(at)}`;
  return text;
}
