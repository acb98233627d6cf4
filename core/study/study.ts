/**
 * A study is a folder of the inbox: `<study>/…vcf[.gz|.bgz]` (one or many), one labels table, optionally analysis.json.
 * This file tells from the listing alone which object plays which part.
 */

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

/** The study that an object belongs to: the first folder of its key; an object beside the folders belongs to none. */
export function studyPrefixOf(key: string): string | undefined {
  const end = key.indexOf("/");
  return end > 0 ? key.slice(0, end + 1) : undefined;
}
