/**
 * The table as VariantSpark gets it: sample and label of the samples of the VCF, in the VCF's order, and nothing else. Its reader
 * (scala-csv's default format) was tried on the jar of 0.5.5: it undoes quotes as RFC 4180 has them, trims nothing, ends
 * on a quote within an unquoted cell, and takes U+0085, U+2028 and U+2029 outside quotes for line ends.
 */

import { parse } from "csv-parse/sync";

/** Column of the labels in the table. */
const NORMALIZED_LABEL_COLUMN = "label";

export function normalizedLabels(labels: ReadonlyMap<string, number>): string {
  const rows = [...labels].map(([sample, label]) => `${quotedCell(sample)},${label}\n`);
  return `sample,${NORMALIZED_LABEL_COLUMN}\n${rows.join("")}`;
}

/** The samples of such a table. */
export function labelledSamples(table: string): Set<string> {
  const rows: string[][] = parse(table, { fromLine: 2, relaxColumnCount: false });
  return new Set(rows.map(([sample = ""]) => sample));
}

function quotedCell(cell: string): string {
  return /[",\r\n\u0085\u2028\u2029]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
