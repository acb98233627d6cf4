/** From what Inspect found to what the researcher is offered: one option per market and one for the own machine. */
import type { Inspection } from "../inspect/inspection.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Analysis } from "../study/analysis.ts";
import { cacheCapacityBytes, configurationOf, holds, localConfiguration, totalCores } from "./configuration.ts";
import { costUsd } from "./cost.ts";
import type { Configuration, Estimate, Option, PhaseSeconds, Range, Where } from "./estimate.ts";
import { estimateMessage } from "./message.ts";
import { cachedBytes, type DataSize, phaseSeconds, totalSeconds } from "./phases.ts";
import { estimatePrepare, type PrepareEstimate } from "./prepare.ts";
import type { EngineModel, InstanceShape, SizingData } from "./sizingData.ts";

const nodeCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Among configurations that hold the data, more nodes are taken only while the run is longer than this. */
const patienceSeconds = 3600;
/** Hadoop cuts a plain file on S3A into splits of this size. */
const splitBytes = 32 * 1024 * 1024;

/** Uncompressed bytes of a row group of the matrix: Spark spreads a file at row groups. */
const rowGroupBytes = 8 * 1024 * 1024;

/** @param matrix the prepared data, when it is there: then AWS runs on it */
export function estimateStudy(
  inspection: Omit<Inspection, "findings">,
  analysis: Analysis,
  data: SizingData,
  matrix?: Matrix,
): Estimate {
  const original = dataSize(inspection);
  const size = matrix ? matrixSize(matrix.samples, matrix.rows) : original;
  const prepare = estimatePrepare(inspection, data);
  const unprepared = matrix ? undefined : needsPreparing(inspection, analysis);
  const onAws = matrix ? undefined : (unprepared ?? unreadableFromS3(inspection, prepare));
  const run = (where: Where, of: DataSize, refusal: string | undefined) =>
    where === "local" ? localOption(of, analysis, data, refusal) : awsOption(where, of, analysis, data, refusal);
  const options = (["aws-spot", "aws-on-demand", "local"] as const).flatMap((where) => [
    run(where, size, where === "local" ? unprepared : onAws),
    ...(matrix ? [] : [preparedFirst(run(where, matrixSizeOf(inspection), refusalOf(where, prepare)), data, prepare)]),
  ]);
  return {
    options,
    message: estimateMessage(options, inspection, matrix?.totals ?? prepare),
    cachedBytes: cachedBytes(size),
    basis: `Prices of ${data.prices.date} (${data.prices.source}); model of ${data.model.date} (${data.model.source}).`,
  };
}

/** Why VariantSpark cannot be started on the files as they lie there, wherever that is. */
function needsPreparing(
  { needsPreparing: reason, keptSamples }: Omit<Inspection, "findings">,
  { filters }: Analysis,
): string | undefined {
  if (reason !== undefined) return reason;
  if (filters || keptSamples) return "VariantSpark does not filter: the filters of the analysis need preparing.";
  return undefined;
}

/** Why VariantSpark cannot, or should not, read them from S3. */
function unreadableFromS3({ vcfs }: Omit<Inspection, "findings">, { slices }: PrepareEstimate): string | undefined {
  const unreadable = vcfs.find((vcf) => !vcf.engineReadable);
  if (unreadable)
    return `VariantSpark cannot read ${unreadable.file} from S3: a .vcf.bgz is taken for raw bytes there.`;
  const compressed = vcfs.find((vcf) => vcf.compression !== "none");
  if (compressed && slices > vcfs.length)
    return `One task would read all of ${compressed.file} while the others wait: prepare it first.`;
  return undefined;
}

/** Before the matrix is made, all records count, whatever the filters will drop. */
function matrixSizeOf({ samples, keptSamples, variants }: Omit<Inspection, "findings">): DataSize {
  return matrixSize(keptSamples?.count ?? samples, variants.estimate);
}

/** Each part of a matrix that is run locally is a link in one answer of the API, which has a limit of 6 MB. */
const maxLocalParts = 2_000;

function refusalOf(where: Where, { refusal, slices }: PrepareEstimate): string | undefined {
  if (refusal !== undefined || where !== "local" || slices <= maxLocalParts) return refusal;
  return `The matrix would have ${slices.toLocaleString("en-US")} parts, too many to fetch to one machine.`;
}

