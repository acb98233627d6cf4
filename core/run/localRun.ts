/**
 * A run on the researcher's own machine: the names of its files in one folder there (GET /runs/{id}/files gives a link
 * for each) and the engine's arguments in terms of these names.
 */
import { importanceArguments } from "../variantspark/importanceArguments.ts";
import { encodingSettings, mainClass, partitionSettings } from "../variantspark/sparkJob.ts";
import type { Run } from "./run.ts";

export interface LocalNames {
  readonly vcfs: readonly { readonly name: string; readonly key: string }[];
  /** Folder of the prepared matrix, which takes the place of the VCFs. */
  readonly matrix: string;
  readonly labels: string;
  readonly importance: string;
}

export interface LocalCommand {
  readonly mainClass: string;
  readonly arguments: readonly string[];
  /** Heap of the one JVM, MiB. */
  readonly driverMemoryMiB: number;
  /** Spark's settings, for --conf. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The engine picks the codec by the extension, so each VCF keeps the one it was uploaded with. */
export function localNames({ inspection }: Run): LocalNames {
  const vcfs = (inspection?.vcfs ?? []).map(({ key }, index) => {
    const extension = /\.vcf(\.b?gz)?$/i.exec(key)?.[0].toLowerCase() ?? ".vcf";
    return { name: `input-${index + 1}${extension}`, key };
  });
  return { vcfs, matrix: "matrix", labels: "labels.csv", importance: "importance.csv" };
}

/** What spark-submit is given beside --master local[*]; undefined until the study has been estimated. */
export function localCommand(run: Run): LocalCommand | undefined {
  const sized = run.estimate?.options.find(({ where }) => where === "local")?.configuration;
  if (run.analysis === undefined || sized === undefined) return undefined;
  const { vcfs, matrix, labels, importance } = localNames(run);
  const engineArguments = importanceArguments({
    inputs: run.matrix ? [{ kind: "parquet", uri: matrix }] : vcfs.map(({ name }) => ({ kind: "vcf", uri: name })),
    labelsUri: labels,
    labelColumn: "label",
    outputUri: importance,
    analysis: run.analysis,
    batchSize: sized.batchSize,
    variantsReported: 0,
  });
  const settings = { ...partitionSettings(sized), ...encodingSettings };
  return { mainClass, arguments: engineArguments, driverMemoryMiB: sized.driverMemoryMiB, settings };
}
