/**
 * What the failure of a job run means for the researcher. The engine's own last words decide, because EMR's reason is
 * USER_ERROR for nearly everything; EMR's details come next, then its reason. The words on the left were seen with
 * VariantSpark 0.5.5 on Spark 3.5.
 */
import type { EngineProgress } from "./driverLog.ts";

export type EngineFailureCode =
  | "driver-out-of-memory"
  | "executor-out-of-memory"
  | "executors-lost"
  | "sample-without-label"
  | "label-not-an-integer"
  | "label-column-missing"
  | "input-not-found"
  | "input-not-readable"
  | "samples-differ"
  | "access-denied"
  | "engine-incompatible"
  | "job-killed"
  | "cluster-unavailable"
  | "job-rejected"
  | "engine-failed";

export interface EngineFailure {
  readonly code: EngineFailureCode;
  /** What happened, in plain words; the engine's own words only where nothing better is known. */
  readonly message: string;
  readonly remedy: string;
}

export interface JobFailure {
  /** EMR's failureReason: USER_ERROR, INTERNAL_ERROR, VALIDATION_ERROR, CLUSTER_UNAVAILABLE, or "". */
  readonly reason: string;
  /** EMR's stateDetails, or "". */
  readonly details: string;
  /** As far as the driver's log was read. */
  readonly progress?: EngineProgress | undefined;
}

export function explainFailure({ reason, details, progress }: JobFailure): EngineFailure {
  const error = progress?.error ?? "";
  const said = meaningOf(error) ?? meaningOf(details) ?? meaningOf(reason);
  const meaning = said?.code === "executors-lost" && lostForMemory(progress) ? outOfExecutorMemory : said;
  if (meaning) return { code: meaning.code, message: meaning.message, remedy: meaning.remedy };
  const words = [error, details, reason].find((text) => text !== "") ?? "it gave no reason";
  return {
    code: "engine-failed",
    message: `VariantSpark stopped ${whereIn(progress)}: ${words.slice(0, 500)}`,
    remedy: "The driver's log names the place; start the run again if it speaks of lost connections.",
  };
}

/** Most executors that were lost were killed for want of memory; the others went with their nodes. */
export function lostForMemory({ executorsLost = 0, executorsOutOfMemory = 0 }: Partial<EngineProgress> = {}): boolean {
  return executorsOutOfMemory * 2 > executorsLost;
}

interface Meaning extends EngineFailure {
  readonly pattern: RegExp;
}

const moreMemory =
  "Choose an option with more memory per node, or a smaller batchSize: a batch holds the state of all its trees.";

const outOfExecutorMemory: Meaning = {
  pattern: /ExecutorLostFailure.*(?:137|\b52\b|OOM)|executor.*OOMKilled/i,
  code: "executor-out-of-memory",
  message: "An executor ran out of memory, or its node was taken away, as often as Spark tries again.",
  remedy: "Choose an option with more memory per node, or on-demand nodes if spot nodes were reclaimed.",
};

/** The first that matches counts: what is specific stands before what is general. */
const meanings: readonly Meaning[] = [
  outOfExecutorMemory,
  {
    pattern: /ExecutorLostFailure|Max number of executor failures|exit(?:ed)? (?:with )?(?:code|status):? ?11\b/,
    code: "executors-lost",
    message: "Executors went away with their nodes as often as Spark tries again.",
    remedy: "Choose on-demand nodes: spot nodes may be reclaimed at any time.",
  },
  {
    pattern: /INVALID_(?:DRIVER|EXECUTOR)_MEMORY/,
    code: "driver-out-of-memory",
    message: "The memory given to Spark is below what it starts with (450 MiB).",
    remedy: "Choose an option with more memory per node.",
  },
  {
    pattern: /OutOfMemoryError|OOMKilled/,
    code: "driver-out-of-memory",
    message: "The driver ran out of memory.",
    remedy: moreMemory,
  },
  {
    pattern: /NoSuchElementException: key not found/,
    code: "sample-without-label",
    message: "A sample of the VCF files has no row in the labels table.",
    remedy: "Add the missing samples to the labels table; their names must be spelled as in the VCF header.",
  },
  {
    pattern: /NumberFormatException: For input string/,
    code: "label-not-an-integer",
    message: "A label is not a whole number.",
    remedy: "Code the classes as 0, 1, 2 … and leave no label empty.",
  },
  {
    pattern: /ArrayIndexOutOfBoundsException: Index -\d+ out of bounds/,
    code: "label-not-an-integer",
    message: "A label is a negative number.",
    remedy: "Code the classes as 0, 1, 2 ….",
  },
  {
    pattern: /IndexOutOfBoundsException: -1$/,
    code: "label-column-missing",
    message: "The labels table has no column of that name, or a row with too few columns.",
    remedy: "Check labelColumn of analysis.json against the first line of the labels table.",
  },
  {
    pattern: /Access ?Denied|Status Code: 403|Forbidden/i,
    code: "access-denied",
    message: "The job may not read the study or not write the result.",
    remedy: "Have the owner of the pipeline allow the job role to read the bucket of the study.",
  },
  {
    pattern: /Input path does not exist|Input Pattern .* matches 0 files|FileNotFoundException|NoSuchKey|NoSuchBucket/,
    code: "input-not-found",
    message: "A file of the study was not there when the engine came to read it.",
    remedy: "Upload it again, and leave the folder as it is until the run has ended.",
  },
  {
    pattern: /TribbleException/,
    code: "input-not-readable",
    message: "A VCF file holds a line that is not valid VCF.",
    remedy: "Check the files, for example with `bcftools view`, and upload them again.",
  },
  {
    pattern: /IllegalArgumentException: requirement failed$/,
    code: "samples-differ",
    message: "The VCF files do not have the same samples in the same order.",
    remedy: "Make the files agree, for example with `bcftools view --samples-file`.",
  },
  {
    pattern: /IncompatibleClassChangeError|NoSuchMethodError|ClassNotFoundException|UnsupportedClassVersionError/,
    code: "engine-incompatible",
    message: "The engine's jar does not run on this release of Spark and Java.",
    remedy: "Deploy the pipeline again: it uploads the jar that fits the EMR release.",
  },
  {
    pattern:
      /stopped SparkContext|SparkContext was shut down|exit(?:ed)? (?:with )?(?:code|status):? ?(?:137|143)|SIGKILL|SIGTERM/i,
    code: "job-killed",
    message:
      "The driver was killed from outside: its node went away, it was over its memory limit, or somebody ended it.",
    remedy: "Start the run again; if it happens again at the same place, choose an option with more memory per node.",
  },
  {
    pattern: /CLUSTER_UNAVAILABLE/,
    code: "cluster-unavailable",
    message: "EMR could not reach the cluster.",
    remedy: "Start the run again; if it stays, the owner of the pipeline should look at the EKS cluster.",
  },
  {
    pattern: /VALIDATION_ERROR/,
    code: "job-rejected",
    message: "EMR rejected the job.",
    remedy: "The owner of the pipeline should look at the job run in the EMR console.",
  },
];

function meaningOf(words: string): Meaning | undefined {
  return words === "" ? undefined : meanings.find(({ pattern }) => pattern.test(words));
}

function whereIn(progress: EngineProgress | undefined): string {
  switch (progress?.phase) {
    case undefined:
    case "starting":
      return "before it read the data";
    case "loading":
    case "caching":
      return "while it read the variants";
    case "growing-trees":
      return `after ${progress.treesDone} of ${progress.treesTotal} trees`;
    case "writing-results":
    case "finished":
      return "while it wrote the result";
  }
}
