/**
 * A study is a folder of the inbox: `<study>/…vcf[.gz|.bgz]` (one or many), one labels table, optionally analysis.json.
 * This file tells from the listing alone which object plays which part.
 */

import { hasControlCharacters } from "../findings/printable.ts";

export interface StudyObject {
  /** Full object key, decoded. */
  readonly key: string;
  /** Object size in bytes. */
  readonly size: number;
  /** Entity tag as S3 gives it, quotes removed. */
  readonly etag: string;
}

export interface StudyLocation {
  readonly bucket: string;
  /** Key prefix of the folder, ending in "/". */
  readonly prefix: string;
}

export interface StudyFolder {
  readonly vcfs: readonly StudyObject[];
  readonly labelTables: readonly StudyObject[];
  readonly analysis?: StudyObject;
  /** Everything else; it takes no part in the run. */
  readonly others: readonly StudyObject[];
}

/** What macOS writes beside x.vcf (._x.vcf) and a README take no part. Otherwise the extension decides the part an object plays; its content decides later what it really is. */
export function studyFolder(objects: readonly StudyObject[], prefix: string): StudyFolder {
  const vcfs: StudyObject[] = [];
  const labelTables: StudyObject[] = [];
  const others: StudyObject[] = [];
  let analysis: StudyObject | undefined;
  for (const object of [...objects].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const name = object.key.slice(prefix.length).toLowerCase();
    const base = name.slice(name.lastIndexOf("/") + 1);
    if (base.startsWith("._") || base.startsWith("readme")) others.push(object);
    else if (/\.vcf(\.b?gz)?$/.test(name)) vcfs.push(object);
    else if (/\.(csv|tsv|txt)$/.test(name)) labelTables.push(object);
    else if (name === "analysis.json") analysis = object;
    else others.push(object);
  }
  return { vcfs, labelTables, others, ...(analysis && { analysis }) };
}

/** The study that an object belongs to: the first folder of its key; an object beside the folders, or in one that is no study's, belongs to none. */
export function studyPrefixOf(key: string): string | undefined {
  const prefix = key.slice(0, key.indexOf("/") + 1);
  return studyPrefixTrouble(prefix) === undefined ? prefix : undefined;
}

/** Beyond this an S3 key, of 1,024 bytes at most, has no room left for a file. */
const MOST_PREFIX_CHARACTERS = 900;

/** Why a folder of that name is no study's; undefined if it can be. ".." has no meaning in S3 and is refused because somewhere else it has. */
export function studyPrefixTrouble(prefix: string): string | undefined {
  if (prefix.length < 2 || prefix.startsWith("/") || !prefix.endsWith("/"))
    return "must be a folder: not beginning with / and ending in /";
  if (prefix.length > MOST_PREFIX_CHARACTERS) return `must have at most ${MOST_PREFIX_CHARACTERS} characters`;
  if (prefix.split("/").includes("..")) return "must not contain ..";
  return hasControlCharacters(prefix) ? "must not contain control characters" : undefined;
}
