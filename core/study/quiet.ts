/** When nobody uploads to a study any more, as far as its bucket tells. */
import type { ListedObject, UnfinishedUpload } from "./listing.ts";

/** Left behind by a client that was killed: S3 keeps the parts until someone aborts the upload. */
const ABANDONED_SECONDS = 24 * 3600;
/** Looks come at a tenth of the upload's age, at most every ten minutes: 175 in a day. */
const LONGEST_WAIT_SECONDS = 600;

/**
 * Seconds until it is worth looking again; 0 = the study has settled. That is when its youngest object is as old as the quiet period and
 * no upload in parts goes on. An upload that was begun a day ago, or before an object of its key was written, is taken for abandoned.
 */
export function secondsToWait(
  objects: readonly ListedObject[],
  uploads: readonly UnfinishedUpload[],
  quietSeconds: number,
  now: Date,
): number {
  const ageOf = (date: Date) => (now.getTime() - date.getTime()) / 1000;
  const writtenAt = new Map(objects.map(({ key, lastModified }) => [key, lastModified.getTime()]));
  const isRepeated = ({ key, begunAt }: UnfinishedUpload) => (writtenAt.get(key) ?? 0) > begunAt.getTime();
  const waits = [
    ...objects.map(({ lastModified }) => quietSeconds - ageOf(lastModified)),
    ...uploads
      .filter((upload) => ageOf(upload.begunAt) < ABANDONED_SECONDS && !isRepeated(upload))
      .map(({ begunAt }) => Math.max(quietSeconds, Math.min(ageOf(begunAt) / 10, LONGEST_WAIT_SECONDS), 1)),
  ];
  return Math.max(0, Math.ceil(waits.reduce((longest, wait) => Math.max(longest, wait), 0)));
}
