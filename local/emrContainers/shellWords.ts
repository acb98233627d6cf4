/**
 * Splits sparkSubmitParameters into words as a POSIX shell would before it expands anything: blanks separate, single
 * quotes keep everything, double quotes keep all but \" \\ \$ \`, and outside of quotes a backslash keeps the next character.
 * Nothing is expanded: no variables, no globs, no commands. Throws if a quote is not closed.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const character = line.charAt(at);
    if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else if (character === "'") {
      const end = closing(line, at, /'/g);
      word = (word ?? "") + line.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const end = closing(line, at, /\\[\s\S]|"/g);
      word =
        (word ?? "") +
        line
          .slice(at + 1, end)
          .replace(/\\(["\\$`])/g, "$1")
          .replaceAll("\\\n", "");
      at = end + 1;
    } else if (character === "\\") {
      const next = line.charAt(at + 1);
      if (next !== "\n") word = (word ?? "") + next;
      at += 2;
    } else {
      word = (word ?? "") + character;
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Where the quote that opens at `start` closes; escapes that `pattern` also matches are stepped over. */
function closing(line: string, start: number, pattern: RegExp): number {
  for (const match of line.slice(start + 1).matchAll(pattern)) {
    if (match[0].length === 1) return start + 1 + match.index;
  }
  throw new Error(`sparkSubmitParameters: the quote at character ${start + 1} is not closed.`);
}
