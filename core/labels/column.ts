/** Which column of the labels table holds the labels. The first column always names the sample. */

export type ChosenColumn =
  | { readonly kind: "chosen"; readonly index: number; readonly name: string }
  | { readonly kind: "one-column" | "not-chosen" | "unknown" | "twice" | "is-sample"; readonly index?: undefined };

/** @param wanted the analysis' labelColumn; undefined = the only one besides the samples */
export function chooseColumn(columns: readonly string[], wanted: string | undefined): ChosenColumn {
  if (columns.length < 2) return { kind: "one-column" };
  if (wanted === undefined) {
    return columns.length === 2 ? { kind: "chosen", index: 1, name: columns[1] ?? "" } : { kind: "not-chosen" };
  }
  const index = columns.indexOf(wanted.trim(), 1);
  if (index === -1) return { kind: columns[0] === wanted.trim() ? "is-sample" : "unknown" };
  if (columns.includes(wanted.trim(), index + 1)) return { kind: "twice" };
  return { kind: "chosen", index, name: columns[index] ?? "" };
}