function preparedFirst(run: Option, { model }: SizingData, { seconds, usd }: PrepareEstimate): Option {
  const costUsd = range(run.costUsd.expected + usd, model);
  return { ...run, prepare: true, prepareSeconds: range(seconds, model), costUsd };
}

function matrixSize(samples: number, variants: number): DataSize {
  const partitions = Math.max(1, Math.ceil((samples * variants) / rowGroupBytes));
  return { samples, variants, uncompressedBytes: 0, partitions };
}

/** A gzip file is one task; a plain file is cut by Hadoop. */
export function dataSize({ vcfs, samples, variants }: Omit<Inspection, "findings">): DataSize {
  const partitions = vcfs.map((vcf) => (vcf.compression === "none" ? Math.ceil(vcf.compressedBytes / splitBytes) : 1));
  return {
    samples,
    variants: variants.estimate,
    uncompressedBytes: sum(vcfs.map((vcf) => vcf.uncompressedBytes)),
    partitions: Math.max(sum(partitions), 1),
  };
}

function awsOption(
  where: Where,
  size: DataSize,
  analysis: Analysis,
  data: SizingData,
  refusal: string | undefined,
): Option {
  const candidates = data.shapes.flatMap((shape) =>
    nodeCounts.map((nodes) => candidate(where, configurationOf(shape, nodes), shape, size, analysis, data)),
  );
  const holding = candidates.filter(({ configuration }) => holds(configuration, size));
  const patient = holding.filter(({ seconds }) => seconds <= patienceSeconds);
  const chosen =
    patient.length > 0
      ? least(patient, (c) => c.usd)
      : least(holding.length > 0 ? holding : candidates, (c) => c.seconds);
  return option(where, chosen, data.model, refusal ?? (holding.length === 0 ? tooLarge(candidates, size) : undefined));
}

function tooLarge(candidates: readonly Candidate[], size: DataSize): string {
  return candidates.some(({ configuration }) => cacheCapacityBytes(configuration) >= cachedBytes(size))
    ? "The genotypes of a compressed file, which one task reads, do not fit into one executor: split the study by chromosome, or hand over plain .vcf."
    : "The genotypes do not fit into the memory of the largest configuration on offer.";
}

function localOption(size: DataSize, analysis: Analysis, data: SizingData, unprepared: string | undefined): Option {
  const { cores, memoryGiB } = data.localMachine;
  const configuration = localConfiguration(cores, memoryGiB);
  const phases = phaseSeconds(size, analysis, cores, data.model.localStartSeconds, data.model);
  const refusal =
    unprepared ??
    (holds(configuration, size)
      ? undefined
      : `The genotypes do not fit into the ${memoryGiB} GiB that are assumed of your machine.`);
  return option("local", { configuration, phases, seconds: totalSeconds(phases), usd: 0 }, data.model, refusal);
}

interface Candidate {
  readonly configuration: Configuration;
  readonly phases: PhaseSeconds;
  readonly seconds: number;
  readonly usd: number;
}

function candidate(
  where: Where,
  configuration: Configuration,
  shape: InstanceShape,
  size: DataSize,
  analysis: Analysis,
  data: SizingData,
): Candidate {
  const phases = phaseSeconds(size, analysis, totalCores(configuration), data.model.awsStartSeconds, data.model);
  const seconds = totalSeconds(phases);
  return { configuration, phases, seconds, usd: costUsd(where, configuration, shape, seconds, data.prices) };
}

function option(
  where: Where,
  { configuration, phases, seconds, usd }: Candidate,
  model: EngineModel,
  refusal: string | undefined,
): Option {
  return {
    where,
    prepare: false,
    prepareSeconds: { low: 0, expected: 0, high: 0 },
    runSeconds: range(seconds, model),
    costUsd: range(usd, model),
    phases,
    configuration,
    ...(refusal !== undefined && { refusal }),
  };
}

function range(expected: number, { rangeLow, rangeHigh }: EngineModel): Range {
  return { low: expected * rangeLow, expected, high: expected * rangeHigh };
}

function least<T>(items: readonly T[], by: (item: T) => number): T {
  return items.reduce((best, item) => (by(item) < by(best) ? item : best));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
