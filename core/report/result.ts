/** What a finished run tells: as it stands in its record, and with the ranked variants as result.json. */
import type { Configuration, CostPart, PhaseSeconds, Where } from "../sizing/estimate.ts";
import type { Analysis } from "../study/analysis.ts";
import type { OobError } from "../variantspark/driverLog.ts";
import type { GenomeBuild } from "../vcf/build.ts";
import type { LocalFdrBin } from "./localFdr.ts";
import type { RankedVariant } from "./rank.ts";
import type { Significance, VariantSignificance } from "./significance.ts";
import type { Stability } from "./stability.ts";

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
  /** US dollars by what they are paid for; none for a local run that prepared nothing. */
  readonly costParts: Readonly<Partial<Record<CostPart, PredictedAndActual>>>;
  /** What the actual cost rests on, in plain words; null when it is not known. */
  readonly costBasis: string | null;
  readonly configuration: Configuration;
  readonly use: MachineUse;
  /** When what went on. */
  readonly timeline: readonly Span[];
  /** Out-of-bag error by the number of trees; empty unless it was asked for. */
  readonly oobErrors: readonly OobError[];
  /** Absent unless it was asked for. */
  readonly significance?: Significance;
  /** Of a forest that was grown in chunks, those that the result rests on. */
  readonly chunks?: {
    readonly planned: number;
    readonly grown: readonly { readonly trees: number; readonly seed: number }[];
    readonly stability?: Stability;
  };
  /** That the positions are of; absent when the VCFs do not tell. */
  readonly build?: GenomeBuild["name"];
  readonly parameters: Analysis;
  readonly versions: Versions;
  /** What the run read. */
  readonly inputs: readonly ReportInput[];
  /** What to know when reading the ranking, in plain words. */
  readonly notes: readonly string[];
  /** What to change in the next run, in plain words. */
  readonly advice: readonly string[];
}

/** What of the machines was used of what was paid for. null where the engine did not tell. */
export interface MachineUse {
  readonly coresPaid: number;
  /** Cores that were busy on average while trees grew. */
  readonly coresBusy: number | null;
  /** What the executors can hold of the data, and what they held. */
  readonly cacheBytes: number;
  readonly cachedBytes: number | null;
  /** Share of the data that lay in memory at the end, 0 to 1. */
  readonly cachedFraction: number | null;
}

/** Something that took time, in seconds since the run began. */
export interface Span {
  readonly name: string;
  /** A state of the pipeline, or a phase of VariantSpark in it. */
  readonly kind: "pipeline" | "engine";
  readonly start: number;
  readonly end: number;
}

export interface Versions {
  readonly variantSpark: string;
  /** Absent when no log told. */
  readonly spark?: string;
}

export interface ReportInput {
  readonly name: string;
  /** S3's ETag, or the digest of the prepared data. */
  readonly digest: string;
  readonly bytes?: number;
}

/** result.json. Members are only ever added; a change of meaning raises `formatVersion`. */
export interface ResultDocument extends Omit<RunReport, "top"> {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly study: { readonly bucket: string; readonly prefix: string };
  /** ISO 8601. */
  readonly reportedAt: string;
  /** The first 1,000; importance.csv has all. */
  readonly ranked: readonly (RankedVariant & Partial<VariantSignificance>)[];
  /** The histogram behind `significance`. */
  readonly significanceBins?: readonly LocalFdrBin[];
}
