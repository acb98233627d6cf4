/**
 * Prepared matrices in the runs bucket, each under its digest: `part-*.parquet` and `_columns` as VariantSpark reads them;
 * beside them, with names that Spark passes over, the plan, what each slice did, and last the manifest that seals all.
 */

import { once } from "node:events";
import { PassThrough } from "node:stream";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { MatrixManifest, SliceResult } from "../core/matrix/manifest.ts";
import { matrixPrefix } from "../core/matrix/manifestDigest.ts";
import { type Matrix, matrixOf } from "../core/matrix/matrix.ts";
import type { PartSink } from "../core/matrix/matrixPart.ts";
import type { SlicePlan } from "../core/matrix/slicePlan.ts";
import type { SliceTrouble } from "../core/run/sliceFailure.ts";
import { readDocument, writeDocument } from "./objects.ts";
import { runsBucket } from "./runsStore.ts";

const s3 = new S3Client({});

/** What Plan decided and Convert needs. */
export interface MatrixPlan {
  readonly plan: SlicePlan;
  /** Columns of the matrix. */
  readonly samples: readonly string[];
  /** Per file: samples in it, and the sample of each column, null where the file's order is the matrix's. */
  readonly files: readonly { readonly sampleCount: number; readonly columnOrder: readonly number[] | null }[];
}

/** What became of a slice. */
export type SliceOutcome = SliceResult | { readonly slice: number; readonly error: SliceTrouble };

export async function sealedMatrix(digest: string): Promise<Matrix | undefined> {
  const document = await readDocument(runsBucket(), manifestKey(digest));
  return document && matrixOf(JSON.parse(document.text) as MatrixManifest);
}

/** Files of a sealed matrix that VariantSpark reads. */
export async function matrixKeys(digest: string): Promise<{ name: string; key: string }[]> {
  const document = await readDocument(runsBucket(), manifestKey(digest));
  if (document === undefined) throw new Error(`there is no matrix ${digest}`);
  const { parts } = JSON.parse(document.text) as MatrixManifest;
  return ["_columns", ...parts.map(({ name }) => name)].map((name) => ({ name, key: matrixPrefix(digest) + name }));
}

/**
 * The plan that holds for this matrix: the first one written. Slices of another one (cut with an index that came later, or to
 * another length) would mix with what this one's have left.
 */
export async function settlePlan(digest: string, plan: MatrixPlan): Promise<MatrixPlan> {
  const key = planKey(digest);
  const isFirst = await writeDocument(runsBucket(), key, JSON.stringify(plan), { precondition: { absent: true } });
  return isFirst ? plan : await readPlan(digest);
}

export async function readPlan(digest: string): Promise<MatrixPlan> {
  const document = await readDocument(runsBucket(), planKey(digest));
  if (document === undefined) throw new Error(`there is no plan for the matrix ${digest}`);
  return JSON.parse(document.text) as MatrixPlan;
}

export async function readSlice(digest: string, slice: number): Promise<SliceOutcome | undefined> {
  const document = await readDocument(runsBucket(), sliceKey(digest, slice));
  return document && (JSON.parse(document.text) as SliceOutcome);
}

export async function writeSlice(digest: string, outcome: SliceOutcome): Promise<void> {
  await writeDocument(runsBucket(), sliceKey(digest, outcome.slice), JSON.stringify(outcome));
}

/** Slices that have left word; one request per 1,000. */
export async function countSlices(digest: string): Promise<number> {
  let count = 0;
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: runsBucket(),
        Prefix: `${matrixPrefix(digest)}_slices/`,
        ContinuationToken: token,
      }),
    );
    count += page.KeyCount ?? 0;
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return count;
}

/** Written last: from then on the matrix is used. */
export async function writeManifest(manifest: MatrixManifest, columns: Uint8Array): Promise<void> {
  await writeDocument(runsBucket(), `${matrixPrefix(manifest.digest)}_columns`, columns, {
    contentType: "application/octet-stream",
  });
  await writeDocument(runsBucket(), manifestKey(manifest.digest), JSON.stringify(manifest));
}

export function matrixUri(digest: string): string {
  return `s3://${runsBucket()}/${matrixPrefix(digest)}`;
}

export interface PartUpload extends PartSink {
  /** Bytes written; the object is there. */
  finish(): Promise<number>;
  /** Nothing of it stays. */
  abort(): Promise<void>;
}

/** A multipart upload of one part; holds a few of its pieces of 5 MiB in memory, however large the part becomes. */
export function partUpload(digest: string, name: string): PartUpload {
  const body = new PassThrough();
  const upload = new Upload({
    client: s3,
    params: { Bucket: runsBucket(), Key: `${matrixPrefix(digest)}${name}`, Body: body },
    queueSize: 2,
  });
  const done = upload.done();
  done.catch(() => body.destroy());
  let bytes = 0;
  return {
    async write(piece) {
      bytes += piece.length;
      if (!body.write(piece)) await Promise.race([once(body, "drain"), done]);
    },
    async finish() {
      body.end();
      await done;
      return bytes;
    },
    async abort() {
      await upload.abort();
      body.destroy();
      await done.catch(() => {});
    },
  };
}

function manifestKey(digest: string): string {
  return `${matrixPrefix(digest)}_manifest.json`;
}

function planKey(digest: string): string {
  return `${matrixPrefix(digest)}_plan.json`;
}

function sliceKey(digest: string, slice: number): string {
  return `${matrixPrefix(digest)}_slices/${String(slice).padStart(5, "0")}.json`;
}
