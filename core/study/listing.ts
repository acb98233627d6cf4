import type { StudyObject } from "./study.ts";

export interface ListedObject extends StudyObject {
  readonly lastModified: Date;
}

/** A multipart upload that was neither completed nor aborted: no object yet, and no event will tell of it before. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly begunAt: Date;
}

/** S3 form-encodes the keys of its events, and those of listings that ask for it: "+" is a space, the rest is percent-encoded UTF-8. */
export function formDecoded(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}
