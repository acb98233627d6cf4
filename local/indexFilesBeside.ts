/** Paths of the indexes that lie beside a VCF of this machine, in the order in which they are tried. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { indexesBeside } from "../core/bgzf/blockIndex.ts";

export async function indexFilesBeside(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const beside = indexesBeside(
    basename(path),
    names.map((key) => ({ key })),
  );
  return beside.map(({ key }) => join(folder, key));
}
