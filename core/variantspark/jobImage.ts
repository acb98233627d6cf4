/** The container image with VariantSpark's jar inside (docker/Dockerfile), and the jar on S3 that is fetched without one. */
import type { SparkJobPlaces } from "./sparkJob.ts";

/** Where the jar lies in the image: none of the folders that EMR mounts something over. */
export const jarInImage = "/usr/lib/variantspark/variantspark.jar";

/** Which jar a job starts with, and in which image; without an image it is EMR's own, and the jar comes from S3. */
export function enginePlace(image: string | undefined, assetsBucket: string): Pick<SparkJobPlaces, "jarUri" | "image"> {
  if (image === undefined) return { jarUri: `s3://${assetsBucket}/engine/variantspark.jar` };
  return { jarUri: `local://${jarInImage}`, image };
}

/** @throws Error unless the image is named by its digest: whatever a tag names today, it may name another tomorrow */
export function pinnedImage(image: string): string {
  if (/^[a-z0-9][\w.:/-]*@sha256:[0-9a-f]{64}$/.test(image)) return image;
  throw new Error(`The job image has to be named by its digest, as REPOSITORY@sha256:…; ${image} is not.`);
}
