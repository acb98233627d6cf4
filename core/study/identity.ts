/** What makes two uploads the same: the digest of a study's objects, and the execution name that follows from it. */
import { createHash } from "node:crypto";
import type { StudyFolder, StudyObject } from "./study.ts";

/**
 * SHA-256, in hexadecimal, over key, size and ETag of every object that takes part in the run, in key order; the order
 * in which they were uploaded or listed plays no part.
 *
 * @param parameters what else decides the result: those given through the API, in any order
 */
export function studyDigest(folder: StudyFolder, parameters: Readonly<Record<string, unknown>> = {}): string {
  const hash = createHash("sha256");
  for (const { key, size, etag } of partakingObjects(folder)) hash.update(JSON.stringify([key, size, etag]));
  return hash.update(JSON.stringify(Object.entries(parameters).sort())).digest("hex");
}

/**
 * The Step Functions execution name: at most 80 of [A-Za-z0-9-_]. Equal studies have equal names, so a second event
 * for the same content starts nothing.
 */
export function runIdOf(prefix: string, digest: string): string {
  const name = prefix
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase()
    .slice(0, 60);
  return `${name || "study"}-${digest.slice(0, 12)}`;
}

/**
 * Whether an upload should start a run now: once a VCF and a labels table are there, or when analysis.json says that
 * the study is meant to be run as it is (what is missing then becomes a finding instead of a silent wait).
 */
export function isReadyToRun(folder: StudyFolder): boolean {
  const parts = [folder.vcfs.length > 0, folder.labelTables.length > 0, folder.analysis !== undefined];
  return parts.filter(Boolean).length >= 2;
}

function partakingObjects(folder: StudyFolder): StudyObject[] {
  const objects = [...folder.vcfs, ...folder.labelTables];
  if (folder.analysis) objects.push(folder.analysis);
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
}
