/** The shapes that cross the rim of the pipeline: analysis.json, API bodies, the state machine's input. */
import { z } from "zod";
import { printable } from "../core/findings/printable.ts";
import { executorPod } from "../core/sizing/nodeRoom.ts";
import type { OwnCluster } from "../core/sizing/sizingData.ts";
import type { Analysis } from "../core/study/analysis.ts";
import { studyPrefixTrouble } from "../core/study/study.ts";

const where = z.enum(["aws-spot", "aws-on-demand", "cluster", "local"]);

/** Of a contig, a sample or a column. */
const name = z.string().min(1).max(1_000);

/** "22" or { contig: "22", firstPos: 1, lastPos: 50000 }, 1-based, both inside. */
const region = z.strictObject({
  contig: name,
  firstPos: z.int().min(1).exactOptional(),
  lastPos: z.int().min(1).exactOptional(),
});

const filters = z.strictObject({
  minMaf: z.number().min(0).max(0.5).exactOptional(),
  maxMissing: z.number().min(0).max(1).exactOptional(),
  biallelicOnly: z.boolean().exactOptional(),
  regions: z.array(region).min(1).max(1_000).exactOptional(),
  /** A longer list is better said by the labels table, with onlyLabelled. */
  samples: z.array(name).min(1).max(10_000).exactOptional(),
  onlyLabelled: z.boolean().exactOptional(),
});

const amount = z.number().gt(0);

/** The stack's parameter own-cluster. */
export const ownClusterSchema: z.ZodType<OwnCluster> = z
  .strictObject({ nodes: z.int().min(1), cores: amount, memoryGiB: amount, driverMemoryGiB: amount })
  .refine((cluster) => executorPod(cluster, 1) !== undefined, "no executor fits onto its nodes");

/** Content of analysis.json and the `analysis` of POST /runs. */
export const analysisFields = z
  .strictObject({
    labelColumn: name.exactOptional(),
    trees: z.int().min(1).max(10_000).exactOptional(),
    mtryFraction: z.number().gt(0).max(1).exactOptional(),
    batchSize: z.int().min(1).max(1_000).exactOptional(),
    maxDepth: z.int().min(1).max(1_000).exactOptional(),
    minNodeSize: z.int().min(1).exactOptional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .exactOptional(),
    where: where.exactOptional(),
    prepare: z.boolean().exactOptional(),
    filters: filters.exactOptional(),
    budgetUsd: z.number().min(0).exactOptional(),
    oobError: z.boolean().exactOptional(),
    localFdr: z.boolean().exactOptional(),
    deadlineHours: z.number().gt(0).exactOptional(),
    chunks: z.int().min(1).max(50).exactOptional(),
  })
  .refine(({ chunks = 1, oobError }) => chunks === 1 || !oobError, {
    path: ["chunks"],
    message: "the out-of-bag error is of one forest in one piece: leave out one of the two",
  });

/**
 * What the fields mean when all are filled in: 500 trees that try a tenth of the variants at each split (README). The batch
 * size is chosen with the nodes.
 */
export function withDefaults(fields: Partial<Analysis>): Analysis {
  return { trees: 500, mtryFraction: 0.1, seed: 13, ...fields };
}

/** A folder of a bucket. */
const prefix = z
  .string()
  .min(2)
  .max(900)
  .regex(/^[^/].*\/$/, { error: "must be a folder: not beginning with / and ending in /", abort: true })
  .refine((value) => studyPrefixTrouble(value) === undefined, {
    error: ({ input }) => studyPrefixTrouble(String(input)) ?? "",
  });

const studySchema = z.strictObject({ bucket: z.string().min(3).max(63), prefix });

export const executionInputSchema = z.object({
  study: studySchema,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  analysis: analysisFields.optional(),
});

/** What of an execution's input, 262,144 bytes at most, the analysis may take. */
const MOST_ANALYSIS_BYTES = 200_000;

export const startRunBody = z.strictObject({
  bucket: z.string().min(3).max(63).optional(),
  prefix,
  analysis: analysisFields
    .refine((fields) => Buffer.byteLength(JSON.stringify(fields)) <= MOST_ANALYSIS_BYTES, {
      message: `has more than ${MOST_ANALYSIS_BYTES} bytes: put it into the study's analysis.json`,
    })
    .optional(),
});

/** The machine of a client; both or none of the two. */
const cores = z.coerce.number().int().min(1).max(1_024);
const memoryGiB = z.coerce.number().gt(0).max(65_536);
export const machine = z.object({ cores, memoryGiB });
export const machineQuery = z
  .object({ cores: cores.optional(), memoryGiB: memoryGiB.optional() })
  .refine((query) => (query.cores === undefined) === (query.memoryGiB === undefined), {
    message: "cores and memoryGiB come together",
  })
  .transform(({ cores: n, memoryGiB: gib }) => (n && gib ? { cores: n, memoryGiB: gib } : undefined));

/** Filters given with the choice take the place of the analysis's; they need preparing. */
export const choiceBody = z
  .strictObject({
    option: where,
    prepare: z.boolean().default(false),
    filters: filters.exactOptional(),
    /** Where the run asks for it: one of inspection.labelCandidates. */
    labelColumn: name.exactOptional(),
    machine: machine.exactOptional(),
  })
  .refine((choice) => choice.prepare || choice.filters === undefined, {
    path: ["filters"],
    message: "VariantSpark does not filter: choose with prepare: true",
  });

const seconds = z.number().min(0);

export const localResultBody = z.strictObject({
  /** Of the engine, as its client measured them. */
  seconds: z.strictObject({ total: seconds, load: seconds.exactOptional(), trees: seconds.exactOptional() }),
});

const MOST_ISSUES = 5;
const MOST_ISSUE_CHARACTERS = 200;

/** A zod error as a few words per field, of the first five: "trees: Too big: expected number to be <=10000". */
export function issuesInWords({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => printable(`${path.join(".") || "body"}: ${message}`));
  const short = told.map((one) =>
    one.length > MOST_ISSUE_CHARACTERS ? `${one.slice(0, MOST_ISSUE_CHARACTERS)}…` : one,
  );
  const more = issues.length > MOST_ISSUES ? [`and ${issues.length - MOST_ISSUES} more`] : [];
  return [...short, ...more].join("; ");
}
