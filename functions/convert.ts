/**
 * One slice of the VCFs becomes one Parquet file of the matrix. Run twice, it writes the same object again; killed midway,
 * it leaves none, because an object appears when its upload is complete.
 */
import { z } from "zod";
import { type MatrixPlan, partUpload, readPlan, readSlice, writeSlice } from "../aws/matrices.ts";
import { byteSource } from "../aws/objects.ts";
import { getRun } from "../aws/runsStore.ts";
import { convertSlice } from "../core/matrix/convertSlice.ts";
import type { SliceResult } from "../core/matrix/manifest.ts";
import { MatrixError } from "../core/matrix/matrixError.ts";
import { MAX_SLICE_TEXT_BYTES, sliceOf } from "../core/matrix/slicePlan.ts";
import { sliceText } from "../core/matrix/sliceText.ts";
import type { Run } from "../core/run/run.ts";
import type { SliceTrouble } from "../core/run/sliceFailure.ts";
import { logger, step, stepInput } from "./step.ts";

const input = stepInput.extend({ digest: z.string().regex(/^[0-9a-f]{64}$/), slice: z.int().min(0) });

export const handler = step(
  input,
  async ({ runId, digest, slice: number }): Promise<{ kind: "converted" | "failed" }> => {
    const before = await readSlice(digest, number);
    if (before && !("error" in before)) return { kind: "converted" };
    const [run, plan] = await Promise.all([getRun(runId), readPlan(digest)]);
    const outcome = await convert(run, digest, plan, number);
    await writeSlice(digest, outcome);
    if (!("error" in outcome)) return { kind: "converted" };
    // What is wrong with the data is told by Seal, with its place; other errors are thrown, and the machine tries again.
    logger.warn("slice not converted", { slice: number, code: outcome.error.code });
    return { kind: "failed" };
  },
);

async function convert(
  { study, analysis }: Run,
  digest: string,
  { plan, files }: MatrixPlan,
  number: number,
): Promise<SliceResult | { slice: number; error: SliceTrouble }> {
  const slice = sliceOf(plan, number);
  const source = slice && plan.files[slice.file];
  const file = slice && files[slice.file];
  if (!slice || !source || !file) throw new Error(`the plan has no slice ${number}`);
  const name = `part-${String(number).padStart(5, "0")}.parquet`;
  const upload = partUpload(digest, name);
  try {
    const bytes = byteSource(study.bucket, { key: source.key, etag: source.etag, size: source.byteLength });
    const text = sliceText(bytes, slice, MAX_SLICE_TEXT_BYTES);
    const columnOrder = file.columnOrder ? Uint32Array.from(file.columnOrder) : undefined;
    const counts = await convertSlice(
      text,
      { sampleCount: file.sampleCount, columnOrder, filters: analysis?.filters ?? {} },
      upload,
    );
    const result = { slice: number, counts, ...(text.span && { span: text.span }) };
    if (counts.rowsOut > 0) return { ...result, part: { name, bytes: await upload.finish() } };
    await upload.abort();
    return result;
  } catch (error) {
    await upload.abort();
    return { slice: number, error: sliceTrouble(error, source.key) };
  }
}

/** @throws the error itself when it is none of the data's */
function sliceTrouble(error: unknown, key: string): SliceTrouble {
  if (error instanceof MatrixError)
    return { code: error.code, key, byteOffset: error.byteOffset, message: error.message };
  if (error instanceof Error && error.name === "PreconditionFailed")
    return { code: "source-changed", key, message: "The object was replaced while it was being read." };
  throw error;
}
