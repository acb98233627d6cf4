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

/** A name or value from a file, safe to show in a message. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
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
