/** Files of this machine as the study that they would be after an upload: keys relative to the folder that holds them all. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type StudyFolder, type StudyObject, studyFolder } from "../../core/study/study.ts";
import { indexFilesBeside } from "../indexFilesBeside.ts";
import { UsageError } from "./commandLine.ts";

export interface LocalStudy {
  /** Where the files of the findings lie. */
  readonly folder: string;
  readonly files: StudyFolder & { readonly prefix: string };
  /** Only a folder says that what is not in it is missing. */
  readonly isFolder: boolean;
}

/** @throws UsageError if a path cannot be read, or names a folder beside other paths */
export async function localStudy(paths: readonly string[]): Promise<LocalStudy> {
  const kinds = await Promise.all(paths.map(kindOf));
  const [only] = paths;
  if (only !== undefined && paths.length === 1 && kinds[0] === "folder") return await wholeFolder(resolve(only));
  const folder = paths.find((_, index) => kinds[index] === "folder");
  if (folder !== undefined) throw new UsageError(`${folder} is a folder: name it alone, or files.`);
  return await namedFiles([...new Set(paths.map((path) => resolve(path)))]);
}

async function kindOf(path: string): Promise<"file" | "folder"> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return "folder";
  if (stats?.isFile()) return "file";
  throw new UsageError(`${path} is no file and no folder.`);
}

/** The folder's own name belongs to the keys, as it does after an upload: it may hold what Spark cannot open. */
async function wholeFolder(folder: string): Promise<LocalStudy> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const prefix = `${basename(folder)}/`;
  const files = studyFolder(await Promise.all(paths.map((path) => objectOf(folder, prefix, path))), prefix);
  return { folder, files: { ...files, prefix }, isFolder: true };
}

/** A file that was named takes part: one with an unknown extension is looked at as a VCF, and its content says what it is. */
async function namedFiles(paths: readonly string[]): Promise<LocalStudy> {
  const folder = paths.map(dirname).reduce(commonFolder);
  const objects = await Promise.all(paths.map((path) => objectOf(folder, "", path)));
  const { vcfs, others, ...files } = studyFolder(objects, "");
  const candidates = [...vcfs, ...others.filter(({ key }) => !/\.(tbi|csi|gzi)$/.test(key))];
  const indexes = await Promise.all(candidates.map(({ key }) => indexesOf(folder, key)));
  return { folder, files: { ...files, vcfs: candidates, others: indexes.flat(), prefix: "" }, isFolder: false };
}

async function indexesOf(folder: string, key: string): Promise<StudyObject[]> {
  const paths = await indexFilesBeside(join(folder, key));
  return await Promise.all(paths.map((path) => objectOf(folder, "", path)));
}

/** Its time of change stands for the ETag: a digest would cost reading all of it. */
async function objectOf(folder: string, prefix: string, path: string): Promise<StudyObject> {
  const { size, mtimeMs } = await stat(path);
  return { key: prefix + relative(folder, path).split(sep).join("/"), size, etag: String(mtimeMs) };
}

function commonFolder(a: string, b: string): string {
  if (b === a || b.startsWith(a.endsWith(sep) ? a : a + sep)) return a;
  const parent = dirname(a);
  return parent === a ? a : commonFolder(parent, b);
}
