/**
 * Names come from files, and go into terminals, mails and log lines. What would move a cursor, begin a line or turn the direction of
 * writing there is shown as U+FFFD: control characters (C0, C1), line and paragraph separators, and Unicode's
 * marks of direction (UAX 9; "Trojan Source", CVE-2021-42574).
 */
const CONTROLS = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export function printable(text: string): string {
  return text.replace(CONTROLS, "\u{fffd}");
}

export function hasControlCharacters(text: string): boolean {
  return printable(text) !== text;
}
