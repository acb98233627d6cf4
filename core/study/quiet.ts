/** When nobody uploads to a study any more, as far as its bucket tells. */
import type { ListedObject, UnfinishedUpload } from "./listing.ts";

/** What a run in Settle waits for. */
export interface Waiting {
  /** When it looks again. */
  readonly until: string;
  /** Uploads in parts that are not complete, the one that began last first; the first ten. */
  readonly uploads: readonly WaitedUpload[];
  /** All of them. */
  readonly uploadCount: number;
}

export interface WaitedUpload {
  readonly key: string;
  readonly begunAt: string;
  /** When it is taken for abandoned, and the run goes on without it. */
  readonly waitedUntil: string;
}

/** Left behind by a client that was killed: S3 keeps the parts until someone aborts the upload. */
const ABANDONED_SECONDS = 24 * 3600;
/** Looks come at a tenth of the upload's age, at most every ten minutes: 175 in a day. */
const LONGEST_WAIT_SECONDS = 600;
const UPLOADS_SHOWN = 10;

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
  const waits = [
    ...objects.map(({ lastModified }) => quietSeconds - secondsBetween(lastModified, now)),
    ...goingOn(objects, uploads, now).map(({ begunAt }) =>
      Math.max(quietSeconds, Math.min(secondsBetween(begunAt, now) / 10, LONGEST_WAIT_SECONDS), 1),
    ),
  ];
  return Math.max(0, Math.ceil(waits.reduce((longest, wait) => Math.max(longest, wait), 0)));
}

/** @param seconds that secondsToWait gave */
export function waitingOf(
  objects: readonly ListedObject[],
  uploads: readonly UnfinishedUpload[],
  seconds: number,
  now: Date,
): Waiting {
  const waited = goingOn(objects, uploads, now).toSorted((a, b) => b.begunAt.getTime() - a.begunAt.getTime());
  return {
    until: secondsAfter(now, seconds),
    uploads: waited.slice(0, UPLOADS_SHOWN).map(({ key, begunAt }) => ({
      key,
      begunAt: begunAt.toISOString(),
      waitedUntil: secondsAfter(begunAt, ABANDONED_SECONDS),
    })),
    uploadCount: waited.length,
  };
}

/** Those that may still come to their end. */
function goingOn(
  objects: readonly ListedObject[],
  uploads: readonly UnfinishedUpload[],
  now: Date,
): readonly UnfinishedUpload[] {
  const writtenAt = new Map(objects.map(({ key, lastModified }) => [key, lastModified.getTime()]));
  const isRepeated = ({ key, begunAt }: UnfinishedUpload) => (writtenAt.get(key) ?? 0) > begunAt.getTime();
  return uploads.filter((upload) => secondsBetween(upload.begunAt, now) < ABANDONED_SECONDS && !isRepeated(upload));
}

function secondsBetween(earlier: Date, later: Date): number {
  return (later.getTime() - earlier.getTime()) / 1000;
}

function secondsAfter(date: Date, seconds: number): string {
  return new Date(date.getTime() + seconds * 1000).toISOString();
}
