/** Files with sorted positions on disk, indexed by bcftools, whose count is the truth here. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BGZF_EOF } from "../../core/bgzf/block.ts";
import { blocksOf, type TileSet } from "./vcfTiles.ts";
import { type Course, hashed } from "./virtualFile.ts";

export function hasBcftools(): boolean {
  return spawnSync("bcftools", ["--version"]).status === 0;
}

/** Writes a VCF of plain tiles, BGZF-compressed, and its .tbi; returns its path. */
export async function indexedFile(
  folder: string,
  name: string,
  { header, kinds }: TileSet,
  course: Course,
  tiles: number,
): Promise<string> {
  const path = join(folder, `${name}.vcf.gz`);
  let pos = 0;
  const parts = Array.from({ length: tiles }, (_, index) => {
    const ofKind = kinds[Math.min(kinds.length - 1, Math.floor(course(index / tiles, hashed(index)) * kinds.length))];
    return (ofKind?.[0]?.bytes ?? Buffer.alloc(0)).toString("latin1").replaceAll("\t1000\t", () => {
      pos += 10;
      return `\t${pos}\t`;
    });
  });
  const text = Buffer.concat([header, Buffer.from(parts.join(""), "latin1")]);
  await writeFile(path, Buffer.concat([...blocksOf(text), BGZF_EOF]));
  run(["index", "-t", path]);
  return path;
}

/** What `bcftools index -n` says. */
export function recordsByBcftools(path: string): number {
  return Number(run(["index", "-n", path]));
}

function run(argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("bcftools", argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(`bcftools ${argv[0]}: ${stderr}`);
  return stdout;
}
