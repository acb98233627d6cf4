import type { Locator } from "playwright-core";

/** What is used of a row in the browser; its full type needs TypeScript's DOM library. */
interface TableRow {
  readonly cells: Iterable<{ readonly textContent: string }>;
}

/** @returns text of the cells of each row, in one question to the browser */
export function tableRows(rows: Locator): Promise<string[][]> {
  return rows.evaluateAll((elements: TableRow[]) =>
    elements.map(({ cells }) => Array.from(cells, (cell) => cell.textContent)),
  );
}
