/** From what Inspect found to what the researcher is offered: one option per market, one for the own cluster and one for the own machine. */
import { counted, thousands } from "../findings/found.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Analysis } from "../study/analysis.ts";
import { inputsArgument, MOST_ARGUMENT_CHARACTERS } from "../variantspark/importanceArguments.ts";
import { awsOffer, type MarketOffer } from "./awsOption.ts";
import { clusterOption } from "./clusterOption.ts";
import { holds, inputBytes, localConfiguration, localHeapMiB, roomFor } from "./configuration.ts";
import { totalUsd } from "./cost.ts";
import type { Estimate, Option, Where } from "./estimate.ts";
import { type Input, inputOf, matrixInput, partitionBytes, partitionCount } from "./input.ts";
import { fastestBatch } from "./layout.ts";
import { familyOf } from "./learn.ts";
import { estimateMessage, gib } from "./message.ts";
import { secondsRange } from "./phases.ts";
import { estimatePrepare, type PrepareEstimate } from "./prepare.ts";
import { nothing } from "./range.ts";
import type { SizingData } from "./sizingData.ts";

/** @param matrix the prepared data, when it is there: then AWS runs on it */
export function estimateStudy(
  inspection: Omit<Inspection, "findings">,
  analysis: Analysis,
  data: SizingData,
  matrix?: Matrix,
): Estimate {
  const prepare = estimatePrepare(inspection, data);
  const places: readonly Where[] = [
    "aws-spot",
    "aws-on-demand",
    ...(data.ownCluster ? ["cluster" as const] : []),
    "local",
  ];
  const offers = places.flatMap((where) => offersOf(where, inspection, analysis, data, matrix ?? prepare));
  const options = offers.map(({ option }) => option);
  const curve = offers.flatMap((one) => one.curve);
  return {
    options,
    curve,
    message: estimateMessage({ options, curve }, inspection, matrix?.totals ?? prepare, data),
    cachedBytes: inputBytes(inputOf(inspection, matrix), 1),
    basis: `Prices of ${data.prices.date} for ${data.prices.region} (${data.prices.source}); model of ${data.model.date} (${data.model.source}); speed of the cores ${speedBasis(options, data)}.`,
  };
}

/** Those on the researcher's own machine alone, without the search that AWS takes. */
export function localOptions(
  inspection: Omit<Inspection, "findings">,
  analysis: Analysis,
  data: SizingData,
  matrix?: Matrix,
): Option[] {
  const offers = offersOf("local", inspection, analysis, data, matrix ?? estimatePrepare(inspection, data));
  return offers.map(({ option }) => option);
}

/** On the matrix that is there; else on the data as it was uploaded, and on the matrix to be made of it first. */
function offersOf(
  where: Where,
  inspection: Omit<Inspection, "findings">,
  analysis: Analysis,
  data: SizingData,
  prepared: Matrix | PrepareEstimate,
): MarketOffer[] {
  const offer = (input: Input, refusal: string | undefined, first?: PrepareEstimate): MarketOffer =>
    refused(offerOn(where, input, analysis, data, first), refusal);
  if ("digest" in prepared) return [offer(inputOf(inspection, prepared), undefined)];
  const unprepared =
    needsPreparing(inspection, analysis) ?? (where === "local" ? undefined : unreadableFromS3(inspection, prepared));
  return [offer(inputOf(inspection), unprepared), offer(matrixToBe(inspection), refusalOf(where, prepared), prepared)];
}

function offerOn(
  where: Where,
  input: Input,
  analysis: Analysis,
  data: SizingData,
  prepare: PrepareEstimate | undefined,
): MarketOffer {
  switch (where) {
    case "local":
      return { option: localOption(input, analysis, data, prepare), curve: [] };
    case "cluster":
      return { option: clusterOption(input, analysis, data, prepare), curve: [] };
    default:
      return awsOffer(where, input, analysis, data, prepare);
  }
}

/** "learned (r8g), assumed (r7i, your own cluster)": of the instance families that are offered. */
function speedBasis(options: readonly Option[], { model, ownCluster }: SizingData): string {
  const families = options.flatMap(({ configuration }) => configuration.instanceTypes.slice(0, 1).map(familyOf));
  const [learned, assumed] = [true, false].map((isLearned) =>
    [...new Set(families)].filter((family) => (model.speeds?.[family] !== undefined) === isLearned),
  );
  if (ownCluster) assumed?.push("your own cluster");
  const words = [
    ...(learned?.length ? [`learned from finished runs (${learned.join(", ")})`] : []),
    ...(assumed?.length ? [`assumed (${assumed.join(", ")})`] : []),
  ];
  return words.join(", ");
}

/** What stands in the way of the data goes before what the search found. */
function refused({ option, curve }: MarketOffer, refusal: string | undefined): MarketOffer {
  return refusal === undefined ? { option, curve } : { option: { ...option, refusal }, curve: [] };
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
  const named = inputsArgument(vcfs.map(({ key }) => ({ kind: "vcf", uri: `s3://${"b".repeat(63)}/${key}` })));
  if (named.length > MOST_ARGUMENT_CHARACTERS)
    return `The names of ${counted(vcfs.length, "file")} are longer together than EMR takes: prepare them first, or make the names shorter.`;
  const compressed = vcfs.find((vcf) => vcf.compression !== "none");
  if (compressed && slices > vcfs.length)
    return `One task would read all of ${compressed.file} while the others wait: prepare it first.`;
  return undefined;
}

/** Before the matrix is made, all records count, whatever the filters will drop. */
function matrixToBe({ samples, keptSamples, variants, labels }: Omit<Inspection, "findings">): Input {
  return matrixInput(keptSamples?.count ?? samples, variants.estimate, labels);
}

/** Each part of a matrix that is run locally is a link in one answer of the API, which has a limit of 6 MB. */
const maxLocalParts = 2_000;

function refusalOf(where: Where, { refusal, slices }: PrepareEstimate): string | undefined {
  if (refusal !== undefined || where !== "local" || slices <= maxLocalParts) return refusal;
  return `The matrix would have ${thousands(slices)} parts, too many to fetch to one machine.`;
}

/** Partitions per core of one JVM: enough to even out. */
const localPartitionsPerCore = 3;

function localOption(input: Input, analysis: Analysis, data: SizingData, prepare?: PrepareEstimate): Option {
  const { cores, memoryGiB } = data.localMachine;
  const partitions = partitionCount(input, localPartitionsPerCore * cores);
  const machine = {
    executors: 1,
    coresPerExecutor: cores,
    executorMemoryMiB: localHeapMiB(memoryGiB),
    startSeconds: data.model.localStartSeconds,
    speed: 1,
  };
  const { run, phases } = fastestBatch(machine, input, partitions, analysis, data);
  const configuration = localConfiguration(cores, memoryGiB, {
    partitions,
    partitionBytes: partitionBytes(input, partitions),
    batchSize: run.forest.batchSize,
  });
  const costParts = prepare?.costParts ?? {};
  return {
    where: "local",
    prepare: prepare !== undefined,
    prepareSeconds: prepare?.seconds ?? nothing,
    runSeconds: secondsRange(phases, data.model),
    costUsd: totalUsd(costParts),
    costParts,
    phases,
    configuration,
    ...(!holds(configuration, input) && {
      refusal: `The genotypes do not fit into the ${memoryGiB} GiB that are assumed of your machine: they take ${gib(inputBytes(input, partitions))}, and it caches ${gib(roomFor(1, configuration.driverMemoryMiB))}.`,
    }),
  };
}
