import { matrixDigest } from "../matrix/manifestDigest.ts";
import type { Run } from "./run.ts";

/** Under which digest the run's data is prepared: its VCFs as they were inspected, and its filters. */
export function matrixDigestOf({ inspection, analysis }: Run): string {
  const vcfs = (inspection?.vcfs ?? []).map(({ key, etag, compressedBytes }) => ({ key, etag, size: compressedBytes }));
  return matrixDigest({ vcfs, filters: analysis?.filters ?? {}, keptSamples: inspection?.keptSamples?.digest });
}
