/**
 * The folder of a matrix. `_columns` and, after it, `_manifest.json` come last: without the one VariantSpark opens nothing, and
 * without the other nothing here is taken for a matrix. Spark passes over names that begin with "_" or a dot; any other
 * file it would read as Parquet.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MatrixManifest } from "../../core/matrix/manifest.ts";

const OURS =
  /^(part-\d{5,}\.parquet|\.part-\d{5,}\.parquet\.partial|_columns|\._manifest\.json\.partial|_manifest\.json)$/;

export function partName(slice: number): string {
  return `part-${String(slice).padStart(5, "0")}.parquet`;
}

/** Under which name a file is written until it is whole. */
export function partialName(name: string): string {
  return `.${name}.partial`;
}

/** The sealed matrix of that digest, if the folder holds all of it. */
export async function sealedIn(folder: string, digest: string): Promise<MatrixManifest | undefined> {
  const text = await readFile(join(folder, "_manifest.json"), "utf8").catch(() => undefined);
  const manifest = text === undefined ? undefined : manifestOf(text);
  if (manifest?.digest !== digest || (await sizeOf(join(folder, "_columns"))) === undefined) return undefined;
  for (const { name, bytes } of manifest.parts) if ((await sizeOf(join(folder, name))) !== bytes) return undefined;
  return manifest;
}

/** Names in the folder that no matrix has. */
export async function foreignNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => !OURS.test(name));
}

/** Makes the folder, or removes what it holds of another matrix, the seal first. */
export async function clearFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, "_manifest.json"), { force: true });
  for (const name of await readdir(folder)) if (OURS.test(name)) await rm(join(folder, name), { force: true });
}

export async function writeSeal(folder: string, manifest: MatrixManifest, columns: Uint8Array): Promise<void> {
  await writeFile(join(folder, "_columns"), columns);
  const partial = join(folder, partialName("_manifest.json"));
  await writeFile(partial, `${JSON.stringify(manifest)}\n`);
  await rename(partial, join(folder, "_manifest.json"));
}

function manifestOf(text: string): MatrixManifest | undefined {
  try {
    return JSON.parse(text) as MatrixManifest;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
