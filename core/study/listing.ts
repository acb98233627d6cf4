import type { StudyObject } from "./study.ts";

export interface ListedObject extends StudyObject {
  readonly lastModified: Date;
}

/** A multipart upload that was neither completed nor aborted: no object yet, and no event will tell of it before. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly begunAt: Date;
}
