import { printable } from "../findings/printable.ts";

/**
 * A spreadsheet takes a cell for a formula that begins with one of these, also where only its own locale's separator, the semicolon, makes it
 * begin there (OWASP, CSV Injection). An apostrophe before it makes it text. A deletion that is written "-" is left as it is.
 */
const FORMULA = /(^|;)(?=\s*[=+\-@＝＋－＠].)/gs;

/** Text of a cell that a spreadsheet shows and never computes; control characters, tabs and line ends among them, become U+FFFD. */
export function spreadsheetText(text: string): string {
  return printable(text).replace(FORMULA, "$1'");
}
