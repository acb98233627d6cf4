import { inspectVcf } from "../../../core/inspect/inspectVcf.ts";

/**
 * A place in a sound VCF that inspection does not look at, in the middle of the largest such part: where to damage a file of that size so
 * that only reading it whole tells.
 */
export async function unreadPlace(vcf: Uint8Array, key: string): Promise<number> {
  const read: { start: number; end: number }[] = [];
  const slice = async (start: number, end: number) => {
    read.push({ start, end });
    return vcf.slice(start, end);
  };
  await inspectVcf(key, { key, size: vcf.length, etag: "" }, { byteLength: vcf.length, slice });
  let [place, widest, readTo] = [0, 0, 0];
  for (const { start, end } of read.toSorted((a, b) => a.start - b.start)) {
    if (start - readTo > widest) [place, widest] = [Math.floor((readTo + start) / 2), start - readTo];
    readTo = Math.max(readTo, end);
  }
  if (widest < 3 * 65_536)
    throw new Error(`inspection leaves out ${widest} bytes at most, less than three BGZF blocks`);
  return place;
}
