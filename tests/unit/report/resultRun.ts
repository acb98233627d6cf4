/** A finished run and its importances, for tests of the report to vary. */
import { readFileSync } from "node:fs";
import { type ImportanceTable, readImportance } from "../../../core/report/importanceTable.ts";
import { type ResultFile, resultSet } from "../../../core/report/resultSet.ts";
import { stableFrom } from "../../../core/report/stability.ts";
import type { ForestChunks } from "../../../core/run/chunk.ts";
import type { Run } from "../../../core/run/run.ts";
import { initialProgress } from "../../../core/variantspark/driverLog.ts";
import { historyOf, later, runOf } from "../run/runOf.ts";
import { sizingData } from "../sizing/inputs.ts";

export const now = later(4_000);

export function finishedRun(parts: Partial<Run> = {}): Run {
  return runOf({
    state: "Report",
    history: historyOf([
      ["Settle", -60],
      ["Ask", -24],
      ["Provision", 3_600],
      ["Launch", 3_700],
      ["Observe", 3_704],
      ["Report", 3_990],
    ]),
    choice: { where: "aws-spot", prepare: false, approvedUsd: 1, at: later(3_599).toISOString(), by: "researcher" },
    jobRun: { id: "job", startedAt: later(3_702).toISOString(), finishedAt: later(3_980).toISOString() },
    progress: {
      ...initialProgress(500),
      phase: "finished",
      variants: 17_010,
      loadSeconds: 50,
      treeSeconds: 170,
      cachedFraction: 1,
      sparkVersion: "3.5.9",
      oobErrors: [100, 200, 300, 400, 500].map((trees) => ({ trees, error: 10 / trees })),
    },
    phases: [
      { phase: "loading", at: later(3_760).toISOString() },
      { phase: "growing-trees", at: later(3_810).toISOString() },
      { phase: "finished", at: later(3_979).toISOString() },
    ],
    ...parts,
  });
}

/** Of a forest of 200 trees a chunk, after whose second and later chunks the halves agreed so far. */
export function forestOf(agreements: readonly number[], planned = agreements.length + 1): ForestChunks {
  const chunks = Array.from({ length: planned }, (_, at) => ({ number: at + 1, trees: 200, seed: 13 + 1000 * at }));
  const history = agreements.map((agreement, at) => ({ trees: 200 * (at + 2), agreement }));
  const stability = {
    compared: 20,
    agreement: agreements.at(-1) ?? 0,
    sameFirst: 6,
    history,
    hasConverged: stableFrom(history) !== undefined,
  };
  return {
    planned: chunks,
    grown: chunks
      .slice(0, agreements.length + 1)
      .map((chunk) => ({ ...chunk, attempt: chunk.number, loadSeconds: 10, treeSeconds: 30 })),
    ...(agreements.length > 0 && { stability }),
  };
}

export async function tableOf(rows: readonly string[]): Promise<ImportanceTable> {
  const reading = await readImportance(once(Buffer.from(["variable,importance", ...rows].join("\n"))));
  if (reading.kind === "malformed") throw new Error(`line ${reading.line} is malformed`);
  return reading.table;
}

/** The 871 variants of a real run (golden/localFdr.py), with names of their own. */
export function chr22(): { readonly rows: readonly string[]; readonly splits: ReadonlyMap<string, number> } {
  const golden = JSON.parse(readFileSync(new URL("golden/localFdr.json", import.meta.url), "utf8"));
  const importances: readonly number[] = golden.chr22.importances;
  const counts: readonly number[] = golden.chr22.splits;
  const names = importances.map((_, index) => `22_${16_050_000 + index * 7}_T_C`);
  return {
    rows: names.map((name, index) => `${name},${importances[index]}`),
    splits: new Map(names.map((name, index) => [name, counts[index] ?? 0])),
  };
}

/** The files' texts by name; a PNG is its SVG. */
export function textsOf(
  run: Run,
  table: ImportanceTable,
  splits?: ReadonlyMap<string, number>,
): Record<string, string> {
  const { files } = resultSet(run, { table, ...(splits && { splits }) }, (svg) => Buffer.from(svg), sizingData, now);
  return Object.fromEntries(files.map((file) => [file.name, textOf(file)]));
}

export function textOf({ pieces }: ResultFile): string {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece))).toString();
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
