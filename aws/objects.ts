/** S3 objects as the pipeline needs them: ranged reads, small documents, conditional writes. */
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ByteSource } from "../core/study/byteSource.ts";
import { formDecoded, type ListedObject, type UnfinishedUpload } from "../core/study/listing.ts";
import type { StudyLocation, StudyObject } from "../core/study/study.ts";

const s3 = new S3Client({});

/** All objects of a study's folder; one request per 1,000 objects. Folder markers (keys ending in "/") are left out. */
export async function listStudy({ bucket, prefix }: StudyLocation): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token, EncodingType: "url" }),
    );
    for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
      if (Key === undefined || Key.endsWith("/")) continue;
      objects.push({
        key: decodedKey(Key, page.EncodingType),
        size: Size ?? 0,
        etag: (ETag ?? "").replaceAll('"', ""),
        lastModified: LastModified ?? new Date(0),
      });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return objects;
}

/** Uploads in parts to a study's folder that go on, or were left behind; one request per 1,000. */
export async function listUnfinishedUploads({ bucket, prefix }: StudyLocation): Promise<UnfinishedUpload[]> {
  const uploads: UnfinishedUpload[] = [];
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (next !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: "url", ...next }),
    );
    for (const { Key = "", Initiated = new Date(0) } of page.Uploads ?? [])
      uploads.push({ key: decodedKey(Key, page.EncodingType), begunAt: Initiated });
    const { IsTruncated, NextKeyMarker = "", NextUploadIdMarker: UploadIdMarker, EncodingType } = page;
    next = IsTruncated ? { KeyMarker: decodedKey(NextKeyMarker, EncodingType), UploadIdMarker } : undefined;
  }
  return uploads;
}

/**
 * Listings are asked for in this encoding: XML 1.0 has no place for control characters, and makes another key of one
 * that holds a carriage return. An emulator may answer without it.
 */
function decodedKey(key: string, encoding: string | undefined): string {
  return encoding === "url" ? formDecoded(key) : key;
}

/**
 * Ranged reads of one object, each bound to its ETag: if the object is replaced under way the read fails instead of
 * mixing two versions. One GetObject per slice; the empty slice costs none.
 */
export function byteSource(bucket: string, object: StudyObject): ByteSource {
  return {
    byteLength: object.size,
    async slice(start, end) {
      const last = Math.min(end, object.size) - 1;
      if (last < start) return new Uint8Array(0);
      const answer = await s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: object.key,
          Range: `bytes=${start}-${last}`,
          IfMatch: object.etag,
        }),
      );
      return (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
    },
  };
}

/** The bytes of an object as they arrive, for files that are larger than memory. */
export async function readStream(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (answer.Body === undefined) throw new Error(`s3://${bucket}/${key} came without a body`);
  return answer.Body as AsyncIterable<Uint8Array>;
}

export interface Document {
  readonly text: string;
  readonly etag: string;
}

/** A small text object, or undefined when there is none. */
export async function readDocument(bucket: string, key: string): Promise<Document | undefined> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: (await answer.Body?.transformToString()) ?? "", etag: answer.ETag ?? "" };
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

/** What a conditional write expects to find: nothing, or exactly the version with that ETag. */
export type Precondition = { readonly absent: true } | { readonly etag: string };

/** Writes a small text object; false when the precondition did not hold (S3, conditional writes: 412 or 409). */
export async function writeDocument(
  bucket: string,
  key: string,
  text: string | Uint8Array,
  { contentType = "application/json", precondition }: { contentType?: string; precondition?: Precondition } = {},
): Promise<boolean> {
  const condition = !precondition ? {} : "etag" in precondition ? { IfMatch: precondition.etag } : { IfNoneMatch: "*" };
  try {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType, ...condition }),
    );
    return true;
  } catch (error) {
    if (
      precondition &&
      error instanceof Error &&
      ["PreconditionFailed", "ConditionalRequestConflict"].includes(error.name)
    )
      return false;
    throw error;
  }
}

/** Writes pieces one after the other as one object, in parts of 8 MiB where they are more than one. */
export async function writeStream(
  bucket: string,
  key: string,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  contentType: string,
): Promise<void> {
  const body = Readable.from(pieces, { objectMode: false });
  const params = { Bucket: bucket, Key: key, Body: body, ContentType: contentType };
  await new Upload({ client: s3, params, partSize: 8 * 2 ** 20, queueSize: 2 }).done();
}

/** Whether there is such an object. */
export async function objectExists(bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "NotFound") return false;
    throw error;
  }
}

/** A link that reads the object without credentials for so many seconds. */
export function downloadLink(bucket: string, key: string, expiresIn: number): Promise<string> {
  return getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
}

/** A link that writes the object without credentials for so many seconds. */
export function uploadLink(bucket: string, key: string, expiresIn: number): Promise<string> {
  return getSignedUrl(s3, new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
}
