/** All that a run leaves for its researcher, as files of one folder, and what its record says of it. */
import { treesGrown } from "../run/forestChunks.ts";
import type { Run } from "../run/run.ts";
import type { SizingData } from "../sizing/sizingData.ts";
import type { EngineLog } from "../variantspark/eventLog.ts";
import { importanceFigure } from "./figures/importance.ts";
import { oobErrorFigure } from "./figures/oobError.ts";
import { significanceFigure } from "./figures/significance.ts";
import { stabilityFigure } from "./figures/stability.ts";
import { type Figure, standaloneSvg } from "./figures/svg.ts";
import { timelineFigure } from "./figures/timeline.ts";
import { importanceCsv } from "./importanceCsv.ts";
import type { ImportanceTable } from "./importanceTable.ts";
import { descending } from "./order.ts";
import { type Figures, reportPage } from "./page/page.ts";
import { rankingOf } from "./rank.ts";
import { resultDocument, runReport } from "./report.ts";
import type { ResultDocument, RunReport } from "./result.ts";
import { judged } from "./significance.ts";
import { thinned } from "./thinned.ts";

/** Variants that the report lists; importance.csv keeps all. */
const rankedVariants = 1000;

export interface EngineOutput {
  readonly table: ImportanceTable;
  /** How often the trees split by each variant, where the model was kept. */
  readonly splits?: ReadonlyMap<string, number>;
  readonly engineLog?: EngineLog;
}

export interface ResultFile {
  readonly name: string;
  readonly contentType: string;
  /** Written one after the other; the large table is made piece by piece. */
  readonly pieces: Iterable<string | Uint8Array>;
}

/** @param toPng draws the picture of a standalone SVG */
export function resultSet(
  run: Run,
  { table, splits, engineLog }: EngineOutput,
  toPng: (svg: string) => Uint8Array,
  sizingData: SizingData,
  now: Date,
): { readonly report: RunReport; readonly files: readonly ResultFile[] } {
  const order = descending(table.importances);
  const ranking = rankingOf(table, order, rankedVariants);
  const verdict = run.analysis?.localFdr ? judged(table, splits, treesGrown(run)) : undefined;
  const report = runReport(
    run,
    {
      ranking,
      ...(verdict && { significance: verdict.significance }),
      ...(engineLog && { engineLog }),
    },
    sizingData,
    now,
  );
  const document = resultDocument(run, report, ranking, verdict && { judged: verdict, rows: order }, now);
  const figures = figuresOf(table, document);
  return {
    report,
    files: [
      { name: "report.html", contentType: "text/html; charset=utf-8", pieces: [reportPage(document, figures)] },
      { name: "result.json", contentType: "application/json", pieces: [`${JSON.stringify(document, null, 2)}\n`] },
      {
        name: "importance.csv",
        contentType: "text/csv; charset=utf-8",
        pieces: importanceCsv(table, order, verdict),
      },
      ...Object.values(figures).flatMap((figure) => pictures(figure, toPng)),
    ],
  };
}

function figuresOf(
  table: ImportanceTable,
  { ranked, timeline, oobErrors, chunks, significance, significanceBins = [] }: ResultDocument,
): Figures {
  const fitted = significance?.kind === "fitted" ? significance : undefined;
  return {
    importance: importanceFigure(thinned(table), ranked, fitted?.importanceAbove),
    timeline: timelineFigure(timeline),
    ...(chunks?.stability && { stability: stabilityFigure(chunks.stability) }),
    ...(oobErrors.length > 0 && { oobError: oobErrorFigure(oobErrors) }),
    ...(fitted && { significance: significanceFigure(significanceBins, fitted.threshold, fitted.importanceAbove) }),
  };
}

function pictures(figure: Figure, toPng: (svg: string) => Uint8Array): ResultFile[] {
  const svg = standaloneSvg(figure);
  return [
    { name: `${figure.name}.svg`, contentType: "image/svg+xml", pieces: [svg] },
    { name: `${figure.name}.png`, contentType: "image/png", pieces: [toPng(svg)] },
  ];
}
