/** What a finished run tells: the ranking, how long each part took against what was predicted, what it cost. */
import { counted, thousands } from "../findings/found.ts";
import { chosenOption } from "../run/chosenOption.ts";
import { chunksOf, treesOf } from "../run/forestChunks.ts";
import type { Run, RunState } from "../run/run.ts";
import { preparedSentence } from "../sizing/message.ts";
import { totalSeconds } from "../sizing/phases.ts";
import type { SizingData } from "../sizing/sizingData.ts";
import type { EngineLog } from "../variantspark/eventLog.ts";
import { variantSparkVersion } from "../variantspark/importanceArguments.ts";
import { adviceOf } from "./advice.ts";
import { machineUse } from "./machineUse.ts";
import type { Ranking } from "./rank.ts";
import { reportedCost } from "./reportedCost.ts";
import type { MeasuredPhase, ReportInput, ResultDocument, RunReport } from "./result.ts";
import type { Judged, Significance } from "./significance.ts";
import { timelineOf } from "./timeline.ts";

/** Ranked variants shown in the run's record. */
const topVariants = 50;

/** What the engine left behind. */
export interface Outcome {
  readonly ranking: Ranking;
  readonly significance?: Significance;
  /** Of Spark's event log, where there is one. */
  readonly engineLog?: EngineLog;
}

export function runReport(
  run: Run,
  { ranking, significance, engineLog }: Outcome,
  data: SizingData,
  now: Date,
): RunReport {
  const { where, phases, configuration } = chosenOption(run);
  if (run.analysis === undefined) throw new Error("Report needs the run's parameters");
  const actual = actualSeconds(run, now);
  const predicted = { ...phases, total: totalSeconds(phases) };
  const sparkVersion = run.progress?.sparkVersion;
  const told = {
    top: ranking.ranked.slice(0, topVariants),
    variants: run.progress?.variants ?? run.inspection?.variants.estimate ?? ranking.variants,
    withImportance: ranking.withImportance,
    where,
    seconds: {
      start: { predicted: predicted.start, actual: actual.start },
      load: { predicted: predicted.load, actual: actual.load },
      trees: { predicted: predicted.trees, actual: actual.trees },
      finish: { predicted: predicted.finish, actual: actual.finish },
      total: { predicted: predicted.total, actual: actual.total },
    },
    ...reportedCost(run, data, now),
    configuration,
    use: machineUse(run, configuration, engineLog),
    timeline: timelineOf(run, now),
    oobErrors: run.progress?.oobErrors ?? [],
    ...chunksReport(run),
    ...(run.inspection?.build && { build: run.inspection.build.name }),
    ...(significance && { significance }),
    parameters: run.analysis,
    versions: { variantSpark: variantSparkVersion, ...(sparkVersion !== undefined && { spark: sparkVersion }) },
    inputs: inputsOf(run),
    notes: notesOf(run, ranking),
  };
  return { ...told, advice: adviceOf(told) };
}

/** @param judged with the row of each ranked variant in the table that it was judged in */
export function resultDocument(
  { id, study }: Pick<Run, "id" | "study">,
  { top: _, ...report }: RunReport,
  { ranked }: Ranking,
  judged: { readonly judged: Judged; readonly rows: Uint32Array } | undefined,
  now: Date,
): ResultDocument {
  return {
    formatVersion: 1,
    runId: id,
    study: { bucket: study.bucket, prefix: study.prefix },
    reportedAt: now.toISOString(),
    ...report,
    ranked: ranked.map((variant, at) => ({ ...variant, ...judged?.judged.variant(judged.rows[at] ?? -1) })),
    ...(judged && { significanceBins: judged.judged.bins }),
  };
}

function inputsOf({ inspection, matrix, digest }: Run): ReportInput[] {
  const vcfs = (inspection?.vcfs ?? []).map(({ key, etag, compressedBytes }) => ({
    name: key,
    digest: `ETag ${etag}`,
    bytes: compressedBytes,
  }));
  const prepared = matrix && { name: "Prepared genotype matrix", digest: matrix.digest, bytes: matrix.bytes };
  return [...vcfs, ...(prepared ? [prepared] : []), { name: "All files of the study together", digest }];
}

