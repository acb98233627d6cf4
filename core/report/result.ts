/** What a finished run tells, as it stands in its record. */
import type { Configuration, PhaseSeconds, Where } from "../sizing/estimate.ts";
import type { Analysis } from "../study/analysis.ts";
import type { RankedVariant } from "./rank.ts";

export interface PredictedAndActual {
  readonly predicted: number;
  /** null when the engine did not tell. */
  readonly actual: number | null;
}

export type MeasuredPhase = keyof PhaseSeconds | "total";

export interface RunReport {
  /** The most important variants; the whole ranking lies in the run's files. */
  readonly top: readonly RankedVariant[];
  /** Variants that were analysed, and how many of them any tree used; VariantSpark writes down only the latter. */
  readonly variants: number;
  readonly withImportance: number;
  readonly where: Where;
  readonly seconds: Readonly<Record<MeasuredPhase, PredictedAndActual>>;
  readonly costUsd: PredictedAndActual;
  readonly configuration: Configuration;
  readonly parameters: Analysis;
  /** What to know when reading the ranking, in plain words. */
  readonly notes: readonly string[];
  /** Keys of the result files in the runs bucket. */
  readonly files: ResultFiles;
}

export interface ResultFiles {
  readonly ranked: string;
  readonly importance: string;
}
