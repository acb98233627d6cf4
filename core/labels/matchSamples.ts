import { labelValue } from "./classes.ts";
import type { LabelRow } from "./table.ts";

export interface MatchedSamples {
  /** Row of each sample of the VCF that has one, in the VCF's order; of several the first. */
  readonly rows: ReadonlyMap<string, LabelRow>;
  readonly unlabelled: readonly string[];
  /** Rows that name no sample of the VCF. */
  readonly strangers: readonly LabelRow[];
  /** Second and further rows of a sample, with whether the label differs from that of its first row. */
  readonly repeated: readonly { readonly row: LabelRow; readonly differs: boolean }[];
}

/** Of all that matched only the samples that a matrix will hold: those wanted, and with `onlyLabelled` only where a cell has a label. */
export function keptOf(
  matched: MatchedSamples,
  wanted: ReadonlySet<string> | undefined,
  onlyLabelled: boolean,
): MatchedSamples {
  if (wanted === undefined && !onlyLabelled) return matched;
  const isWanted = (sample: string) => wanted?.has(sample) ?? true;
  const rows = [...matched.rows].filter(([sample]) => isWanted(sample));
  const isKept = ([, { label }]: [string, LabelRow]) => !onlyLabelled || labelValue(label).kind !== "missing";
  const withoutLabel = rows.filter((row) => !isKept(row)).map(([sample]) => sample);
  return {
    ...matched,
    rows: new Map(rows.filter(isKept)),
    unlabelled: [...matched.unlabelled.filter(isWanted), ...withoutLabel],
    repeated: matched.repeated.filter(({ row }) => isWanted(row.sample) || isWanted(row.sample.trim())),
  };
}

/** Brings the rows of the table and the samples of the VCF together; spaces around a name count only if the VCF's name has them. */
export function matchSamples(table: readonly LabelRow[], samples: ReadonlySet<string>): MatchedSamples {
  // In the VCF's order; null until a row names the sample. Each name is looked up once: there may be a million.
  const found = new Map<string, LabelRow | null>();
  for (const sample of samples) found.set(sample, null);
  const strangers: LabelRow[] = [];
  const repeated: { row: LabelRow; differs: boolean }[] = [];
  for (const row of table) {
    let sample = row.sample;
    let first = found.get(sample);
    if (first === undefined) {
      sample = sample.trim();
      first = found.get(sample);
    }
    if (first === undefined) strangers.push(row);
    else if (first) repeated.push({ row, differs: first.label !== row.label });
    else found.set(sample, row);
  }
  const unlabelled: string[] = [];
  for (const [sample, row] of found) {
    if (row !== null) continue;
    unlabelled.push(sample);
    found.delete(sample);
  }
  return { rows: found as Map<string, LabelRow>, unlabelled, strangers, repeated };
}