function chunksReport(run: Run): Pick<RunReport, "chunks"> {
  const { planned = [], grown = [], stability } = chunksOf(run) ?? {};
  if (planned.length === 0) return {};
  const chunks = grown.map(({ trees, seed }) => ({ trees, seed }));
  return { chunks: { planned: planned.length, grown: chunks, ...(stability && { stability }) } };
}

function notesOf(run: Run, { symbolic }: Pick<Ranking, "symbolic">): string[] {
  const ofSymbolic = `Symbolic alleles keep their names in the prepared matrix (1_100_A_<DEL> beside 1_100_A_<DUP>): ${counted(symbolic, "variant")} of the ranking; read from VCF, VariantSpark names all at one place alike (1_100_A_).`;
  return [
    ...(run.matrix ? [preparedSentence(run.matrix.totals)] : []),
    ...chunksNotes(run),
    ...(symbolic > 0 ? [ofSymbolic] : []),
  ];
}

function chunksNotes(run: Run): string[] {
  const chunks = chunksOf(run);
  if (chunks === undefined) return [];
  const [grown, planned] = [treesOf(chunks.grown), treesOf(chunks.planned)];
  const first = `The forest was grown in ${counted(chunks.grown.length, "chunk")} with a seed each; importances are the mean over all ${counted(grown, "tree")}.`;
  const left = `${counted(grown, "tree")} of ${thousands(planned)} were grown: ${chunks.leftBecause ?? "the others were lost."}`;
  return [first, ...(grown < planned ? [left] : [])];
}

/**
 * Load and trees as the engine tells them. Finish is from the first look that saw results being written to the job's
 * end; all the rest, from asking for nodes to the first byte read, is its start.
 */
function actualSeconds(run: Run, now: Date): Record<MeasuredPhase, number | null> {
  if (run.localSeconds !== undefined) {
    const { total, load = null, trees = null } = run.localSeconds;
    const rest = load === null || trees === null ? null : Math.max(total - load - trees, 0);
    return { start: rest, load, trees, finish: 0, total };
  }
  const { loadSeconds, treeSeconds } = engineSeconds(run);
  const begun = enteredAt(run, "Provision") ?? now.getTime();
  const ended = run.jobRun?.finishedAt ? Date.parse(run.jobRun.finishedAt) : now.getTime();
  const total = (ended - begun) / 1000;
  const written = run.phases?.find(({ phase }) => phase === "writing-results" || phase === "finished")?.at;
  const finish = written === undefined ? 0 : Math.max(ended - Date.parse(written), 0) / 1000;
  const known = loadSeconds !== null && treeSeconds !== null;
  return {
    start: known ? Math.max(total - loadSeconds - treeSeconds - finish, 0) : null,
    load: loadSeconds,
    trees: treeSeconds,
    finish,
    total,
  };
}

/** As the engine told them, of all jobs that the result rests on. */
function engineSeconds(run: Run): { loadSeconds: number | null; treeSeconds: number | null } {
  const { loadSeconds = null, treeSeconds = null } = run.progress ?? {};
  const grown = chunksOf(run)?.grown;
  if (grown === undefined) return { loadSeconds, treeSeconds };
  const sum = (seconds: readonly (number | undefined)[]) =>
    seconds.reduce<number | null>((all, one) => (all === null || one === undefined ? null : all + one), 0);
  return {
    loadSeconds: sum(grown.map((chunk) => chunk.loadSeconds)),
    treeSeconds: sum(grown.map((chunk) => chunk.treeSeconds)),
  };
}

function enteredAt(run: Run, state: RunState): number | undefined {
  const entry = run.history.find((candidate) => candidate.state === state);
  return entry && Date.parse(entry.at);
}
