/**
 * The command line of VariantSpark 0.5.5's `importance`. Only what was seen working on Spark 3.5 is used: inputs go
 * through -ij, because -if/-it end in NoSuchMethodError from Spark 3.2 on (another json4s); -ovn stays away, because
 * with "to100" the importances add up to 0.01 and with "raw" they are what they are without it. -ro only where asked
 * for: the same importances, a third more time for the trees (3.9 s against 5.2 s for 60 trees of chr22_1000). A model is
 * written only where the local false discovery rate needs it.
 */
import type { Analysis } from "../study/analysis.ts";

export const variantSparkVersion = "0.5.5";

export interface ImportanceInput {
  readonly kind: "vcf" | "parquet";
  /** s3:// URI or local path of a VCF file, or of a directory of Parquet files with its `_columns`. */
  readonly uri: string;
}

export interface ImportanceRequest {
  /** At least one; several are the union of their variants and must have the same samples in the same order. */
  readonly inputs: readonly ImportanceInput[];
  /** CSV whose first column is the sample. */
  readonly labelsUri: string;
  readonly labelColumn: string;
  /**
   * CSV to write, `variable,importance`; what lies there is overwritten. Its rows are in no order when all are asked
   * for.
   */
  readonly outputUri: string;
  readonly analysis: Analysis;
  /** Trees grown side by side, as the run was sized; left out, the analysis's own, or else VariantSpark's 10. */
  readonly batchSize?: number;
  /** Where the forest is written as JSON, about 900 bytes a split; what lies there is overwritten. Left out: nowhere. */
  readonly modelUri?: string;
  /** 0 = every variant that a tree used, the others are not listed. */
  readonly variantsReported: number;
}

/** The arguments after the class name; the first is the command. */
export function importanceArguments(request: ImportanceRequest): string[] {
  const { inputs, labelsUri, labelColumn, outputUri, modelUri, analysis, variantsReported } = request;
  const batchSize = request.batchSize ?? analysis.batchSize;
  return [
    "importance",
    ["-ij", inputsArgument(inputs)],
    ["-ff", labelsUri],
    ["-fc", labelColumn],
    ["-of", outputUri],
    ["-on", String(variantsReported)],
    ["-rn", String(analysis.trees)],
    ["-rmtf", String(analysis.mtryFraction)],
    // Progress is told once per batch.
    batchSize === undefined ? [] : ["-rbs", String(batchSize)],
    analysis.maxDepth === undefined ? [] : ["-rmd", String(analysis.maxDepth)],
    analysis.minNodeSize === undefined ? [] : ["-rmns", String(analysis.minNodeSize)],
    ["-sr", String(analysis.seed)],
    analysis.oobError ? ["-ro"] : [],
    modelUri === undefined ? [] : ["-om", modelUri, "-omf", "json"],
  ].flat();
}

/** Of an entry point argument (EMR on EKS API, SparkSubmitJobDriver). */
export const MOST_ARGUMENT_CHARACTERS = 10_280;

export function inputsArgument(inputs: readonly ImportanceInput[]): string {
  return asciiJson(inputs.map(inputJson));
}

/** JSON that needs no UTF-8 locale: without one, Java 17 cannot read other characters from its command line. */
function asciiJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(/[^ -~]/g, escaped);
}

function inputJson({ kind, uri }: ImportanceInput): { type: string; inputFile: string } {
  return { type: kind, inputFile: kind === "vcf" ? withoutGlobs(uri) : uri };
}

/**
 * Hadoop reads the path of a text input as a comma-separated list of globs, but a study's file may be named
 * "a[1],b.vcf". A comma cannot be escaped; a class that spells it in hexadecimal, which GlobPattern hands on to
 * java.util.regex, has no comma in it.
 */
function withoutGlobs(path: string): string {
  return path.replaceAll(/[\\*?[\]{}]/g, "\\$&").replaceAll(",", "[\\x2c]");
}
