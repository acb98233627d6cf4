/** The shapes that cross the rim of the pipeline: analysis.json, API bodies, the state machine's input. */
import { z } from "zod";

const where = z.enum(["aws-spot", "aws-on-demand", "local"]);

/** Content of analysis.json and the `analysis` of POST /runs; every field has a sound default. */
export const analysisSchema = z.strictObject({
  labelColumn: z.string().min(1).optional(),
  trees: z.int().min(1).max(10_000).default(500),
  mtryFraction: z.number().gt(0).max(1).default(0.1),
  batchSize: z.int().min(1).max(1_000).default(100),
  maxDepth: z.int().min(1).max(1_000).optional(),
  minNodeSize: z.int().min(1).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(13),
  where: where.optional(),
  budgetUsd: z.number().min(0).optional(),
});

/** A folder of a bucket; ".." has no meaning in S3 and is refused because somewhere else it has. */
const prefix = z
  .string()
  .min(2)
  .max(900)
  .regex(/^[^/].*\/$/, "must be a folder: not beginning with / and ending in /")
  .refine((value) => !value.split("/").includes(".."), "must not contain ..");

const studySchema = z.strictObject({ bucket: z.string().min(3).max(63), prefix });

export const executionInputSchema = z.object({
  study: studySchema,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  analysis: z.record(z.string(), z.unknown()).optional(),
});

export const startRunBody = z.strictObject({
  bucket: z.string().min(3).max(63).optional(),
  prefix,
  analysis: analysisSchema.partial().optional(),
});

export const choiceBody = z.strictObject({ option: where });

export const localResultBody = z.strictObject({
  seconds: z.strictObject({ total: z.number().min(0) }),
});

/** A zod error as one line per field: "trees: Too big: expected number to be <=10000". */
export function issuesInWords(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");
}
